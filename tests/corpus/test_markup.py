import random

import pytest

from coopclaims.corpus.markup import format_markup, parse_markup
from coopclaims.schema import LABELS, STATUSES, TRIGGER, TYPES, Claim, Passage, RecordError, Span, validate

# The examples of the annotation guideline.
LETTER = (
    "[[PARTY 1,2|Vietnam]] and [[PARTY 1,2|Denmark]] [[TRIGGER 1 agreement actual|signed]] a [[INSTRUMENT 1|letter of "
    "intent]] in [[PLACE 1|Hanoi]] and want to [[TRIGGER 2 capacity planned|train]] [[AMOUNT 2|200 engineers]] by "
    "[[DATE 2|2029]]."
)
WIND = (
    "Laut [[SOURCE 1|Petra Lang]] sollten [[PARTY 1|deutsche Mittelständler]] mit [[PARTY 1|vietnamesischen Partnern]] "
    "bei [[FIELD 1|Windkraft]] [[TRIGGER 1 relation proposed|zusammenarbeiten]]."
)
CHIP = (
    "[[PARTY 1|Đại học Cần Thơ]] và [[PARTY 1|Viện Fraunhofer]] chưa [[TRIGGER 1 agreement denied|ký]] "
    "[[INSTRUMENT 1|hợp đồng]] về [[FIELD 1|chip cảm biến]]."
)


def quotes(passage: Passage, ids: list[str]) -> list[str]:
    spans = passage.span_by_id()
    return [passage.quote(spans[name]) for name in ids]


def test_first_example() -> None:
    passage = parse_markup(LETTER, "x", "en", "d")
    assert (passage.id, passage.lang, passage.doc) == ("x", "en", "d")
    assert passage.text == (
        "Vietnam and Denmark signed a letter of intent in Hanoi and want to train 200 engineers by 2029."
    )
    signed, train = passage.claims
    assert (signed.type, signed.status) == ("agreement", "actual")
    assert quotes(passage, [signed.trigger]) == ["signed"]
    assert quotes(passage, signed.args) == ["Vietnam", "Denmark", "letter of intent", "Hanoi"]
    assert (train.type, train.status) == ("capacity", "planned")
    assert quotes(passage, train.args) == ["Vietnam", "Denmark", "200 engineers", "2029"]


def test_second_example() -> None:
    passage = parse_markup(WIND, "x")
    (claim,) = passage.claims
    assert (claim.type, claim.status) == ("relation", "proposed")
    assert [span.label for span in passage.spans] == ["SOURCE", "PARTY", "PARTY", "FIELD", "TRIGGER"]


def test_third_example() -> None:
    passage = parse_markup(CHIP, "x")
    assert passage.claims[0].status == "denied"
    assert quotes(passage, [passage.claims[0].trigger]) == ["ký"]


@pytest.mark.parametrize("marked", [LETTER, WIND, CHIP, "No claim here.", "", "a | b, [single] brackets"])
def test_markup_round_trip(marked: str) -> None:
    assert format_markup(parse_markup(marked, "x")) == marked


def test_arguments_may_come_before_and_after_triggers_of_any_number() -> None:
    marked = "[[TRIGGER 2 dialogue actual|met]] [[PARTY 1,2|Bob]] [[TRIGGER 1 relation denied|allied]]"
    passage = parse_markup(marked, "x")
    assert [claim.id for claim in passage.claims] == ["c1", "c2"]
    assert format_markup(passage) == marked


def test_bar_in_the_text_of_a_tag_is_text() -> None:
    passage = parse_markup("[[TRIGGER 1 relation actual|a|b]]", "x")
    assert passage.text == "a|b"


def random_passage(source: random.Random) -> Passage:
    """Words of several scripts, about half of them spans; a random claim for each trigger, no span left out."""
    words = [
        source.choice(["Köln", "Hà Nội", "e\u0302", "🇻🇳", "x", "|", "a,b", "\u200b"])
        for _ in range(source.randrange(30))
    ]
    starts = [sum(len(word) + 1 for word in words[:n]) for n in range(len(words))]
    chosen = [n for n in range(len(words)) if source.random() < 0.5]
    labels = {n: source.choice(LABELS) for n in chosen}
    triggers = [n for n in chosen if labels[n] == TRIGGER]
    spans = {n: Span(f"s{n}", starts[n], starts[n] + len(words[n]), labels[n]) for n in chosen if triggers}
    claims = [Claim(f"c{n}", f"s{n}", source.choice(TYPES), source.choice(STATUSES)) for n in triggers]
    source.shuffle(claims)
    for n in spans:
        if n not in triggers:
            for claim in source.sample(claims, source.randint(1, len(claims))):
                claim.args.append(f"s{n}")
    return Passage("r", " ".join(words), spans=list(spans.values()), claims=claims)


def content(passage: Passage) -> object:
    spans = passage.span_by_id()
    places = {name: (span.start, span.end, span.label) for name, span in spans.items()}
    claims = [(places[c.trigger], c.type, c.status, sorted(places[a] for a in c.args)) for c in passage.claims]
    return passage.text, sorted(places.values()), claims


@pytest.mark.parametrize("seed", range(100))
def test_random_passages_survive_a_round_trip(seed: int) -> None:
    passage = random_passage(random.Random(seed))
    validate(passage)
    assert content(parse_markup(format_markup(passage), "r")) == content(passage)


TAG = "[[TRIGGER 1 relation actual|ally]]"
FAULTS = [
    ("so ]] end", "']]' without '[[' at offset 3: 'so ]] end'"),
    ("x [[PARTY 1|Ann", "'[[' is never closed at offset 2: 'x [[PARTY 1|Ann'"),
    ("[[PARTY 1|Ann [[PARTY 1|Bob]]]]", "'[[' inside a tag; spans do not nest"),
    ("[[PARTY 1 Ann]]", "tag '[[PARTY 1 Ann]]' at offset 0: no '|' between label and text"),
    ("x [[NAME 1|Ann]]", "tag '[[NAME 1|Ann]]' at offset 2: unknown label; labels are TRIGGER, PARTY"),
    ("[[|Ann]]", "unknown label"),
    ("[[PARTY|Ann]]", "expected 'LABEL claims' before the '|'"),
    ("[[PARTY 1 2|Ann]]", "expected 'LABEL claims' before the '|'"),
    ("[[TRIGGER 1|met]]", "expected 'TRIGGER claim type status' before the '|'"),
    ("[[TRIGGER 1,2 relation actual|met]]", "a trigger anchors exactly one claim"),
    (f"{TAG} {TAG}", "claim 1 already has a trigger"),
    ("[[TRIGGER 1 pact actual|met]]", "unknown type 'pact'; types are agreement"),
    ("[[TRIGGER 1 relation likely|met]]", "unknown status 'likely'; statuses are actual"),
    (f"[[PARTY 0|Ann]] {TAG}", "claims must be numbers from 1, separated by commas, not '0'"),
    (f"[[PARTY a|Ann]] {TAG}", "claims must be numbers from 1, separated by commas, not 'a'"),
    (f"[[PARTY 1,|Ann]] {TAG}", "claims must be numbers from 1, separated by commas, not '1,'"),
    (f"[[PARTY ²|Ann]] {TAG}", "claims must be numbers from 1"),
    (f"[[PARTY -1|Ann]] {TAG}", "claims must be numbers from 1"),
    ("[[PARTY 1|Ann]]", "claim 1 has arguments but no TRIGGER"),
    ("[[TRIGGER 2 relation actual|met]]", "claims must be numbered 1 to 1, not [2]"),
    (f"{TAG} [[PARTY 1|]]", "empty or backward offsets"),
    (f"{TAG} [[PARTY 1| Ann]]", "begins or ends with white space: ' Ann'"),
    (f"{TAG} [[PARTY 1,1|Ann]]", "'s2' is used 2 times"),
]


@pytest.mark.parametrize(("marked", "message"), FAULTS, ids=[marked for marked, _ in FAULTS])
def test_faulty_markup_is_refused(marked: str, message: str) -> None:
    with pytest.raises(RecordError) as error:
        parse_markup(marked, "x")
    assert message in str(error.value)


def test_a_span_without_claim_has_no_markup() -> None:
    with pytest.raises(RecordError, match="'s1' belongs to no claim"):
        format_markup(Passage("x", "Ann", spans=[Span("s1", 0, 3, "PARTY")]))


@pytest.mark.parametrize("text", ["see [[1", "a ]] b"])
def test_double_brackets_in_the_text_have_no_markup(text: str) -> None:
    with pytest.raises(RecordError, match="which markup cannot express"):
        format_markup(Passage("x", text))


@pytest.mark.parametrize(("text", "start", "end"), [("EU [x] y", 3, 6), ("[EU x", 1, 3)])
def test_brackets_at_the_edge_of_a_span_are_refused(text: str, start: int, end: int) -> None:
    spans = [Span("s1", start, end, "PARTY"), Span("s2", len(text) - 1, len(text), "TRIGGER")]
    claims = [Claim("c1", "s2", "relation", "actual", ["s1"])]
    with pytest.raises(RecordError, match="touches a bracket"):
        format_markup(Passage("p", text, spans=spans, claims=claims))


def test_a_claim_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(RecordError, match="claims must be numbers"):
        parse_markup(f"[[PARTY {'1' * 5000}|x]]", "p")
