import hashlib
import json
from pathlib import Path

import pytest
import yaml

from coopclaims.corpus.seeds import read_manifest, verify_seeds
from coopclaims.errors import UserError
from coopclaims.schema import passage_to_json

REPOSITORY = Path(__file__).resolve().parents[2]
SEEDS = REPOSITORY / "seeds"
ARTICLES = REPOSITORY.parent / "shared" / "seeds"

TEXTS = {
    "one.txt": "Kopf\r\n\r\nBonn und Huế unterzeichneten 🌊 einen Vertrag.\r\n",
    "two.txt": "Huế met Bonn.\nNothing else happened.",
}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def gold_record(name, doc, passage, spans, claims):
    start = TEXTS[doc].index(passage)
    return {
        "id": name,
        "lang": "en",
        "doc": doc,
        "start": start,
        "end": start + len(passage),
        "sha256": sha256(passage.encode()),
        "spans": [
            {
                "id": f"s{number}",
                "start": passage.index(quote),
                "end": passage.index(quote) + len(quote),
                "label": label,
            }
            for number, (quote, label) in enumerate(spans, 1)
        ],
        "claims": claims,
    }


def gold_records():
    signing = [("Huế", "PARTY"), ("unterzeichneten", "TRIGGER"), ("Vertrag", "INSTRUMENT")]
    claim = {"id": "c1", "trigger": "s2", "type": "agreement", "status": "actual", "args": ["s1", "s3"]}
    meeting = [("Huế", "PARTY"), ("met", "TRIGGER"), ("Bonn", "PARTY")]
    return [
        gold_record("p1", "one.txt", "Bonn und Huế unterzeichneten 🌊 einen Vertrag.", signing, [claim]),
        gold_record("p2", "two.txt", "Huế met Bonn.", meeting, [{**claim, "type": "dialogue"}]),
        gold_record("p3", "two.txt", "Nothing else happened.", [], []),
    ]


def write_seeds(folder, records):
    entries = [
        {
            "file": name,
            "address": f"https://example.org/{name}",
            "language": "en",
            "sha256": sha256(text.encode()),
            "length": len(text),
        }
        for name, text in TEXTS.items()
    ]
    folder.mkdir()
    (folder / "manifest.yaml").write_text(yaml.safe_dump({"articles": entries}), encoding="utf-8")
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (folder / "gold.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def seeds(tmp_path):
    write_seeds(tmp_path / "seeds", gold_records())
    return tmp_path / "seeds"


@pytest.fixture
def articles(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_bytes(text.encode())
    return folder


def test_right_copies_give_every_passage_with_its_text(seeds, articles):
    passages, problems = verify_seeds(seeds, articles)
    assert problems == []
    assert [passage.id for passage in passages] == ["p1", "p2", "p3"]
    first = passages[0]
    assert [first.quote(span) for span in first.spans] == ["Huế", "unterzeichneten", "Vertrag"]
    assert first.text == TEXTS["one.txt"].strip().removeprefix("Kopf\r\n\r\n")
    assert "sha256" not in passage_to_json(first)


def test_copies_are_recognised_under_any_name(seeds, articles):
    (articles / "one.txt").rename(articles / "renamed.html")
    passages, problems = verify_seeds(seeds, articles)
    assert problems == []
    assert len(passages) == 3


def test_a_changed_copy_is_named_with_both_hashes_and_loses_only_its_passages(seeds, articles):
    changed = TEXTS["one.txt"].replace("\r\n", "\n").encode()
    (articles / "one.txt").write_bytes(changed)
    passages, [problem] = verify_seeds(seeds, articles)
    assert [passage.id for passage in passages] == ["p2", "p3"]
    for part in (str(articles / "one.txt"), sha256(changed), sha256(TEXTS["one.txt"].encode()), "1 passages"):
        assert part in str(problem)
    assert "\n" not in str(problem)


def test_a_missing_article_is_a_problem_that_says_where_to_find_it(seeds, articles):
    (articles / "two.txt").unlink()
    passages, [problem] = verify_seeds(seeds, articles)
    assert [passage.id for passage in passages] == ["p1"]
    assert "https://example.org/two.txt" in str(problem)
    assert "2 passages" in str(problem)


def test_no_article_at_all_is_a_user_error(seeds, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="holds none of the 2 articles"):
        verify_seeds(seeds, tmp_path / "empty")
    with pytest.raises(UserError, match="No such file"):
        verify_seeds(seeds, tmp_path / "absent")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"start": 1}, "SHA-256 of the passage"),
        ({"end": 10_000}, "not within the article"),
        ({"start": None}, "not within the article"),
        ({"doc": "three.txt"}, "names no article"),
        ({"doc": ["one.txt"]}, "names no article"),
        ({"claims": [{"id": "c1", "trigger": "s9", "type": "dialogue", "status": "actual"}]}, "s9"),
    ],
)
def test_a_gold_record_that_does_not_fit_is_a_problem_and_the_others_stay(tmp_path, articles, change, reason):
    records = gold_records()
    records[1].update(change)
    write_seeds(tmp_path / "seeds", records)
    passages, [problem] = verify_seeds(tmp_path / "seeds", articles)
    assert [passage.id for passage in passages] == ["p1", "p3"]
    assert reason in str(problem)
    assert "gold.jsonl:2:" in str(problem)


@pytest.mark.parametrize(
    "content",
    ["articles: [", "- 1", "articles:\n- file: a", "articles:\n- {file: a, length: x}", "", "articles: 3"],
)
def test_a_malformed_manifest_is_a_user_error_of_one_line(tmp_path, content):
    path = tmp_path / "manifest.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match=r"manifest\.yaml") as caught:
        read_manifest(path)
    assert "\n" not in str(caught.value)


def test_a_missing_manifest_is_a_user_error(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        read_manifest(tmp_path / "manifest.yaml")


def test_the_committed_gold_holds_offsets_only_and_agrees_with_the_manifest():
    lengths = {article.file: article.length for article in read_manifest(SEEDS / "manifest.yaml")}
    assert len(lengths) == 5
    records = [json.loads(line) for line in (SEEDS / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    for record in records:
        assert set(record) == {"id", "lang", "doc", "start", "end", "sha256", "spans", "claims"}
        assert 0 <= record["start"] < record["end"] <= lengths[record["doc"]]
        for span in record["spans"]:
            assert set(span) == {"id", "start", "end", "label"}
            assert span["end"] <= record["end"] - record["start"]
        for claim in record["claims"]:
            assert set(claim) == {"id", "trigger", "type", "status", "args"}


@pytest.mark.skipif(
    not (ARTICLES / "gold.jsonl").is_file(), reason="the source articles are not part of the repository"
)
def test_the_committed_gold_joined_to_the_articles_is_the_full_gold():
    passages, problems = verify_seeds(SEEDS, ARTICLES)
    lines = (ARTICLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    assert problems == []
    assert [passage_to_json(passage) for passage in passages] == [json.loads(line) for line in lines]
