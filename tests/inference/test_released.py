"""The model that comes with the package: whole, usable without a word about it, and as good as its card says."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from coopclaims.cli import main
from coopclaims.corpus.jsonl import read_corpus
from coopclaims.errors import UserError
from coopclaims.evaluation.evaluate import exact_f1
from coopclaims.evaluation.scores import claim_contents
from coopclaims.files import file_hash
from coopclaims.inference import released
from coopclaims.inference.compiled.folder import read_manifest
from coopclaims.inference.extractor import Extractor
from coopclaims.model.predict import predict_passages

ROOT = Path(__file__).parents[2]


def test_its_files_are_those_that_were_scored() -> None:
    folder = released.released_model()
    hashes = read_manifest(folder).facts["files_sha256"]
    assert hashes == {name: file_hash(folder / name) for name in hashes}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 45e6


def test_extract_uses_it_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    brief = ROOT / "seeds" / "briefs" / "en" / "newyork-roundtable.txt"
    assert main(["extract", str(brief), "--format", "jsonl"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["model"] for row in rows} == {released.NAME}
    assert any(row["trigger"] == "invest" for row in rows)


def test_where_it_is_missing_the_option_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(released, "NAME", "no-such-model")
    with pytest.raises(UserError, match="--model"):
        Extractor.from_pretrained()


@pytest.mark.slow
def test_it_scores_what_its_card_says() -> None:
    facts = read_manifest(released.released_model()).facts
    gold = read_corpus([ROOT / "data"], split=facts["split"])
    extractor = Extractor.from_pretrained()
    predicted = predict_passages(extractor.scorer, extractor.featuriser, gold)
    stated = facts["parity"]["overall"]["argument"]["second"]
    # Processors without 8-bit dot products round some sums otherwise.
    assert exact_f1(gold, predicted) == pytest.approx(stated, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("front", "least"), [("It rained. ", 0.75), ("Am Abend fiel Regen über der Stadt. " * 3, 0.55)]
)
def test_its_claims_hardly_depend_on_where_segments_fall(front: str, least: float) -> None:
    """Long paragraphs, with and without sentences in front; what is left of it is context, not bounds."""
    briefs = groupby(read_corpus([ROOT / "seeds" / "briefs.jsonl"]), lambda passage: passage.doc)
    texts = [" ".join(passage.text.replace("\n", " ") for passage in group) for _, group in briefs]
    assert sum(len(text.split()) > 150 for text in texts) > 3
    extractor = Extractor.from_pretrained()
    equal = total = 0
    for before, after in zip(extractor.extract(texts), extractor.extract([front + t for t in texts]), strict=True):
        spans = [replace(s, start=s.start - len(front), end=s.end - len(front)) for s in after.spans]
        claims = (set(claim_contents(before)), set(claim_contents(replace(after, spans=spans))))
        equal, total = equal + len(claims[0] & claims[1]), total + len(claims[0]) + len(claims[1])
    assert total > 100
    assert 2 * equal / total > least
