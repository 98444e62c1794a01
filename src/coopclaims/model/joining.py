"""Claims of a text from those of its overlapping segments: each claim once, spans flat, offsets those of the text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from coopclaims.model.decode import DecodedUnit
from coopclaims.model.segments import Segment
from coopclaims.schema import CORE_LABELS, TRIGGER, Claim, Span

# What a span marks: start and end in the text, and label.
Part = tuple[int, int, str]


@dataclass(frozen=True)
class _Found:
    """What is taken from one segment: claims, and spans by id, moved to offsets of the text."""

    segment: Segment
    spans: dict[str, Span]
    claims: list[Claim]

    def owns(self, span: Span) -> bool:
        return self.segment.own_start <= span.start < self.segment.own_end


def join(segments: Sequence[Segment], results: Sequence[DecodedUnit]) -> DecodedUnit:
    """The spans and claims of one text, in text order, from what was found in each of its segments.

    A claim is taken from the segment that owns the place of its trigger. Where spans of two segments overlap, a
    trigger goes first, then a span in its segment's own stretch; the other is replaced by it if the label is the
    same, and dropped otherwise. A claim that so loses its trigger or its last core argument is dropped.
    """
    found = [_take(segment, result) for segment, result in zip(segments, results, strict=True)]
    spans = _by_part(found)
    chosen = _flatten({part: foreign for part, (foreign, _) in spans.items()})
    names = {part: f"s{number}" for number, part in enumerate(sorted(set(chosen.values())), 1)}
    claims = sorted(
        (claim for one in found for claim in _renamed(one, chosen, names)), key=lambda claim: int(claim.trigger[1:])
    )
    return DecodedUnit(
        [replace(spans[part][1], id=name) for part, name in names.items()],
        [replace(claim, id=f"c{number}") for number, claim in enumerate(claims, 1)],
    )


def _take(segment: Segment, result: DecodedUnit) -> _Found:
    """The claims that the segment owns, their spans, and the spans it owns that are in no claim (a mere tagger's)."""
    moved = {
        span.id: replace(span, start=span.start + segment.start, end=span.end + segment.start) for span in result.spans
    }
    found = _Found(segment, moved, [])
    claims = [claim for claim in result.claims if found.owns(moved[claim.trigger])]
    linked = {name for claim in result.claims for name in (claim.trigger, *claim.args)}
    wanted = {name for claim in claims for name in (claim.trigger, *claim.args)}
    wanted |= {name for name, span in moved.items() if name not in linked and found.owns(span)}
    return _Found(segment, {name: span for name, span in moved.items() if name in wanted}, claims)


def _by_part(found: Iterable[_Found]) -> dict[Part, tuple[bool, Span]]:
    """Each different span once, with whether it lies outside the own stretch of all segments that found it."""
    spans: dict[Part, tuple[bool, Span]] = {}
    for one in found:
        for span in one.spans.values():
            entry = (not one.owns(span), span)
            before = spans.get(_part(span), entry)
            spans[_part(span)] = entry if entry[0] < before[0] else before
    return spans


def _flatten(foreign: Mapping[Part, bool]) -> dict[Part, Part]:
    """The span that stands for each span, such that none overlap; spans without such a one are left out."""
    chosen: dict[Part, Part] = {}
    for cluster in _clusters(sorted(foreign)):
        kept: list[Part] = []
        for part in sorted(cluster, key=lambda part: (part[2] != TRIGGER, foreign[part], part)):
            rivals = [other for other in kept if other[0] < part[1] and part[0] < other[1]]
            if not rivals:
                kept.append(part)
                chosen[part] = part
            elif rivals[0][2] == part[2]:
                chosen[part] = rivals[0]
    return chosen


def _clusters(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Runs of the sorted ``parts`` that hang together by overlaps."""
    cluster: list[Part] = []
    reach = 0
    for part in parts:
        if cluster and part[0] >= reach:
            yield cluster
            cluster = []
        cluster.append(part)
        reach = max(reach, part[1])
    if cluster:
        yield cluster


def _renamed(found: _Found, chosen: Mapping[Part, Part], names: Mapping[Part, str]) -> Iterator[Claim]:
    for claim in found.claims:
        trigger = _part(found.spans[claim.trigger])
        arguments = (chosen.get(_part(found.spans[name])) for name in claim.args)
        kept = sorted({part for part in arguments if part is not None})
        if chosen.get(trigger) == trigger and any(part[2] in CORE_LABELS for part in kept):
            yield replace(claim, trigger=names[trigger], args=[names[part] for part in kept])


def _part(span: Span) -> Part:
    return span.start, span.end, span.label
