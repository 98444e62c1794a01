"""spaCy's named-entity recogniser in a blank multilingual pipeline, trained by its own command."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coopclaims.errors import UserError
from coopclaims.evaluation.baselines.tagging import TaggedText

# Steps without a better score on dev before it stops, and between two scores.
PATIENCE, SCORE_EVERY = 4000, 500


class SpacyTagger:
    """``spacy init config --lang xx --pipeline ner``, then ``spacy train`` with those defaults but for its length."""

    def __init__(self, steps: int, seed: int) -> None:
        # It saves a state only where it scores, and it does not score after the last step.
        every = min(SCORE_EVERY, steps)
        self.settings = [
            *("--training.max_steps", str(steps // every * every + 1)),
            *("--training.patience", str(PATIENCE), "--training.eval_frequency", str(every)),
            *("--system.seed", str(seed)),
        ]

    def fit(self, train: Sequence[TaggedText], dev: Sequence[TaggedText], folder: Path) -> None:
        """Train until the score on ``dev`` no longer rises."""
        try:
            import spacy
        except ImportError as error:
            raise UserError("this baseline needs spaCy: pip install 'coopclaims[baselines]'") from error
        self.blank = spacy.blank("xx")
        for name, texts in (("train", train), ("dev", dev)):
            self._write(texts, folder / f"{name}.spacy")
        config = folder / "config.cfg"
        _run("init", "config", str(config), "--lang", "xx", "--pipeline", "ner", "--force")
        paths = ("--paths.train", str(folder / "train.spacy"), "--paths.dev", str(folder / "dev.spacy"))
        _run("train", str(config), "--output", str(folder), *paths, *self.settings)
        self.pipeline = spacy.load(folder / "model-best")

    def tag(self, texts: Sequence[Sequence[str]]) -> list[list[str]]:
        """Tags of the entities that the pipeline finds in our words."""
        documents = self.pipeline.pipe(self._document(words) for words in texts)
        return [[f"{t.ent_iob_}-{t.ent_type_}" if t.ent_type_ else "O" for t in document] for document in documents]

    def _write(self, texts: Sequence[TaggedText], path: Path) -> None:
        from spacy.tokens import DocBin
        from spacy.training import iob_to_biluo
        from spacy.training.iob_utils import biluo_tags_to_spans

        binary = DocBin()
        for text in texts:
            document = self._document(text.words)
            document.ents = biluo_tags_to_spans(document, iob_to_biluo(text.tags))
            binary.add(document)
        binary.to_disk(path)

    def _document(self, words: Sequence[str]) -> Any:
        from spacy.tokens import Doc

        return Doc(self.blank.vocab, words=list(words))


def _run(*arguments: str) -> None:
    result = subprocess.run([sys.executable, "-m", "spacy", *arguments], capture_output=True, text=True, check=False)
    if result.returncode:
        raise UserError(f"spacy {arguments[0]} failed: {(result.stderr or result.stdout).strip().splitlines()[-1:]}")
