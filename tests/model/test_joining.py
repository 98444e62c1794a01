from __future__ import annotations

import random
import re
from dataclasses import replace

import pytest

from coopclaims.model.decode import DecodedUnit
from coopclaims.model.joining import join
from coopclaims.model.segments import Segment, segments
from coopclaims.schema import Claim, Passage, Span, problems

CLAIM = re.compile(r"(\w+) (traf|met|gặp) (\w+)(?: ở (\w+))?")
FILLER = ["Der 3. Dialog war kurz.", "It rained.", "Trời mưa to suốt cả ngày hôm đó.", "Dr. Lang schwieg."]


def read(text: str) -> DecodedUnit:
    """A model that sees no farther than a sentence."""
    spans: list[Span] = []
    claims: list[Claim] = []
    for match in CLAIM.finditer(text):
        names = []
        for group, label in ((1, "PARTY"), (2, "TRIGGER"), (3, "PARTY"), (4, "PLACE")):
            if match[group]:
                names.append(f"s{len(spans)}")
                spans.append(Span(names[-1], *match.span(group), label))
        claims.append(Claim(f"c{len(claims)}", names[1], "dialogue", "actual", [names[0], *names[2:]]))
    return DecodedUnit(spans, claims)


def extract(text: str, words: int = 30, overlap: int = 12) -> Passage:
    found = list(segments(text, words, overlap))
    joined = join(found, [read(text[s.start : s.end]) for s in found])
    return Passage("x", text, spans=joined.spans, claims=joined.claims)


def content(passage: Passage) -> list[tuple[str, ...]]:
    spans = passage.span_by_id()
    return [tuple(passage.quote(spans[name]) for name in (claim.trigger, *claim.args)) for claim in passage.claims]


def story(seed: int, count: int) -> list[str]:
    """Sentences of which about every other tells of a meeting; each name occurs once."""
    choose = random.Random(seed)
    meetings = [f"A{seed}x{i} {choose.choice(('traf', 'met', 'gặp'))} B{seed}x{i} ở Huế." for i in range(count)]
    return [choose.choice([meeting, meeting, *FILLER]) for meeting in meetings]


@pytest.mark.parametrize("shift", range(12))
@pytest.mark.parametrize("separator", [" ", "\n\n"])
def test_claims_do_not_depend_on_where_segments_fall(shift: int, separator: str) -> None:
    middle = " ".join(story(1, 40))
    before, after = (" ".join(story(seed, shift)) for seed in (2, 3))
    text = separator.join([before, middle, after])
    passage = extract(text)
    assert list(problems(passage)) == []
    mine = [claim for claim in content(passage) if claim[1].startswith("A1x")]
    assert mine == content(extract(middle))
    assert len(content(passage)) == len(CLAIM.findall(text))


def test_ids_follow_the_text() -> None:
    passage = extract(" ".join(story(1, 40)))
    assert [span.id for span in passage.spans] == [f"s{number}" for number in range(1, len(passage.spans) + 1)]
    assert [claim.id for claim in passage.claims] == [f"c{number}" for number in range(1, len(passage.claims) + 1)]
    assert sorted(passage.spans, key=lambda span: span.start) == passage.spans


LEFT, RIGHT = Segment(0, 20, 0, 10), Segment(5, 30, 10, 30)


def unit(*spans: tuple[int, int, str], claims: dict[int, list[int]]) -> DecodedUnit:
    records = [Span(f"s{number}", *span) for number, span in enumerate(spans)]
    return DecodedUnit(
        records,
        [Claim(f"c{t}", f"s{t}", "dialogue", "actual", [f"s{a}" for a in args]) for t, args in claims.items()],
    )


def places(joined: DecodedUnit) -> list[tuple[int, int, str]]:
    return [(span.start, span.end, span.label) for span in joined.spans]


def test_a_claim_comes_from_the_segment_that_owns_its_trigger() -> None:
    left = unit((0, 2, "PARTY"), (8, 9, "TRIGGER"), (12, 13, "TRIGGER"), claims={1: [0], 2: [0]})
    right = unit((7, 8, "TRIGGER"), (3, 4, "TRIGGER"), (20, 22, "FIELD"), claims={0: [2], 1: [2]})
    joined = join([LEFT, RIGHT], [left, right])
    assert places(joined) == [(0, 2, "PARTY"), (8, 9, "TRIGGER"), (12, 13, "TRIGGER"), (25, 27, "FIELD")]
    assert [(claim.trigger, claim.args) for claim in joined.claims] == [("s2", ["s1"]), ("s3", ["s4"])]


def test_overlapping_spans_of_two_segments_become_one() -> None:
    # The left one reads the party at 11 as 11-13, the right one, which owns the place, as 11-15.
    left = unit((8, 9, "TRIGGER"), (11, 13, "PARTY"), claims={0: [1]})
    right = unit((6, 10, "PARTY"), (15, 16, "TRIGGER"), claims={1: [0]})
    joined = join([LEFT, RIGHT], [left, right])
    assert places(joined) == [(8, 9, "TRIGGER"), (11, 15, "PARTY"), (20, 21, "TRIGGER")]
    assert [claim.args for claim in joined.claims] == [["s2"], ["s2"]]


def test_a_claim_without_a_core_argument_left_is_dropped() -> None:
    left = unit((8, 9, "TRIGGER"), (11, 13, "PARTY"), (0, 1, "DATE"), claims={0: [1, 2]})
    right = unit((6, 10, "INSTRUMENT"), (15, 16, "TRIGGER"), claims={1: [0]})
    joined = join([LEFT, RIGHT], [left, right])
    assert [claim.trigger for claim in joined.claims] == ["s4"]


def test_a_trigger_goes_before_an_argument_of_the_neighbour() -> None:
    left = unit((9, 12, "TRIGGER"), (0, 1, "PARTY"), claims={0: [1]})
    right = unit((5, 7, "PARTY"), (8, 9, "FIELD"), (15, 16, "TRIGGER"), claims={2: [0, 1]})
    joined = join([LEFT, RIGHT], [left, right])
    assert places(joined) == [(0, 1, "PARTY"), (9, 12, "TRIGGER"), (13, 14, "FIELD"), (20, 21, "TRIGGER")]
    assert [claim.args for claim in joined.claims] == [["s1"], ["s3"]]


def test_a_tagger_keeps_the_spans_of_each_own_stretch() -> None:
    spans = unit((6, 8, "PARTY"), (12, 14, "PARTY"), claims={})
    joined = join(
        [LEFT, RIGHT], [spans, DecodedUnit([replace(s, start=s.start - 5, end=s.end - 5) for s in spans.spans], [])]
    )
    assert places(joined) == [(6, 8, "PARTY"), (12, 14, "PARTY")]
