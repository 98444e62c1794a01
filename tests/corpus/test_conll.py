from __future__ import annotations

from pathlib import Path

import pytest

from coopclaims.corpus.conll import read_sentences, spans_of_tags
from coopclaims.corpus.jsonl import Problem, read_corpus, read_passages
from coopclaims.errors import UserError
from coopclaims.schema import Passage

TEXT = """-DOCSTART- -X- O O

Anna NNP I-NP B-PER
Lind NNP I-NP I-PER
lives VBZ I-VP O
in IN I-PP O
Bad NNP I-NP B-LOC
Ems NNP I-NP I-LOC
. . O O

She PRP O O

-DOCSTART- -X- O O

Oslo NNP I-NP B-LOC
"""


def write(folder: Path, text: str, name: str = "news.conll") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def quotes(passage: Passage) -> list[tuple[str, str]]:
    return [(passage.quote(span), span.label) for span in passage.spans]


def test_sentences_become_passages(tmp_path: Path) -> None:
    found = list(read_passages(write(tmp_path, TEXT)))
    assert [passage.text for passage in found] == ["Anna Lind lives in Bad Ems .", "She", "Oslo"]
    assert quotes(found[0]) == [("Anna Lind", "PER"), ("Bad Ems", "LOC")]
    assert [passage.doc.rpartition("-")[2] for passage in found if passage.doc] == ["1", "1", "2"]
    assert len({passage.id for passage in found}) == 3


@pytest.mark.parametrize(
    "tags",
    [
        "B-PER I-PER O B-LOC B-LOC",
        "I-PER I-PER O I-LOC B-LOC",
        "B-PER E-PER O S-LOC S-LOC",
        "B-PER L-PER O U-LOC U-LOC",
    ],
)
def test_all_schemes_give_the_same_spans(tags: str) -> None:
    assert spans_of_tags(tags.split()) == [(0, 1, "PER"), (3, 3, "LOC"), (4, 4, "LOC")]


def test_touching_spans_of_two_labels_stay_two() -> None:
    assert spans_of_tags(["I-PER", "I-LOC"]) == [(0, 0, "PER"), (1, 1, "LOC")]


def test_words_may_hold_spaces_where_tabs_part_the_columns(tmp_path: Path) -> None:
    found = list(read_passages(write(tmp_path, "# a comment\nHà Nội\tB-LOC\n10\u00a0000\tB-AMT\n\u2028\tO\n")))
    assert quotes(found[0]) == [("Hà Nội", "LOC"), ("10\u00a0000", "AMT")]


def test_files_of_one_name_have_ids_of_their_own(tmp_path: Path) -> None:
    for folder in ("de", "vi"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, TEXT)
    found = read_corpus([tmp_path / "de" / "news.conll", tmp_path / "vi" / "news.conll"])
    assert len({passage.id for passage in found}) == len(found) == 6


def test_a_bad_sentence_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    file = write(tmp_path, "a O\n\nword\n\nb Q-PER\n\nc B-PER\n")
    problems: list[Problem] = []
    found = read_corpus([file], problems)
    assert [passage.text for passage in found] == ["a", "c"]
    assert [(problem.line, problem.reason.split(";")[0]) for problem in problems] == [
        (3, "a line has one column only"),
        (5, "'Q-PER' is no tag"),
    ]
    with pytest.raises(UserError, match=r"news.conll:3: a line has one column only"):
        read_corpus([file])


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.bio"
    file.write_bytes(b"\xff\xfe O\n")
    with pytest.raises(UserError, match="not UTF-8"):
        list(read_sentences(file))
    assert list(read_sentences(write(tmp_path, "", "empty.iob"))) == []
