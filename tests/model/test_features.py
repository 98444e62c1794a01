from __future__ import annotations

import itertools
import unicodedata

import numpy as np
import pytest

from coopclaims.corpus.markup import parse_markup
from coopclaims.encoders.load import Encoder
from coopclaims.model.alignment import find_words
from coopclaims.model.features import MAX_WORD_PIECES, Featuriser, word_bounds
from coopclaims.model.network import ClaimModel
from coopclaims.model.windows import assign_windows, window_bounds
from coopclaims.schema import Passage, Span


def spans_of(featuriser: Featuriser, passage: Passage) -> set[tuple[str, str]]:
    """Label and NFC text of each span, as the training tags give them back."""
    example = featuriser.examples([passage])[0]
    words = example.unit.words
    found = set()
    for word, tag in enumerate(featuriser.config.tags[index] for index in example.targets.tags):
        if tag.startswith("B-"):
            end = word + 1
            while end < len(words) and featuriser.config.tags[example.targets.tags[end]] == f"I-{tag[2:]}":
                end += 1
            text = passage.text[words.starts[word] : words.ends[end - 1]]
            found.add((tag[2:], unicodedata.normalize("NFC", text)))
    return found


def test_tags_give_the_spans_back(featuriser: Featuriser, passages: list[Passage]) -> None:
    for passage in passages:
        expected = {(span.label, passage.quote(span)) for span in passage.spans}
        assert spans_of(featuriser, passage) == expected


def test_decomposed_passages_give_the_same_features(featuriser: Featuriser) -> None:
    marked = "[[PARTY 1|Đại học Cần Thơ]] [[TRIGGER 1 agreement denied|ký kết]] [[FIELD 1|chip cảm biến]]."
    composed = parse_markup(marked, "a")
    decomposed = parse_markup(unicodedata.normalize("NFD", marked), "a")
    first, second = featuriser.examples([composed, decomposed])
    assert not second.misaligned
    np.testing.assert_array_equal(first.unit.windows[0], second.unit.windows[0])
    np.testing.assert_array_equal(first.targets.tags, second.targets.tags)
    assert spans_of(featuriser, composed) == spans_of(featuriser, decomposed)


def test_a_span_inside_a_word_is_widened_and_reported(featuriser: Featuriser) -> None:
    passage = parse_markup("[[TRIGGER 1 relation actual|Ko]]operation mit [[PARTY 1|Rom]]", "odd")
    example = featuriser.examples([passage])[0]
    assert len(example.misaligned) == 1
    assert "odd" in example.misaligned[0]
    assert "'Ko'" in example.misaligned[0]
    assert spans_of(featuriser, passage) == {("TRIGGER", "Kooperation"), ("PARTY", "Rom")}


def test_a_span_without_a_word_is_refused() -> None:
    with pytest.raises(ValueError, match="no word"):
        word_bounds(find_words("a   b"), 1, 3)


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "ab " * 3000, "日本語" * 2000, "\x00\x01 \ue000", "。、" * 50, "½ ™ ﷺ …"]
)
def test_every_word_has_its_own_pieces(featuriser: Featuriser, text: str) -> None:
    unit = featuriser.units([text])[0]
    size = featuriser.config.window_pieces
    assert len(unit.window) == len(unit.words) > 0
    assert all(len(window) <= max(size, MAX_WORD_PIECES) for window in unit.windows)
    assert (unit.first_piece <= unit.last_piece).all()
    for index, window in enumerate(unit.windows):
        members = unit.window == index
        assert (unit.last_piece[members] < len(window)).all()
        assert (unit.first_piece[members][1:] > unit.last_piece[members][:-1]).all()


def test_cut_pieces_are_counted(featuriser: Featuriser) -> None:
    short, long = featuriser.units(["a b c", "x" * 1000])
    assert short.cut_pieces == 0
    assert long.cut_pieces > 0


@pytest.mark.parametrize("text", ["", " \n", "\u200b"])
def test_a_text_without_words_has_no_windows(featuriser: Featuriser, text: str) -> None:
    assert featuriser.units([text])[0].windows == []


def test_windows_overlap_cover_everything_and_centre_words() -> None:
    pieces_per_word = np.random.default_rng(0).integers(1, 6, 500)
    last = np.cumsum(pieces_per_word) - 1
    first = last - pieces_per_word + 1
    bounds = window_bounds(first, last, size=100, overlap=30)
    window = assign_windows(bounds, 500)
    assert bounds[0][0] == 0
    assert bounds[-1][1] == 500
    for (start, end), (next_start, _) in itertools.pairwise(bounds):
        assert last[end - 1] - first[start] < 100
        assert start < next_start < end
    for word, index in enumerate(window):
        start, end = bounds[index]
        assert start <= word < end
        margin = min(word - start if index else 500, end - 1 - word if index < len(bounds) - 1 else 500)
        assert margin >= 2


def test_batch_places_words_at_their_pieces(featuriser: Featuriser) -> None:
    units = featuriser.units(["Vietnam signed.", "Kurz.", "Ein langer Satz über vieles. " * 30])
    batch = featuriser.batch(units)
    flat = batch.input_ids.ravel()
    for row, unit in enumerate(units):
        for word in range(len(unit.words)):
            window = unit.windows[unit.window[word]]
            pieces = window[unit.first_piece[word] : unit.last_piece[word] + 1]
            first, last = batch.first_piece[row, word], batch.last_piece[row, word]
            assert flat[first : last + 1].tolist() == pieces.tolist()
    assert batch.word_mask.sum() == sum(len(unit.words) for unit in units)
    assert len(batch.continuation) == sum((u.last_piece - u.first_piece).sum() for u in units)


@pytest.mark.parametrize(
    ("text", "bounds"), [("Außenministertreffen heute", [(0, 13), (13, 20)]), ("a \u200b b", [(2, 3), (4, 5)])]
)
def test_spans_that_words_cannot_hold_cost_their_passage_only(
    featuriser: Featuriser, passages: list[Passage], text: str, bounds: list[tuple[int, int]]
) -> None:
    spans = [Span(label, *bound, label) for label, bound in zip(("PARTY", "FIELD"), bounds, strict=True)]
    reasons: list[str] = []
    examples = featuriser.examples([Passage("bad", text, spans=spans), *passages], reasons)
    assert len(examples) == len(passages)
    assert [reason.split(":")[0] for reason in reasons] == ["bad"]
    with pytest.raises(ValueError, match="word"):
        featuriser.examples([Passage("bad", text, spans=spans)])


def test_padding_and_truncation_of_the_tokenizer_do_not_leak_in(tiny_encoder: Encoder, model: ClaimModel) -> None:
    texts = ["in", "in the end of it all"]
    expected = [unit.pieces for unit in Featuriser(tiny_encoder.tokenizer, model.config).units(texts)]
    tiny_encoder.tokenizer(texts, padding="max_length", truncation=True, max_length=4)
    assert [unit.pieces for unit in Featuriser(tiny_encoder.tokenizer, model.config).units(texts)] == expected
