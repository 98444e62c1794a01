from __future__ import annotations

from pathlib import Path

import pytest

from coopclaims.corpus.brat import read_brat
from coopclaims.corpus.jsonl import Problem
from coopclaims.errors import UserError
from coopclaims.inference.formats.brat import write_brat
from coopclaims.schema import Passage, Span, validate

TEXT = "Laos und Kuba trafen\r\nsich in Oslo 😀 heute."


def read(folder: Path, annotation: str) -> tuple[Passage, list[tuple[int, str]]]:
    (folder / "n.txt").write_bytes(TEXT.encode())
    (folder / "n.ann").write_text(annotation, encoding="utf-8")
    problems: list[Problem] = []
    [passage] = read_brat(folder, problems)
    validate(passage)
    assert all(problem.path == str(folder / "n.ann") for problem in problems)
    return passage, [(problem.line, problem.reason) for problem in problems]


def test_what_an_annotator_writes_becomes_a_claim(tmp_path: Path) -> None:
    passage, problems = read(
        tmp_path,
        "T1\tPARTY 0 4\tLaos\nT2\tPARTY 9 13\tKuba\nT3\tdialogue 14 20\ttrafen\n"
        "E1\tdialogue:T3 PARTY:T1 PARTY2:T2 PLACE:T4\nA1\tStatus E1 actual\n#1\tAnnotatorNotes T1\tsure?\n"
        "T4\tPLACE 30 34\tOslo\nT5\tDATE 37 42\theute\n",
    )
    assert problems == []
    assert [(passage.quote(span), span.label) for span in passage.spans][2:] == [
        ("trafen", "TRIGGER"),
        ("Oslo", "PLACE"),
        ("heute", "DATE"),
    ]
    [claim] = passage.claims
    assert (claim.type, claim.status, claim.args) == ("dialogue", "actual", ["s1", "s2", "s4"])
    assert passage.id == "n"


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("T2\tPERSON 0 4\tLaos", "unknown label 'PERSON'"),
        ("T2\tPLACE 2 4\tos", "overlaps PARTY 'Laos' (0-4)"),
        ("T2\tPARTY 9 13;30 34\tKuba Oslo", "is discontinuous (9 13;30 34)"),
        ("T2\tPARTY 9 10;10 13\tK uba", "is discontinuous"),
        ("T2\tPARTY 10 14\tKuba", "the text was changed"),
        ("T2\tPARTY 9 900\tKuba", "leave the text"),
        ("T2\tPARTY 13 14\t ", "is white space"),
        ("T1\tPARTY 9 13\tKuba", "'T1' is there already"),
        ("R1\tOrg Arg1:T1 Arg2:T2", "neither a span (T), an event (E) nor an attribute"),
        ("broken", "neither a span"),
        ("E1\tdialogue:T9", "trigger 'T9' was not kept or does not exist; claim skipped"),
        ("E1\tdialogue:T1\nA1\tStatus E1 actual", "'Laos' (0-4) is PARTY, not TRIGGER"),
        ("T3\tdialogue 14 20\ttrafen\nE1\tdialogue:T3", "has no status"),
        ("T3\tdialogue 14 20\ttrafen\nE1\tdialogue:T3\nA1\tStatus E1 maybe", "unknown status 'maybe'"),
        ("T3\tdialogue 14 20\ttrafen\nE1\twar:T3\nA1\tStatus E1 actual", "unknown type 'war'"),
        ("T3\tdialogue 14 20\ttrafen\nE1\tdialogue:T3 PARTY:T8\nA1\tStatus E1 actual", "argument 'T8'"),
        ("A1\tNegated E1", "attribute Negated of E1 is none of ours"),
    ],
)
def test_what_cannot_be_kept_is_told_and_the_rest_is_kept(tmp_path: Path, lines: str, reason: str) -> None:
    passage, problems = read(tmp_path, f"T1\tPARTY 0 4\tLaos\n{lines}\nT7\tPLACE 30 34\tOslo\n")
    [(line, told)] = problems
    assert line >= 2
    assert reason in told
    assert "Laos" in [passage.quote(span) for span in passage.spans]
    assert "Oslo" in [passage.quote(span) for span in passage.spans]


def test_a_byte_order_mark_is_counted_as_brat_does(tmp_path: Path) -> None:
    spans = [Span("s1", 0, 5, "PARTY"), Span("s2", 10, 14, "PARTY")]
    passage = Passage("n", "\ufeffLaos und Kuba", spans=spans)
    write_brat([passage], "m", str(tmp_path / "brat"))
    problems: list[Problem] = []
    assert list(read_brat(tmp_path / "brat", problems)) == [passage]
    assert problems == []


def test_a_span_across_a_line_end_is_one_span_and_edges_lose_white_space(tmp_path: Path) -> None:
    passage, problems = read(tmp_path, "T1\tFIELD 14 20;22 26\ttrafen sich\nT2\tPARTY 0 5\tLaos \n")
    assert problems == []
    assert [passage.quote(span) for span in passage.spans] == ["trafen\r\nsich", "Laos"]


def test_a_document_without_annotations_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "m.txt").write_bytes(b"\xff")
    (tmp_path / "m.ann").write_text("")
    (tmp_path / "o.txt").write_text("x")
    (tmp_path / "p.txt").write_text("y")
    (tmp_path / "p.ann").write_text("")
    (tmp_path / "p.json").write_text('{"id": 3, "lang": "de", "spans": [1]}')
    problems: list[Problem] = []
    [passage] = read_brat(tmp_path, problems)
    assert (passage.id, passage.text, passage.lang) == ("p", "y", "de")
    assert ["not UTF-8" in str(problems[0]), "o.ann" in str(problems[1])] == [True, True]
    with pytest.raises(UserError, match="not UTF-8"):
        list(read_brat(tmp_path))
    with pytest.raises(UserError, match=r"no \*.txt"):
        list(read_brat(tmp_path / "none"))
