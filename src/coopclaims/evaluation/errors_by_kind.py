"""What goes wrong, sorted into kinds: every difference between gold and predicted is one error of one kind."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coopclaims.evaluation.alignment import OVERLAPPING, align, same_role
from coopclaims.evaluation.languages import in_order, language_of
from coopclaims.evaluation.scores import ClaimContent, Part, claim_contents, distinct_parts
from coopclaims.schema import TRIGGER, WORD, Passage

# Kinds of errors, in the order in which a page shows them, with what each means.
KINDS = {
    "missed trigger": "a gold trigger where nothing was predicted",
    "spurious trigger": "a predicted trigger where gold has none",
    "missed argument": "a gold argument span where nothing was predicted",
    "spurious argument": "a predicted argument span where gold has none",
    "boundary: article": "right label, the bounds differ by articles, prepositions or punctuation at the edge",
    "boundary: head": "right label and overlapping, but other words belong to the span",
    "wrong label": "overlapping spans with different labels",
    "missed link": "both spans found, the argument not linked to the trigger",
    "wrong link": "both spans exist in gold, but gold does not link them",
    "missed claim": "a gold claim at a trigger span that was found, but no claim predicted there",
    "spurious claim": "a predicted claim at a trigger span that gold has without a claim",
    "wrong type": "trigger found, another type",
    "wrong status": "trigger found, another status",
}

# Words at an edge that make no other thing of a span.
EDGE_WORDS = {
    *("the", "a", "an", "of", "in", "at", "on", "for", "with", "to"),
    *("der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines"),
    *("im", "am", "auf", "für", "mit", "von", "zu", "zum", "zur", "beim"),
    *("các", "những", "một", "cuộc", "sự", "việc", "chuyến", "của", "về", "tại", "ở", "trong", "với", "cho"),
}


@dataclass(frozen=True)
class Error:
    """One difference: what gold has and what was predicted, as quoted words (empty where there is nothing)."""

    kind: str
    passage: str
    lang: str | None
    label: str
    gold: str
    predicted: str
    start: int


def errors(pairs: Iterable[tuple[Passage, Passage]]) -> list[Error]:
    """All errors of (gold, predicted) pairs, passage by passage."""
    return [error for gold, predicted in pairs for error in _passage_errors(gold, predicted)]


def count_errors(found: Iterable[Error]) -> dict[str, dict[str, int]]:
    """Counts by kind, most frequent first, and language, the project's first."""
    counts = Counter((error.kind, language_of(error.lang)) for error in found)
    languages = in_order(language for _, language in counts)
    by_kind = {kind: {name: counts[kind, name] for name in languages} for kind in KINDS}
    ordered = sorted(by_kind.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return {kind: numbers for kind, numbers in ordered if any(numbers.values())}


def _passage_errors(gold: Passage, predicted: Passage) -> Iterator[Error]:
    wanted, found = distinct_parts(gold), distinct_parts(predicted)
    partner = align(wanted, found, gold.text, OVERLAPPING)
    for part in wanted:
        if part not in partner:
            kind = "missed trigger" if part.label == TRIGGER else "missed argument"
            yield _error(kind, gold, part, None)
        elif part != partner[part]:
            yield _error(_mismatch(part, partner[part], gold.text), gold, part, partner[part])
    matched = set(partner.values())
    for part in found:
        if part not in matched:
            kind = "spurious trigger" if part.label == TRIGGER else "spurious argument"
            yield _error(kind, gold, None, part)
    yield from _claim_errors(gold, predicted, partner)


def _claim_errors(gold: Passage, predicted: Passage, partner: dict[Part, Part]) -> Iterator[Error]:
    """Links, types and statuses of the triggers that were found, slipped bounds forgiven."""
    # A trigger taken for an argument, or the other way round, is one error already.
    alike = same_role(partner)
    back = {found: wanted for wanted, found in alike.items()}
    by_trigger = {claim.trigger: claim for claim in claim_contents(predicted)}
    wanted_triggers = {claim.trigger for claim in claim_contents(gold)}
    for claim in claim_contents(gold):
        if claim.trigger not in alike:
            continue
        match = by_trigger.get(alike[claim.trigger])
        if match is None:
            yield _error("missed claim", gold, claim.trigger, None)
            continue
        yield from _kind_errors(gold, claim, match)
        yield from _link_errors(gold, claim, match, alike, back)
    for trigger in by_trigger:
        if trigger in back and back[trigger] not in wanted_triggers:
            yield _error("spurious claim", gold, None, trigger)


def _link_errors(
    gold: Passage, claim: ClaimContent, match: ClaimContent, partner: dict[Part, Part], back: dict[Part, Part]
) -> Iterator[Error]:
    linked = {back.get(argument) for argument in match.arguments}
    for argument in claim.arguments:
        if argument in partner and argument not in linked:
            yield _link_error("missed link", gold, argument, claim.trigger)
    for argument in match.arguments:
        if argument in back and back[argument] not in claim.arguments:
            yield _link_error("wrong link", gold, argument, match.trigger)


def _link_error(kind: str, passage: Passage, argument: Part, trigger: Part) -> Error:
    words = " → ".join(passage.text[part.start : part.end] for part in (argument, trigger))
    sides = (words, "") if kind == "missed link" else ("", words)
    return Error(kind, passage.id, passage.lang, argument.label, *sides, argument.start)


def _kind_errors(gold: Passage, claim: ClaimContent, match: ClaimContent) -> Iterator[Error]:
    quote = gold.text[claim.trigger.start : claim.trigger.end]
    for kind, wanted, found in (
        ("wrong type", claim.type, match.type),
        ("wrong status", claim.status, match.status),
    ):
        if wanted != found:
            yield Error(
                kind, gold.id, gold.lang, TRIGGER, f"{quote}: {wanted}", f"{quote}: {found}", claim.trigger.start
            )


def _mismatch(wanted: Part, found: Part, text: str) -> str:
    if wanted.label != found.label:
        return "wrong label"
    edges = (
        text[min(wanted.start, found.start) : max(wanted.start, found.start)],
        text[min(wanted.end, found.end) : max(wanted.end, found.end)],
    )
    words = [word for edge in edges for word in WORD.findall(unicodedata.normalize("NFC", edge))]
    slight = all(word.lower() in EDGE_WORDS or not word.isalnum() for word in words)
    return "boundary: article" if slight else "boundary: head"


def _error(kind: str, passage: Passage, gold: Part | None, predicted: Part | None) -> Error:
    part = gold or predicted
    assert part is not None
    wanted, found = ("" if side is None else passage.text[side.start : side.end] for side in (gold, predicted))
    labels = [side.label for side in (gold, predicted) if side is not None]
    return Error(kind, passage.id, passage.lang, " → ".join(dict.fromkeys(labels)), wanted, found, part.start)
