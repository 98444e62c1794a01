"""Gold claims of the source articles, kept as offsets and joined to the reader's own copies of the articles.

The articles belong to their publishers and are not part of this project. ``manifest.yaml`` lists them: file,
address, language, SHA-256 of the bytes, length in code points. ``gold.jsonl`` holds a passage a line: its place in
the article (``doc``, ``start``, ``end``), the SHA-256 of its text, and spans and claims by offset into that text.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from coopclaims.corpus.jsonl import Problem, read_json_lines
from coopclaims.errors import UserError
from coopclaims.schema import Passage, RecordError, passage_from_json

MANIFEST_NAME = "manifest.yaml"
GOLD_NAME = "gold.jsonl"


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """An entry of the manifest; ``sha256`` is of the file's bytes, ``length`` counts code points."""

    file: str
    address: str
    language: str
    sha256: str
    length: int


def verify_seeds(seeds_dir: Path | str, articles_dir: Path | str) -> tuple[list[Passage], list[Problem]]:
    """Check copies of the source articles against the manifest and join the gold to those that are right.

    A copy is recognised by its SHA-256, whatever its name. Returns the passages of the recognised articles with
    their text, in the order of the gold file, and a Problem for each article that is missing or differs and for
    each gold record that does not fit its article. Raises UserError if a folder or file is missing or malformed,
    or if no article is found at all.
    """
    articles = read_manifest(Path(seeds_dir) / MANIFEST_NAME)
    copies = _files_by_sha256(Path(articles_dir))
    if not any(article.sha256 in copies or (Path(articles_dir) / article.file).is_file() for article in articles):
        raise UserError(f"{articles_dir}: holds none of the {len(articles)} articles of {MANIFEST_NAME}")
    gold_path = Path(seeds_dir) / GOLD_NAME
    gold_problems: list[Problem] = []
    gold = _read_gold(gold_path, {article.file for article in articles}, gold_problems)
    counts = Counter(record["doc"] for _, record in gold)
    texts, article_problems = {}, []
    for article in articles:
        if article.sha256 in copies:
            texts[article.file] = copies[article.sha256].read_bytes().decode("utf-8")
        else:
            article_problems.append(_article_problem(article, Path(articles_dir), counts[article.file]))
    passages = _join_all(gold, gold_path, texts, gold_problems)
    return passages, article_problems + gold_problems


def read_manifest(path: Path) -> list[SourceArticle]:
    """The articles that a manifest lists. Raises UserError where it is missing or malformed."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [_source_article(entry) for entry in content["articles"]]
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: not a manifest of source articles: {reason}") from error


def _source_article(entry: Mapping[str, Any]) -> SourceArticle:
    article = SourceArticle(**entry)
    for item in fields(SourceArticle):
        kind = int if item.name == "length" else str
        if not isinstance(getattr(article, item.name), kind):
            raise TypeError(f"{article.file!r}: {item.name!r} must be {'a whole number' if kind is int else 'text'}")
    return article


def _files_by_sha256(folder: Path) -> dict[str, Path]:
    try:
        return {_sha256(path.read_bytes()): path for path in sorted(folder.iterdir()) if path.is_file()}
    except OSError as error:
        raise UserError(f"{error.filename or folder}: cannot be read: {error.strerror}; check the folder") from error


def _article_problem(article: SourceArticle, folder: Path, passages: int) -> Problem:
    path = folder / article.file
    loss = f"its {passages} passages are left out"
    if not path.is_file():
        reason = f"missing, and no other file has its SHA-256; {loss}; the article is at {article.address}"
        return Problem(str(path), 1, None, reason)
    content = path.read_bytes()
    found = f"{_sha256(content)} ({len(content.decode('utf-8', 'replace'))} code points)"
    expected = f"{article.sha256} ({article.length} code points)"
    return Problem(str(path), 1, None, f"SHA-256 is {found}, expected {expected}; {loss}")


def _read_gold(path: Path, files: Collection[str], problems: list[Problem]) -> list[tuple[int, dict[str, Any]]]:
    """The numbered gold records of the articles ``files``; any other line becomes a Problem."""
    gold = []
    for number, record in read_json_lines(path, problems):
        doc = record.get("doc") if isinstance(record, dict) else None
        if isinstance(doc, str) and doc in files:
            gold.append((number, record))
        else:
            problems.append(Problem(str(path), number, None, f"'doc' names no article of {MANIFEST_NAME}: {doc!r}"))
    return gold


def _join_all(
    gold: list[tuple[int, dict[str, Any]]], path: Path, texts: Mapping[str, str], problems: list[Problem]
) -> list[Passage]:
    """The passages whose article is at hand; appends a Problem for each record that does not fit."""
    passages = []
    for number, record in gold:
        if record["doc"] not in texts:
            continue
        try:
            passages.append(_join(record, texts[record["doc"]]))
        except RecordError as error:
            problems.append(Problem(str(path), number, str(record.get("id")), str(error)))
    return passages


def _join(record: Mapping[str, Any], article: str) -> Passage:
    """The full record of a gold record: its text taken from ``article`` and checked against its SHA-256."""
    start, end = record.get("start"), record.get("end")
    if not isinstance(start, int) or not isinstance(end, int) or not 0 <= start <= end <= len(article):
        raise RecordError(f"offsets {start!r} to {end!r} are not within the article (length {len(article)})")
    text = article[start:end]
    expected, found = record.get("sha256"), _sha256(text.encode("utf-8"))
    if found != expected:
        raise RecordError(f"SHA-256 of the passage is {found}, expected {expected}")
    rest = {key: value for key, value in record.items() if key != "sha256"}
    return passage_from_json({**rest, "text": text})


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
