"""The passages with most errors, gold and predicted side by side, as HTML."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from coopclaims.evaluation.evaluate import Pairs
from coopclaims.evaluation.scores import COLUMNS, ClaimContent, Part, claim_contents, count_passage
from coopclaims.html_elements import Html, element, joined
from coopclaims.schema import Passage

WORST_PASSAGES = 30

# The exact figures that see every kind of mistake: bounds and labels, type and status, links.
_ERROR_COLUMNS = [COLUMNS.index(("overall", figure)) for figure in ("span", "typed_trigger", "argument")]


def worst_passages(pairs: Pairs, limit: int = WORST_PASSAGES) -> list[tuple[int, Passage, Passage]]:
    """(errors, gold, predicted) of the passages with most errors, most first, at most ``limit``.

    Errors are the spans, typed triggers and arguments that only one of the two sides has.
    """
    found = [(_errors(gold, predicted), gold, predicted) for gold, predicted in pairs]
    wrong = [item for item in found if item[0]]
    return sorted(wrong, key=lambda item: (-item[0], item[1].id))[:limit]


def render_passage(errors: int, gold: Passage, predicted: Passage) -> Html:
    """One passage: its id and number of errors, then both sides with highlighted spans and listed claims."""
    heading = element("h3", gold.id, " ", element("small", f"{errors} errors"))
    sides = joined([_side("Gold", gold, predicted), _side("Predicted", predicted, gold)])
    return element("article", heading, element("div", sides, class_="sides"))


def render_against_gold(gold: Passage, predictions: Sequence[tuple[str, Passage]]) -> Html:
    """One passage: gold, and beside it what each titled system predicted and what it missed."""
    sides = [_side("Gold", gold, gold)]
    for title, predicted in predictions:
        sides.append(element("div", _side(title, predicted, gold), _missed(gold, predicted)))
    return element("article", element("h3", gold.id), element("div", *sides, class_="sides"))


def _missed(gold: Passage, predicted: Passage) -> Html:
    """Gold arguments, each with its trigger, that were not predicted; spans where gold has no claims."""
    links = {(claim.trigger, argument) for claim in claim_contents(predicted) for argument in claim.arguments}
    lists = [
        [claim.trigger, *lacking]
        for claim in claim_contents(gold)
        if (lacking := [part for part in claim.arguments if (claim.trigger, part) not in links])
    ]
    if not gold.claims:
        lists = [[part] for part in sorted(_parts(gold) - _parts(predicted))]
    if not lists:
        return element("p", "Nothing missed.", class_="none")
    items = [
        element("li", *(piece for part in parts for piece in (_mark(part, gold.text, wrong=False), " ")))
        for parts in lists
    ]
    return joined([element("h4", "Missed"), element("ul", *items)])


def _errors(gold: Passage, predicted: Passage) -> int:
    correct, wanted, found = np.moveaxis(count_passage(gold, predicted)[_ERROR_COLUMNS], -1, 0)
    return int((wanted + found - 2 * correct).sum())


def _side(title: str, passage: Passage, other: Passage) -> Html:
    claims = claim_contents(passage)
    listed = [_claim(claim, passage.text, claim_contents(other)) for claim in claims]
    return element(
        "section",
        element("h4", title),
        element(
            "p",
            _highlighted(passage, _parts(other)),
            class_="text",
            lang=passage.lang or other.lang or "",
            dir="auto",
        ),
        element("ul", *listed) if listed else element("p", "No claim.", class_="none"),
    )


def _highlighted(passage: Passage, elsewhere: Set[Part]) -> Html:
    """The text with its spans marked, those that the other side lacks as wrong."""
    pieces: list[str] = []
    position = 0
    for part in sorted(_parts(passage)):
        mark = _mark(part, passage.text, wrong=part not in elsewhere)
        pieces += [passage.text[position : part.start], mark]
        position = part.end
    return joined([*pieces, passage.text[position:]])


def _claim(claim: ClaimContent, text: str, others: list[ClaimContent]) -> Html:
    kinds = {(other.trigger, other.type, other.status) for other in others}
    links = {(other.trigger, argument) for other in others for argument in other.arguments}
    kind = element(
        "span",
        f"{claim.type}, {claim.status}",
        class_=_class((claim.trigger, claim.type, claim.status) not in kinds),
    )
    trigger = _mark(claim.trigger, text, wrong=all(claim.trigger != other.trigger for other in others))
    arguments = [_mark(part, text, wrong=(claim.trigger, part) not in links) for part in claim.arguments]
    return element("li", trigger, " ", kind, *(piece for mark in arguments for piece in (" ", mark)))


def _mark(part: Part, text: str, wrong: bool) -> Html:
    label = element("small", part.label)
    return element("mark", text[part.start : part.end], label, class_=_class(wrong, part.label))


def _class(wrong: bool, label: str = "") -> str:
    return f"{label} wrong".strip() if wrong else label


def _parts(passage: Passage) -> set[Part]:
    return {Part(span.start, span.end, span.label) for span in passage.spans}
