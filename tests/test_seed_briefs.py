import re
import runpy
import unicodedata
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from coopclaims.corpus.jsonl import read_passages
from coopclaims.schema import LANGUAGES, WORD, Passage, validate

ROOT = Path(__file__).parents[1]
BRIEFS = ROOT / "seeds" / "briefs.jsonl"
ARTICLES = ROOT.parent / "shared" / "seeds"
STORIES = ("chips-seoul", "digital-forum", "newyork-roundtable")
LONGEST_SHARED_RUN = 7

write_texts = runpy.run_path(str(ROOT / "seeds" / "write_texts.py"))


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    return list(read_passages(BRIEFS))


def texts_on_disk() -> dict[str, str]:
    folder = ROOT / "seeds" / "briefs"
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.txt")}


def word_runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())
    return {tuple(words[start : start + length]) for start in range(len(words) - length + 1)}


def test_there_are_nine_texts_that_equal_the_joined_passages():
    texts = texts_on_disk()
    assert set(texts) == {f"{lang}/{story}.txt" for lang in LANGUAGES for story in STORIES}
    assert texts == write_texts["brief_texts"](BRIEFS)


def test_each_text_has_three_to_five_paragraphs_and_120_to_220_words():
    for name, text in texts_on_disk().items():
        assert 3 <= len(text.strip().split("\n\n")) <= 5, name
        assert 120 <= len(text.split()) <= 220, name


def test_records_are_valid_and_paragraphs_in_order(passages):
    assert len({passage.id for passage in passages}) == len(passages)
    for passage in passages:
        validate(passage)
        assert passage.text == unicodedata.normalize("NFC", passage.text)
        assert passage.id.rpartition("-")[0] == passage.doc
        assert passage.doc.endswith(f"-{passage.lang}")
    for before, after in pairwise(passages):
        if before.doc == after.doc:
            assert int(after.id.rpartition("-")[2]) == int(before.id.rpartition("-")[2]) + 1
        else:
            assert after.id.endswith("-1")


def test_spans_begin_and_end_at_word_bounds(passages):
    for passage in passages:
        words = list(WORD.finditer(passage.text))
        starts, ends = {word.start() for word in words}, {word.end() for word in words}
        for span in passage.spans:
            assert span.start in starts and span.end in ends, (passage.id, passage.quote(span))  # noqa: PT018


def test_every_claim_has_an_argument_and_an_event(passages):
    for passage in passages:
        assert all(claim.args for claim in passage.claims), passage.id
        assert all(claim.extra.get("event") for claim in passage.claims), passage.id


def test_an_event_belongs_to_one_story_and_keeps_its_type_and_status(passages):
    tellings = defaultdict(set)
    for passage in passages:
        for claim in passage.claims:
            tellings[claim.extra["event"]].add((passage.extra["story"], claim.type, claim.status))
    assert {event: kinds for event, kinds in tellings.items() if len(kinds) > 1} == {}


def test_every_event_is_told_in_two_languages_or_declared_single(passages):
    languages = defaultdict(set)
    for passage in passages:
        for claim in passage.claims:
            languages[claim.extra["event"]].add(passage.lang)
    declared = {event for passage in passages for event in passage.extra.get("single", [])}
    assert {event for event, told in languages.items() if len(told) == 1} == declared


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="the source articles are not part of the repository")
def test_no_run_of_eight_words_is_shared_with_the_articles():
    length = LONGEST_SHARED_RUN + 1
    copied = {run for path in ARTICLES.glob("*.txt") for run in word_runs(path.read_text("utf-8"), length)}
    assert copied
    for name, text in texts_on_disk().items():
        assert word_runs(text, length) & copied == set(), name
