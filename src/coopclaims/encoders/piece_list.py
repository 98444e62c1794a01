"""Which pieces of a vocabulary Vietnamese, German and English text uses.

The source is the word lists of the PyPI package wordfreq (needed only to trim vocabularies other than XLM-RoBERTa's,
hence the optional extra ``trim``): the most frequent words of each language in lower case, Capitalised and in
CAPITALS, after a space and after punctuation; besides, all single characters of the vocabulary, and numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tqdm import tqdm

from coopclaims.encoders.tokenizer import SPECIAL_TOKENS
from coopclaims.schema import LANGUAGES

# Rarer words need ever more pieces (all 960,000 words: 75,000 pieces) and hardly occur: with these, 58,000 pieces
# spell 99.8 % of the words of news text as the full vocabulary does.
WORDS_PER_LANGUAGE = 80_000
BATCH = 20_000


def listed_words() -> Iterator[str]:
    """The most frequent words of each language, in lower case; German ones with "ss" also with "ß"."""
    for language in LANGUAGES:
        yield from islice(_words_by_frequency(language), WORDS_PER_LANGUAGE)


def _words_by_frequency(language: str) -> Iterator[str]:
    from wordfreq import iter_wordlist

    for entry in iter_wordlist(language, "best"):
        for word in re.findall(r"\w+", entry):
            yield word
            if language == "de" and "ss" in word:
                yield word.replace("ss", "ß")


def numbers() -> Iterator[str]:
    """Numbers of up to four digits, with and without leading zeros."""
    for digits in range(1, 5):
        yield from (f"{number:0{digits}d}" for number in range(10**digits))


def pieces_in_use(pieces: Sequence[tuple[str, float]], words: Iterable[str]) -> list[str]:
    """The pieces (with scores, of a Unigram model) that spell the words in any case, or are a single character.

    They come in the order of ``pieces``, without special tokens.
    """
    model = Tokenizer(Unigram(list(pieces), unk_id=[piece for piece, _ in pieces].index("<unk>")))
    used = _ids_of(model, words, openings=("▁", ""))
    return [
        piece
        for index, (piece, _) in enumerate(pieces)
        if (index in used or len(piece.removeprefix("▁")) <= 1) and piece not in SPECIAL_TOKENS
    ]


def pieces_of_tokenizer(tokenizer: Tokenizer, words: Iterable[str]) -> list[str]:
    """The pieces of any word-isolating tokenizer that spell the words in any case, after a space and after a bracket,
    or are a single character; in the order of their ids.
    """
    used = _ids_of(tokenizer, words, openings=(" ", "("))
    by_id = sorted(tokenizer.get_vocab(with_added_tokens=False).items(), key=lambda item: item[1])
    return [piece for piece, index in by_id if index in used or len(piece.removeprefix("▁").removeprefix("##")) <= 1]


def _ids_of(tokenizer: Tokenizer, words: Iterable[str], openings: Sequence[str]) -> set[int]:
    forms = {form for word in words for form in (word, word.capitalize(), word.upper())}
    spellings = sorted(opening + form for form in forms for opening in openings)
    used: set[int] = set()
    for start in tqdm(range(0, len(spellings), BATCH), desc="spelling words", unit_scale=BATCH, disable=None):
        for encoding in tokenizer.encode_batch_fast(spellings[start : start + BATCH], add_special_tokens=False):
            used.update(encoding.ids)
    return used
