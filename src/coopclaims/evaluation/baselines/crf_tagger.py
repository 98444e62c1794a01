"""A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001) with the usual word features."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from coopclaims.errors import UserError
from coopclaims.evaluation.baselines.tagging import TaggedText

# Strength of L1 and L2 regularisation and the number of L-BFGS iterations that CRFsuite's tutorial uses for chunking.
PARAMETERS = {"c1": 0.1, "c2": 0.01, "max_iterations": 100, "feature.possible_transitions": True}
WINDOW = 2


class CrfTagger:
    """python-crfsuite over words, shapes, prefixes, suffixes and neighbours."""

    def fit(self, train: Sequence[TaggedText], dev: Sequence[TaggedText], folder: Path) -> None:  # noqa: ARG002
        """Train on ``train``; ``dev`` is not needed."""
        try:
            import pycrfsuite
        except ImportError as error:
            raise UserError("this baseline needs python-crfsuite: pip install 'coopclaims[baselines]'") from error
        trainer = pycrfsuite.Trainer(verbose=False)
        for text in train:
            trainer.append(features(text.words), text.tags)
        trainer.set_params(PARAMETERS)
        trainer.train(str(folder / "model.crfsuite"))
        self.tagger = pycrfsuite.Tagger()
        self.tagger.open(str(folder / "model.crfsuite"))

    def tag(self, texts: Sequence[Sequence[str]]) -> list[list[str]]:
        """The likeliest tags of each text."""
        return [list(self.tagger.tag(features(words))) if words else [] for words in texts]


def features(words: Sequence[str]) -> list[list[str]]:
    """Features of each word, from itself and the two words on either side."""
    own = [_own_features(word) for word in words]
    table = []
    for position in range(len(words)):
        row = ["bias"]
        for offset in range(-WINDOW, WINDOW + 1):
            at = position + offset
            if 0 <= at < len(words):
                # Neighbours count with word and shape, the word itself with everything.
                row += [f"{offset}:{feature}" for feature in (own[at] if offset == 0 else own[at][:2])]
            else:
                row.append(f"{offset}:none")
        row += [f"pair:{a}|{b}" for a, b in _pairs(words, position)]
        table.append(row)
    return table


def _own_features(word: str) -> list[str]:
    lower = word.lower()
    ends = [f"prefix={lower[:size]}" for size in (2, 3)] + [f"suffix={lower[-size:]}" for size in (2, 3, 4)]
    return [f"word={lower}", f"shape={shape(word)}", *ends, f"title={word.istitle()}", f"upper={word.isupper()}"]


def shape(word: str) -> str:
    """The kinds of characters in a word, runs shortened: "Bonn" is "Xx", "2026" is "9", "COVID" is "X"."""
    kinds = "".join("9" if c.isdigit() else "X" if c.isupper() else "x" if c.isalpha() else c for c in word)
    return re.sub(r"(.)\1+", r"\1", kinds)


def _pairs(words: Sequence[str], position: int) -> list[tuple[str, str]]:
    lower = [word.lower() for word in words[max(position - 1, 0) : position + 2]]
    return list(pairwise(lower))
