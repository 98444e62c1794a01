from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from tests.hard_records import all_passages

from coopclaims.inference.formats import spacy_docs
from coopclaims.schema import Claim, Passage, Span, passage_to_json

spacy = pytest.importorskip("spacy")


def test_documents_have_text_entities_and_claims_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from spacy.tokens import DocBin

    monkeypatch.setattr(spacy_docs, "SHARD", 3)
    spacy_docs.write_spacy(all_passages(), "m", str(tmp_path / "train"))
    files = sorted((tmp_path / "train").iterdir())
    vocabulary = spacy.blank("xx").vocab
    documents = [
        document for file in files for document in DocBin(store_user_data=True).from_disk(file).get_docs(vocabulary)
    ]
    assert len(files) == -(-len(all_passages()) // 3)
    for document, passage in zip(documents, all_passages(), strict=True):
        entities = [(e.ent_id_, e.start_char, e.end_char, e.label_) for e in document.ents]
        assert document.text == passage.text
        assert entities == sorted(
            ((s.id, s.start, s.end, s.label) for s in passage.spans), key=lambda entity: entity[1]
        )
        record = json.loads(document.user_data["record"])
        assert record == {k: v for k, v in passage_to_json(passage).items() if k not in ("text", "spans")}


def test_only_what_is_lost_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    span = Span("s1", 0, 3, "TRIGGER", 0.5, {"note": "x"})
    claim = Claim("c1", "s1", "dialogue", "actual", score=0.5, extra={"event": "e"})
    with caplog.at_level(logging.INFO, "coopclaims"):
        spacy_docs.write_spacy([Passage("a", "met", spans=[span], claims=[claim])], "m", str(tmp_path / "train"))
    assert caplog.messages == ["spacy does not hold span scores: 1, other keys of spans: 1"]
