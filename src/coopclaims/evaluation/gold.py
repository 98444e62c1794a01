"""Annotated passages that something is measured on: those that can be used, all of them or those of a split."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from coopclaims.corpus.jsonl import Problem, read_corpus
from coopclaims.schema import Passage

log = logging.getLogger(__name__)

# Problems of a reading that are told one by one; a file of another kind has one in every line.
TOLD = 20


def read_usable(paths: Iterable[Path | str]) -> tuple[list[Passage], list[Problem]]:
    """All passages of files and folders, and the lines that could not be used, of which the first are logged."""
    problems: list[Problem] = []
    passages = read_corpus(paths, problems)
    log_skipped(problems)
    return passages, problems


def log_skipped(problems: Sequence[Problem]) -> None:
    """Log the first problems, and how many more there are."""
    for problem in problems[:TOLD]:
        log.warning("skipped: %s", problem)
    if len(problems) > TOLD:
        log.warning("skipped: %d more", len(problems) - TOLD)


def has_splits(passages: Iterable[Passage]) -> bool:
    """Whether any passage names its split."""
    return any("split" in passage.extra for passage in passages)


def of_split(passages: Iterable[Passage], split: str | None) -> list[Passage]:
    """The passages of a split; all where it is None or empty."""
    return [passage for passage in passages if not split or passage.extra.get("split") == split]


def existing_splits(passages: Sequence[Passage], *splits: str) -> list[str]:
    """``splits``; or as many empty ones, for all passages, where no passage has a split, which is logged."""
    if not passages or has_splits(passages):
        return list(splits)
    log.info("no passage has a split: all %d are used", len(passages))
    return [""] * len(splits)
