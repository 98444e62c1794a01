"""Which labels, types and statuses are taken for which, what is missed and what is spurious, and which links are wrong.

All take pairs whose spans are aligned where their token F1 is at least 0.5 (``align_pairs`` with FOUND), so that a
slipped bound is no confusion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from coopclaims.evaluation.alignment import AlignedPair, same_role
from coopclaims.evaluation.scores import Part, claim_contents, distinct_parts
from coopclaims.schema import LABELS, STATUSES, TRIGGER, TYPES, Passage

NO_SPAN = "none"

Table = dict[str, dict[str, int]]

# What becomes of a link between an argument and a trigger, with what each outcome means.
LINK_OUTCOMES = {
    "right": "linked in gold and in the prediction",
    "missed": "both ends found, linked in gold only",
    "wrong": "both ends found, linked in the prediction only",
    "rightly none": "both ends found, linked in neither",
    "end missed": "linked in gold, but the argument or the trigger's claim was not found",
    "end spurious": "linked in the prediction, but gold has no such argument or no claim at such a trigger",
}


def span_confusion(pairs: Iterable[AlignedPair]) -> Table:
    """Counts of spans by gold label (outer key) and predicted label (inner key).

    ``none`` as predicted label counts missed spans, as gold label spurious ones.
    """
    counts = Counter(cell for pair in pairs for cell in _span_cells(pair))
    labels = {label for cell in counts for label in cell} - {NO_SPAN}
    return _table(counts, LABELS if labels <= set(LABELS) else sorted(labels))


def type_confusion(pairs: Iterable[AlignedPair]) -> Table:
    """Counts of claims by gold and predicted type; ``none`` where a side has no claim at the aligned trigger."""
    return _table(Counter((wanted[0], found[0]) for pair in pairs for wanted, found in _claim_cells(pair)), TYPES)


def status_confusion(pairs: Iterable[AlignedPair]) -> Table:
    """Counts of claims by gold and predicted status; ``none`` where a side has no claim at the aligned trigger."""
    return _table(Counter((wanted[1], found[1]) for pair in pairs for wanted, found in _claim_cells(pair)), STATUSES)


def link_confusion(pairs: Iterable[AlignedPair]) -> Table:
    """Counts of links by label of the argument (gold's where there is one) and outcome (LINK_OUTCOMES).

    Ends count as found where they are aligned, whatever the argument's label; a trigger needs a claim on both sides.
    """
    counts = Counter(outcome for pair in pairs for outcome in _link_outcomes(pair))
    found = {label for label, _ in counts}
    return {label: {name: counts[label, name] for name in LINK_OUTCOMES} for label in LABELS if label in found}


def _table(counts: Counter[tuple[str, str]], labels: Sequence[str]) -> Table:
    names = (*labels, NO_SPAN)
    return {row: {column: counts[row, column] for column in names} for row in names}


def _span_cells(pair: AlignedPair) -> Iterator[tuple[str, str]]:
    matched = set(pair.partner.values())
    for part in distinct_parts(pair.gold):
        yield part.label, pair.partner[part].label if part in pair.partner else NO_SPAN
    yield from ((NO_SPAN, part.label) for part in distinct_parts(pair.predicted) if part not in matched)


def _claim_cells(pair: AlignedPair) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """(type, status) of the gold and of the predicted claim at each trigger."""
    nothing = (NO_SPAN, NO_SPAN)
    found = {claim.trigger: (claim.type, claim.status) for claim in claim_contents(pair.predicted)}
    for claim in claim_contents(pair.gold):
        partner = pair.partner.get(claim.trigger)
        yield (claim.type, claim.status), found.pop(partner, nothing) if partner else nothing
    # What gold claims have left over is spurious.
    yield from ((nothing, kind) for kind in found.values())


def _link_outcomes(pair: AlignedPair) -> Iterator[tuple[str, str]]:
    """(label of the argument, outcome) of every link of either side, and of every unlinked pair of found ends."""
    partner = same_role(pair.partner)
    wanted, found = _links(pair.gold), _links(pair.predicted)
    predicted_triggers = {claim.trigger for claim in claim_contents(pair.predicted)}
    triggers = sorted({c.trigger for c in claim_contents(pair.gold) if partner.get(c.trigger) in predicted_triggers})
    arguments = [part for part in distinct_parts(pair.gold) if part.label != TRIGGER and part in partner]
    met = {(t, a): (partner[t], partner[a]) for t in triggers for a in arguments}
    for link, other in met.items():
        yield link[1].label, _outcome(link in wanted, other in found)
    yield from ((argument.label, "end missed") for _, argument in wanted - met.keys())
    yield from ((argument.label, "end spurious") for _, argument in found - set(met.values()))


def _outcome(wanted: bool, found: bool) -> str:
    if wanted:
        return "right" if found else "missed"
    return "wrong" if found else "rightly none"


def _links(passage: Passage) -> set[tuple[Part, Part]]:
    return {(claim.trigger, argument) for claim in claim_contents(passage) for argument in claim.arguments}
