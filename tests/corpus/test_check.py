import json
from pathlib import Path
from typing import Any

import pytest

from coopclaims.corpus.check import CheckReport, check_corpus, format_report
from coopclaims.corpus.findings import Finding
from coopclaims.errors import UserError

SIGNED = "[[PARTY 1|Ghana]] and [[PARTY 1|Peru]] [[TRIGGER 1 agreement actual|signed]] a [[INSTRUMENT 1|pact]]"
REST = "while the rain kept falling on the empty square."


def line(marked: str = f"{SIGNED} {REST}", **keys: Any) -> dict[str, Any]:
    return {"id": "a", "lang": "en", "marked": marked, **keys}


def filler(name: str, **keys: Any) -> dict[str, Any]:
    return {"id": name, "lang": "en", "text": " ".join(f"{name}{n}" for n in range(20)), **keys}


def check(folder: Path, *lines: Any, against: list[Path] | None = None) -> CheckReport:
    path = folder / "a.jsonl"
    texts = [value if isinstance(value, str) else json.dumps(value) for value in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return check_corpus([path], against or [])


def found(report: CheckReport) -> list[tuple[str, str]]:
    """Severity and check of all findings but those about too few examples, which tiny corpora always have."""
    return [(f.severity, f.check) for f in report.findings if f.check != "few examples"]


def test_a_clean_corpus_has_no_findings(tmp_path: Path) -> None:
    report = check(tmp_path, line(split="train"), filler("b", split="dev"), filler("c", split="test"))
    assert found(report) == []
    assert report.errors == 0
    assert report.passages == 3


# One faulty record each: what is found (and nothing else), and a part of the message.
FAULTY_RECORDS: list[tuple[Any, str, str, str]] = [
    ("{broken", "error", "schema", "not JSON"),
    ({"id": "a", "lang": "en"}, "error", "schema", "'text' is missing"),
    (line("[[PARTY 1|Ghana]] alone"), "error", "schema", "no TRIGGER"),
    (
        {**filler("b"), "spans": [{"id": "s", "start": 0, "end": 999, "label": "PARTY"}]},
        "error",
        "schema",
        "leave the text",
    ),
    (
        {**filler("b"), "spans": [{"id": n, "start": 0, "end": 2, "label": "PARTY"} for n in "st"]},
        "error",
        "schema",
        "overlap",
    ),
    (line(lang=None), "error", "language", "no language"),
    (line(lang="fr"), "error", "language", "unknown language 'fr'"),
    (line(story=7), "error", "keys", "invalid story 7"),
    (line(""), "error", "empty text", "empty"),
    (line(" \n"), "error", "empty text", "empty"),
    (line(f"{SIGNED} in Ko\u0308ln {REST}"), "error", "unicode form", "not in Unicode NFC, first near offset 33"),
    (line(f"{SIGNED}s {REST}"), "error", "word bounds", "INSTRUMENT 'pact' cuts a word"),
    (
        line(f"In [[PLACE 1|Lima]] they [[TRIGGER 1 dialogue actual|met]] {REST}"),
        "error",
        "bare claims",
        "claim 'c1' ('met') has no PARTY, INSTRUMENT, FIELD",
    ),
    (line(f"{SIGNED}."), "warning", "length", "7 words; passages have 10 to 170"),
    (line(f"{SIGNED} {'very ' * 170}late."), "warning", "length", "178 words"),
    (line(f"{SIGNED} \u200b{REST}"), "warning", "invisible characters", "U+200B (ZERO WIDTH SPACE) at offset 29"),
    (line(f"{SIGNED}\t{REST}"), "warning", "invisible characters", "U+0009 (a control character)"),
    (line(f"{SIGNED}  {REST}"), "warning", "white space", "2 spaces in a row at offset 28"),
    (line(f"{SIGNED} {REST} "), "warning", "white space", "begins or ends"),
    (
        {**filler("b"), "spans": [{"id": "s", "start": 0, "end": 2, "label": "PARTY"}]},
        "warning",
        "unlinked spans",
        "PARTY 'b0' belongs to no claim",
    ),
    (
        line(f"{SIGNED} when it rained. In [[PLACE 1|Lima]] Ghana [[TRIGGER 2 dialogue actual|met]] [[PARTY 2|Cuba]]."),
        "warning",
        "untagged mentions",
        "PARTY 'Ghana' is untagged at offset 53",
    ),
]


@pytest.mark.parametrize(
    ("record", "severity", "name", "message"), FAULTY_RECORDS, ids=[f"{r[2]}-{r[3]}" for r in FAULTY_RECORDS]
)
def test_each_fault_of_a_record_is_found_alone(
    tmp_path: Path, record: Any, severity: str, name: str, message: str
) -> None:
    report = check(tmp_path, filler("z"), record)
    assert found(report) == [(severity, name)]
    (finding,) = [f for f in report.findings if f.check == name]
    assert message in finding.message
    assert (finding.path, finding.line) == (str(tmp_path / "a.jsonl"), 2)


@pytest.mark.parametrize("split", ["training", "", None, ["train"], {"a": 1}])
def test_invalid_splits(tmp_path: Path, split: Any) -> None:
    report = check(tmp_path, line(split=split), filler("b", split="train"))
    assert found(report) == [("error", "keys")]
    assert report.findings[0].message.startswith(f"invalid split {split!r}")


def edge_findings(folder: Path, label: str, text: str, lang: str, before: str = "so then") -> list[str]:
    """What is said of a span with this text in the middle of a sentence, or at its beginning."""
    claim = "" if label == "TRIGGER" else " [[TRIGGER 1 relation actual|xx]]"
    header = "TRIGGER 1 relation actual" if label == "TRIGGER" else f"{label} 1"
    marked = f"{before} [[{header}|{text}]]{claim} [[FIELD 1|yy]] {'zz ' * 9}zz".strip()
    report = check(folder, line(marked, lang=lang))
    assert {name for _, name in found(report)} <= {"edge punctuation", "leading words"}
    return [f.message for f in report.findings if f.check != "few examples"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("“Green Fund”", "stands in quotes"),
        ("„Green Fund", "half a pair of quotes"),
        ("Green Fund»", "half a pair of quotes"),
        ("'Green", 'begins with "\'"'),
        ("Green Fund (GF)", "ends with an acronym in brackets"),
        ("Green (Fund", "half a pair of brackets"),
        ("(Green Fund)", "stands in brackets"),
        ("Green Fund,", "ends with ','"),
        ("Green Fund.", "ends with '.'"),
        ("Green Fund’", "ends with '’'"),
        ("- Green Fund", "begins with '-'"),
        ("Green-", "ends with '-'"),
    ],
)
def test_edge_punctuation(tmp_path: Path, text: str, fault: str) -> None:
    (message,) = edge_findings(tmp_path, "INSTRUMENT", text, "en")
    assert message.startswith(f"INSTRUMENT {text!r} ")
    assert message.endswith(fault)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("AMOUNT", "$90 million"),
        ("AMOUNT", "49%"),
        ("AMOUNT", "3 Mio."),
        ("PARTY", "U.S."),
        ("PARTY", "Acme Co. Ltd."),
        ("PARTY", "Acme (Vietnam)"),
        ("PARTY", "Sainsbury's"),
        ("DATE", "18."),
        ("INSTRUMENT", "“Green”-Fonds"),
        ("INSTRUMENT", "programme “Green and Blue”"),
    ],
)
def test_punctuation_that_belongs_to_the_span(tmp_path: Path, label: str, text: str) -> None:
    assert edge_findings(tmp_path, label, text, "de") == []


@pytest.mark.parametrize(
    ("lang", "label", "text", "kind"),
    [
        ("en", "PARTY", "the ministry", "an article"),
        ("en", "INSTRUMENT", "a pact", "an indefinite article"),
        ("en", "SOURCE", "Mr. Smith", "an honorific"),
        ("en", "PARTY", "several firms", "a vague quantifier"),
        ("en", "DATE", "by 2030", "a preposition"),
        ("en", "TRIGGER", "will sign", "an auxiliary or negation"),
        ("de", "PARTY", "der Konzern", "an article"),
        ("de", "INSTRUMENT", "einen Vertrag", "an indefinite article"),
        ("de", "SOURCE", "Frau Lang", "an honorific"),
        ("de", "DATE", "bis 2030", "a preposition"),
        ("vi", "PARTY", "các nước", "an article"),
        ("vi", "PARTY", "một trường", "an indefinite article"),
        ("vi", "SOURCE", "ông Minh", "an honorific"),
        ("vi", "FIELD", "việc trồng lúa", "a classifier"),
        ("vi", "TRIGGER", "cuộc gặp", "a classifier"),
        ("vi", "DATE", "vào tháng 9", "a preposition"),
    ],
)
def test_leading_words(tmp_path: Path, lang: str, label: str, text: str, kind: str) -> None:
    assert edge_findings(tmp_path, label, text, lang) == [f"{label} {text!r} begins with {kind}"]


@pytest.mark.parametrize(
    ("lang", "label", "text"),
    [
        ("en", "AMOUNT", "a million dollars"),
        ("en", "PLACE", "The Hague"),
        ("en", "SOURCE", "The Times"),
        ("en", "FIELD", "in-service training"),
        ("en", "TRIGGER", "in cooperation with"),
        ("de", "SOURCE", "Die Zeit"),
        ("de", "AMOUNT", "über 300 Mio. Euro"),
        ("de", "INSTRUMENT", "bis zu 20 Abkommen"),
        ("de", "FIELD", "Aus- und Weiterbildung"),
        ("vi", "PLACE", "Bà Rịa"),
        ("vi", "FIELD", "việc làm"),
        ("vi", "DATE", "giữa tháng 11"),
        ("en", "PARTY", "die nation"),
    ],
)
def test_leading_words_that_belong_to_the_span(tmp_path: Path, lang: str, label: str, text: str) -> None:
    assert edge_findings(tmp_path, label, text, lang) == []


def test_a_capital_article_at_the_start_of_a_sentence_is_found(tmp_path: Path) -> None:
    assert edge_findings(tmp_path, "PARTY", "The ministry", "en", before="") != []
    assert edge_findings(tmp_path, "PARTY", "Der Konzern", "de", before="So ist es.") != []


@pytest.mark.parametrize(
    "rest",
    [
        "when it rained. Ghana has long been dry.",
        "when Ghana had rain again after so many months.",
        "with rain. [[PARTY 2|Cuba]] (Ghana) [[TRIGGER 2 dialogue actual|met]] [[PARTY 2|Chad]].",
        "with rain. [[PARTY 2|Cuba]] and Ghana-Bank [[TRIGGER 2 dialogue actual|met]] [[PARTY 2|Chad]].",
        "with rain. [[PARTY 2|Cuba]] and Ghana Airways [[TRIGGER 2 dialogue actual|met]] [[PARTY 2|Chad]].",
        "with rain. [[PARTY 2|Cuba]] and Ghanaians [[TRIGGER 2 dialogue actual|met]] [[PARTY 2|Chad]].",
        "with rain. [[PARTY 2|Bank of Ghana]] [[TRIGGER 2 dialogue actual|met]] [[PARTY 2|Chad]].",
    ],
)
def test_mentions_that_need_no_tag(tmp_path: Path, rest: str) -> None:
    assert found(check(tmp_path, line(f"{SIGNED} {rest}"))) == []


def test_duplicate_ids(tmp_path: Path) -> None:
    report = check(tmp_path, filler("b"), filler("c"), {**filler("d"), "id": "b"})
    assert found(report) == [("error", "duplicate ids")]
    assert report.findings[0].message == f"id already used at {tmp_path / 'a.jsonl'}:1"


def test_missing_splits_are_reported_once_a_file(tmp_path: Path) -> None:
    report = check(tmp_path, filler("b", split="train"), filler("c"), filler("d"))
    assert found(report) == [("error", "missing splits")]
    assert (report.findings[0].record, "2 of this file" in report.findings[0].message) == ("c", True)


def test_no_splits_at_all_are_fine(tmp_path: Path) -> None:
    assert found(check(tmp_path, filler("b"), filler("c"))) == []


@pytest.mark.parametrize(("key", "name"), [("doc", "divided document"), ("story", "divided story")])
def test_documents_and_stories_on_two_sides(tmp_path: Path, key: str, name: str) -> None:
    shared = {key: "flood"}
    one, two = filler("b", split="train", **shared), filler("c", split="test", **shared)
    assert found(check(tmp_path, one, two)) == [("error", name)]
    assert found(check(tmp_path, one, {**two, "split": "train"})) == []
    assert found(check(tmp_path, one, {**two, key: "storm"})) == []


@pytest.mark.parametrize(("splits", "severity"), [(("dev", "dev"), "warning"), (("train", "test"), "error")])
def test_repeated_texts(tmp_path: Path, splits: tuple[str, str], severity: str) -> None:
    one, two = filler("b", split=splits[0]), {**filler("b", split=splits[1]), "id": "c"}
    assert found(check(tmp_path, one, two)) == [(severity, "exact duplicates")]
    two["text"] = two["text"].upper() + " now."
    assert found(check(tmp_path, one, two)) == [(severity, "near-duplicates")]


def test_a_duplicate_in_another_split_counts_before_one_in_the_same(tmp_path: Path) -> None:
    records = [
        {**filler("b"), "id": name, "split": split} for name, split in [("x", "dev"), ("y", "train"), ("z", "train")]
    ]
    report = check(tmp_path, *records)
    assert found(report) == [("error", "exact duplicates")] * 2
    assert all("record 'x' (train and dev)" in f.message for f in report.findings[:2])


LEAKED = "one two three four five six seven eight nine ten eleven twelve"


@pytest.mark.parametrize(
    ("lang", "length", "findings"),
    [
        ("en", 7, []),
        ("en", 8, [("error", "leaks")]),
        ("vi", 7, []),
        ("vi", 11, [("warning", "leaks")]),
        ("vi", 12, [("error", "leaks")]),
    ],
)
@pytest.mark.parametrize("name", ["other.txt", "other.jsonl"])
def test_leaks(tmp_path: Path, name: str, lang: str, length: int, findings: list[Any]) -> None:
    other = tmp_path / "real" / name
    other.parent.mkdir()
    text = f"Before. {LEAKED.upper()}, after."
    other.write_text(text if name.endswith("txt") else json.dumps({"id": "r", "text": text}))
    run = " ".join(LEAKED.split()[:length])
    record = {"id": "a", "lang": lang, "text": f"Here is {run} and some more words to come."}
    report = check(tmp_path, record, against=[other.parent])
    assert found(report) == findings
    assert all(
        f"{length} words shared" in f.message and run in f.message for f in report.findings if f.check == "leaks"
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "Köln".encode("latin-1"), "not UTF-8"),
        ("a.jsonl", b'{"id": "x"}', "'text' is missing"),
        ("a.csv", None, "no such file"),
    ],
)
def test_text_that_cannot_be_compared_is_refused(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    other = tmp_path / "real" / name
    other.parent.mkdir()
    if content is not None:
        other.write_bytes(content)
    with pytest.raises(UserError, match=message):
        check(tmp_path, filler("b"), against=[other])


def test_few_examples_are_counted_in_training_only(tmp_path: Path) -> None:
    one = line(split="train")
    message = "type agreement: 1 in en/train, fewer than 5"
    assert message in [f.message for f in check(tmp_path, one).findings]
    # Distinct texts, so that nothing else is found.
    more = [line(f"{SIGNED} {' '.join(f'{n}w{m}' for m in range(9))}", id=str(n), split="train") for n in range(5)]
    assert not any("type agreement" in f.message for f in check(tmp_path, *more).findings)
    in_dev = [{**record, "split": "dev"} for record in more]
    assert message in [f.message for f in check(tmp_path, one, *in_dev).findings]
    assert [f for f in check(tmp_path, *in_dev).findings if f.check == "few examples"] == []


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"\0")
    with pytest.raises(UserError, match="binary"):
        check_corpus([tmp_path])


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    check(tmp_path, filler("b"))
    assert check_corpus([tmp_path, tmp_path / "a.jsonl"]).passages == 1


def test_report_lists_findings_counts_and_total(tmp_path: Path) -> None:
    report = check(tmp_path, line(f"{SIGNED}  {REST}", split="train"), {"id": "b"}, filler("c", split="dev"))
    text = format_report(report)
    place = tmp_path / "a.jsonl"
    assert text.index("schema (1 error)") < text.index("white space (1 warning)")
    assert f"\n{place}:2: record 'b': record: the key 'text' is missing\n" in text
    assert f"\n{place}:1: record 'a': 2 spaces in a row at offset 28\n" in text
    rows = {row[:18].strip(): row[18:].split() for row in text.splitlines()}
    assert rows[""] == []
    assert rows["passages"] == ["1", "1", "2"]
    assert rows["words"] == ["20", "16", "36"]
    assert rows["label PARTY"] == ["0", "2", "2"]
    assert rows["type agreement"] == ["0", "1", "1"]
    assert rows["status denied"] == ["0", "0", "0"]
    assert text.endswith(f"\n1 error, {report.warnings} warnings, 0 to review in 2 passages")
    assert report.errors + report.warnings == len(report.findings)


def test_report_of_an_empty_corpus(tmp_path: Path) -> None:
    assert format_report(check(tmp_path)).endswith("0 errors, 0 warnings, 0 to review in 0 passages")


def test_findings_read_as_one_line() -> None:
    finding = Finding("error", "leaks", "a.jsonl", 3, "x", "bad")
    assert str(finding) == "a.jsonl:3: record 'x': bad"
    assert str(Finding("error", "schema", "a.jsonl", 3, None, "bad")) == "a.jsonl:3: bad"
    assert str(Finding("warning", "few examples", None, None, None, "rare")) == "corpus: rare"
