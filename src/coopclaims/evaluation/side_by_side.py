"""Gold and predicted side by side, as HTML: highlighted spans, listed claims, and what only one of the two has."""

from __future__ import annotations

from collections.abc import Sequence, Set

from coopclaims.evaluation.scores import ClaimContent, Part, claim_contents, distinct_parts
from coopclaims.html_elements import Html, element, joined
from coopclaims.marks import claim_item, mark, marked_text
from coopclaims.schema import Passage


def render_sides(gold: Passage, predicted: Passage) -> Html:
    """Both sides of one passage; what the other side does not have is of the class ``wrong``."""
    sides = joined([_side("Gold", gold, predicted), _side("Predicted", predicted, gold)])
    return element("div", sides, class_="sides")


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
        lists = [[part] for part in sorted(set(distinct_parts(gold)) - set(distinct_parts(predicted)))]
    if not lists:
        return element("p", "Nothing missed.", class_="none")
    items = [
        element("li", *(piece for part in parts for piece in (_mark(part, gold.text, wrong=False), " ")))
        for parts in lists
    ]
    return joined([element("h4", "Missed"), element("ul", *items)])


def _side(title: str, passage: Passage, other: Passage) -> Html:
    claims = claim_contents(passage)
    language = passage.lang or other.lang or ""
    scores = _claim_scores(passage)
    listed = [_claim(claim, passage.text, claim_contents(other), scores.get(claim.trigger)) for claim in claims]
    text = element("p", _highlighted(passage, set(distinct_parts(other))), class_="text", lang=language, dir="auto")
    below = element("ul", *listed, lang=language) if listed else element("p", "No claim.", class_="none")
    return element("section", element("h4", title), text, below)


def _claim_scores(passage: Passage) -> dict[Part, float]:
    spans = passage.span_by_id()
    triggers = [(spans[claim.trigger], claim.score) for claim in passage.claims]
    return {Part(span.start, span.end, span.label): score for span, score in triggers if score is not None}


def _highlighted(passage: Passage, elsewhere: Set[Part]) -> Html:
    """The text with its spans marked, those that the other side lacks as wrong."""
    parts = distinct_parts(passage)
    return marked_text(
        passage.text, [(part.start, part.end, _mark(part, passage.text, part not in elsewhere)) for part in parts]
    )


def _claim(claim: ClaimContent, text: str, others: list[ClaimContent], score: float | None) -> Html:
    kinds = {(other.trigger, other.type, other.status) for other in others}
    links = {(other.trigger, argument) for other in others for argument in other.arguments}
    unlike = (claim.trigger, claim.type, claim.status) not in kinds
    kind = element("span", f"{claim.type}, {claim.status}", class_="wrong" if unlike else "")
    trigger = _mark(claim.trigger, text, wrong=all(claim.trigger != other.trigger for other in others))
    arguments = [_mark(part, text, wrong=(claim.trigger, part) not in links) for part in claim.arguments]
    return claim_item(trigger, kind, arguments, score)


def _mark(part: Part, text: str, wrong: bool) -> Html:
    return mark(text[part.start : part.end], part.label, wrong)
