"""Records as spaCy documents: a folder of ``.spacy`` files, as ``spacy train`` reads it.

Spans are the entities of a document, with the span's id as ``ent_id_``. What has no place in spaCy is in the
document's ``user_data["record"]``: the record as JSON, without text and spans.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from coopclaims.errors import UserError
from coopclaims.files import STANDARD_OUTPUT, atomic_path
from coopclaims.inference.formats.losses import Losses
from coopclaims.inference.formats.words import words_of
from coopclaims.schema import Passage, passage_to_json

SHARD = 2_000  # Documents in a file; a DocBin is read and written in one piece.


def write_spacy(passages: Iterable[Passage], _model_name: str, output: str) -> None:
    """Write the folder ``output``, which must be new or empty. Raises UserError where spaCy is not installed."""
    try:
        import spacy
        from spacy.tokens import DocBin
    except ImportError as error:
        raise UserError("spacy needs spaCy: pip install 'coopclaims[baselines]'") from error
    if output == STANDARD_OUTPUT:
        raise UserError("spacy needs a folder: name a new one with --output")
    losses = Losses("spacy", ("span scores", "other keys of spans"))
    vocabulary = spacy.blank("xx").vocab  # Words are ours, so the language makes no difference.
    with atomic_path(output) as folder:
        folder.mkdir()
        for number, shard in enumerate(_shards(losses.watch(passages)), 1):
            documents = DocBin(store_user_data=True, docs=(_document(passage, vocabulary) for passage in shard))
            documents.to_disk(folder / f"{number:06d}.spacy")
    losses.tell()


def _shards(passages: Iterator[Passage]) -> Iterator[list[Passage]]:
    while shard := list(islice(passages, SHARD)):
        yield shard


def _document(passage: Passage, vocabulary: Any) -> Any:
    from spacy.tokens import Doc, Span
    from spacy.util import get_words_and_spaces

    words = [passage.text[start:end] for start, end in words_of(passage)]
    words, spaces = get_words_and_spaces(words, passage.text)
    document = Doc(vocabulary, words=words, spaces=spaces)
    starts = {token.idx: token.i for token in document}
    ends = {token.idx + len(token): token.i + 1 for token in document}
    document.ents = [
        Span(document, starts[span.start], ends[span.end], label=span.label, span_id=span.id) for span in passage.spans
    ]
    record = passage_to_json(passage)
    rest = {key: value for key, value in record.items() if key not in ("text", "spans")}
    document.user_data["record"] = json.dumps(rest, ensure_ascii=False)
    return document
