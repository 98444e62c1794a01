from __future__ import annotations

import json
import time
import unicodedata
from itertools import accumulate, pairwise
from pathlib import Path

import pytest

from coopclaims.model import segments as module
from coopclaims.model.segments import SEGMENT_WORDS, Segment, paragraphs, segments, sentences

SENTENCES = json.loads((Path(__file__).parents[1] / "fixtures" / "sentences.json").read_text(encoding="utf-8"))

HOSTILE = {
    "nothing": "",
    "space": " \t\u3000" * 500,
    "no sentence end": "wort " * 3000,
    "no space": "a" * 20_000,
    "no space, but bounds": "a.b,c" * 4000,
    "punctuation": ".?!…" * 5000,
    "spaced punctuation": ". ! " * 2000,
    "emoji": "👩\u200d🚀😀" * 3000,
    "spaced emoji": "😀 " * 3000,
    "open quotes": "„Wort. " * 3000,
    "zero width": "ký\u200b kết\u200d. " * 700,
    "decomposed": unicodedata.normalize("NFD", "Hai bên ký kết ở Đà Nẵng. " * 300),
    "tabs": "a\tb.\tC\t" * 500,
    "control": "a\x00b\x1c c\x85. D\u2028e " * 500,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vietnam and Denmark\nsigned an agreement.\n\nNext.", ["Vietnam and Denmark\nsigned an agreement.", "Next."]),
        ("Die Lufthansa-\r\nTochter,\r\nX\r\n\r\nY", ["Die Lufthansa-\r\nTochter,\r\nX", "Y"]),
        ("Headline\nThe text.\nẤn Độ ký.", ["Headline", "The text.", "Ấn Độ ký."]),
        ("A\n \t\nb", ["A", "b"]),
        ("A\n\rb", ["A", "b"]),
        ("Lào\nấn ký", ["Lào\nấn ký"]),
        ("a b\r\n \n\tc\r", ["a b", "\tc"]),
        ("\n \n", []),
    ],
)
def test_wrapped_lines_are_one_paragraph(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in paragraphs(text)] == expected


@pytest.mark.parametrize("language", ["vi", "de", "en"])
def test_sentences_with_ordinals_abbreviations_and_decimals(language: str) -> None:
    text = " ".join(SENTENCES[language])
    right = set(accumulate(len(sentence) + 1 for sentence in SENTENCES[language]))
    found = {end for _, end in sentences(text + " ")}
    # No sentence is cut; a few that end in an abbreviation, a number or an ellipsis stay with the next.
    assert found <= right
    assert len(found) >= 0.9 * len(right)


@pytest.mark.parametrize("language", ["vi", "de", "en"])
def test_sentences_do_not_depend_on_the_unicode_form(language: str) -> None:
    text = " ".join(SENTENCES[language]) * 3
    decomposed = unicodedata.normalize("NFD", text)
    found = [unicodedata.normalize("NFC", decomposed[start:end]) for start, end in sentences(decomposed)]
    assert found == [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_sentences_leave_no_gap(text: str) -> None:
    assert "".join(text[start:end] for start, end in sentences(text)) == text
    assert all(start < end for start, end in sentences(text))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(("words", "overlap"), [(SEGMENT_WORDS, 35), (7, 3), (1, 0)])
def test_segments_hold_everything_and_own_it_once(text: str, words: int, overlap: int) -> None:
    found = list(segments(f"Kurz.\r\n{text}\r\n\r\nĐủ ngắn.", words, overlap))
    text = f"Kurz.\r\n{text}\r\n\r\nĐủ ngắn."
    assert all(s.start <= s.own_start < s.own_end <= s.end for s in found)
    own = [(s.own_start, s.own_end) for s in found]
    outside = [text[end:start] for (_, end), (start, _) in zip([(0, 0), *own], [*own, (len(text),) * 2], strict=True)]
    assert "".join(outside).strip() == ""
    assert sum(len(text[start:end]) for start, end in own) + sum(map(len, outside)) == len(text)
    assert all(len(text[s.start : s.end].split()) <= words * 3 // 2 for s in found)


def test_an_ordinary_paragraph_is_one_segment() -> None:
    text = "Eins zwei drei. " * 50
    assert list(segments(text)) == [Segment(0, len(text), 0, len(text))]


def test_long_paragraphs_are_cut_between_sentences_with_overlap() -> None:
    text = "Hà Nội und Bonn trafen sich am 18. September in Huế. " * 60
    found = list(segments(text))
    starts = {start for start, _ in sentences(text)}
    assert len(found) > 3
    assert {s.start for s in found} <= starts
    assert {s.own_start for s in found} <= starts
    for before, after in pairwise(found):
        assert before.start < after.start <= before.end - 50
        # The cut of what they own is as far from the one's end as from the other's start, to within a sentence.
        assert abs((before.end - before.own_end) - (after.own_start - after.start)) <= 53


def test_the_unicode_form_does_not_move_segments() -> None:
    text = "Bộ Công Thương và Liên minh châu Âu ký kết thỏa thuận ở Đà Nẵng. " * 40
    decomposed = unicodedata.normalize("NFD", text)
    forms = [[t[s.own_start : s.own_end] for s in segments(t)] for t in (text, decomposed)]
    assert forms[0] == [unicodedata.normalize("NFC", part) for part in forms[1]]


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u2028", "\u202f", "\u3000", "\x85"])
def test_a_space_that_the_sentence_splitter_fails_on(space: str) -> None:
    text = f"Der Vertrag über Plan B{space}. Er gilt ab Mai. " * 30
    assert len(sentences(text)) >= 30
    assert len(list(segments(text))) > 1


def test_a_splitter_that_fails_finds_no_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def fail(*_: object) -> None:
        raise PanicException

    monkeypatch.setattr(module, "get_sentence_boundaries", fail)
    assert sentences("Ein Satz. Noch einer.") == [(0, 21)]


@pytest.mark.parametrize(
    "unit", ["wort ", " ", "Ein Satz. ", "„Wort. ", "😀", ".", "a", "a.b", "A\n", "a,\n", "\n", "1. "]
)
def test_time_grows_with_length_only(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        started = time.process_time()
        list(segments(text))
        return time.process_time() - started

    seconds(1000)
    # Eight times the text; 64 times the time if it were quadratic.
    assert seconds(320_000) <= 24 * seconds(40_000) + 0.1
