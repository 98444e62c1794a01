"""Training, development and test splits that keep all tellings of a story on one side.

A passage's split is its key ``split``. Passages of one document, documents that share the key ``story``, and
documents that a group binds go to the same split, whatever their language.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from coopclaims.corpus.jsonl import read_json_lines, read_passages
from coopclaims.errors import UserError
from coopclaims.files import atomic_write
from coopclaims.schema import Passage

SPLITS = ("train", "dev", "test")


def split_of(passage: Passage) -> str | None:
    """The split of a passage, or None where it has none or an invalid one."""
    split = passage.extra.get("split")
    return split if split in SPLITS else None


def story_of(passage: Passage) -> str | None:
    """The story that a passage tells, or None where its key ``story`` is absent or not a string."""
    story = passage.extra.get("story")
    return story if isinstance(story, str) else None


def document_of(passage: Passage) -> str:
    """The document of a passage; one that names none is a document by itself, under the passage's id."""
    return passage.doc or passage.id


def assign_splits(
    passages: Sequence[Passage], groups: Iterable[Sequence[str]], dev_share: float, test_share: float, seed: int
) -> dict[str, str]:
    """Give every document "train", "dev" or "test".

    Bound documents (see the module) are walked in the order of a hash of their first name. Each set goes to test,
    else to dev, if that brings every language it holds nearer to its share of passages, else to train. So the
    result depends neither on the order of the input nor, but for sets at the edge of a share, on later additions.

    ``groups`` holds names of documents that belong together. Raises UserError for impossible shares.
    """
    if min(dev_share, test_share) < 0 or dev_share + test_share >= 1:
        raise UserError(f"shares of dev ({dev_share}) and test ({test_share}) must be 0 or more and sum to below 1")
    sizes: dict[str, Counter[str]] = defaultdict(Counter)
    for passage in passages:
        sizes[document_of(passage)][passage.lang or ""] += 1
    totals = sum(sizes.values(), Counter[str]())
    filled: dict[str, Counter[str]] = {"test": Counter(), "dev": Counter()}
    shares = {"test": test_share, "dev": dev_share}
    quotas = {split: {lang: share * totals[lang] for lang in totals} for split, share in shares.items()}
    splits: dict[str, str] = {}
    bound = _bound_documents(sizes, [*_documents_of_stories(passages), *groups])
    for documents in sorted(bound, key=lambda documents: _hash(documents[0], seed)):
        size = sum((sizes[document] for document in documents), Counter[str]())
        split = next((name for name in shares if _nears(filled[name], size, quotas[name])), "train")
        if split in filled:
            filled[split] += size
        splits |= dict.fromkeys(documents, split)
    return splits


def read_groups(path: Path | str) -> list[list[str]]:
    """Read the groups of documents that a split must keep together: a JSON list of lists of document names."""
    try:
        groups = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{path}: not JSON in UTF-8: {error}") from error
    if not isinstance(groups, list) or not all(_is_list_of_names(group) for group in groups):
        raise UserError(f'{path}: must be a list of lists of document names, such as [["a", "b"], ["c", "d"]]')
    return groups


def write_splits(path: Path | str, splits: Mapping[str, str]) -> None:
    """Rewrite a JSON Lines file with the key ``split`` of every record set by its document, all else unchanged.

    Raises UserError for a line that is no valid passage.
    """
    documents = [document_of(passage) for passage in read_passages(path)]
    values = [value for _, value in read_json_lines(path)]
    with atomic_write(path) as file:
        for document, value in zip(documents, values, strict=True):
            file.write(json.dumps({**value, "split": splits[document]}, ensure_ascii=False) + "\n")


def _documents_of_stories(passages: Iterable[Passage]) -> list[list[str]]:
    stories: dict[str, list[str]] = defaultdict(list)
    for passage in passages:
        if (story := story_of(passage)) is not None:
            stories[story].append(document_of(passage))
    return list(stories.values())


def _bound_documents(documents: Iterable[str], groups: Iterable[Sequence[str]]) -> list[list[str]]:
    """Merge groups that share a document; returns each set sorted. Names that are no document are left out."""
    sets = {document: {document} for document in documents}
    for group in groups:
        members = [sets[document] for document in group if document in sets]
        merged = set[str]().union(*members)
        sets |= dict.fromkeys(merged, merged)
    return [sorted(merged) for merged in {id(merged): merged for merged in sets.values()}.values()]


def _nears(filled: Counter[str], size: Counter[str], quotas: Mapping[str, float]) -> bool:
    """Whether adding ``size`` passages brings each of its languages nearer to the quota."""
    return all(filled[lang] + count / 2 <= quotas[lang] for lang, count in size.items())


def _hash(name: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()


def _is_list_of_names(group: object) -> bool:
    return isinstance(group, list) and all(isinstance(name, str) for name in group)
