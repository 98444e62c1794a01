import importlib.util
import json
import random
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from coopclaims.corpus.jsonl import read_corpus
from coopclaims.corpus.split import assign_splits, read_groups, split_of, write_splits
from coopclaims.errors import UserError
from coopclaims.schema import Passage

SCRIPT = Path(__file__).parents[2] / "scripts" / "split_corpus.py"


def passages(count: int, langs: tuple[str, ...] = ("vi", "de", "en"), story: bool = False) -> list[Passage]:
    """``count`` documents a language, of one passage each; with ``story``, each number is told in all languages."""
    return [
        Passage(f"{lang}-{n}", "x", lang, f"doc-{lang}-{n}", extra={"story": f"s{n}"} if story else {})
        for lang in langs
        for n in range(count)
    ]


def sizes(corpus: list[Passage], splits: dict[str, str]) -> Counter[tuple[str | None, str]]:
    return Counter((passage.lang, splits[passage.doc or passage.id]) for passage in corpus)


def test_shares_hold_in_every_language() -> None:
    corpus = passages(100) + passages(30, ("fr",))
    splits = assign_splits(corpus, [], dev_share=0.1, test_share=0.2, seed=1)
    counts = sizes(corpus, splits)
    for lang, total in (("vi", 100), ("de", 100), ("en", 100), ("fr", 30)):
        assert counts[lang, "dev"] == pytest.approx(0.1 * total, abs=1)
        assert counts[lang, "test"] == pytest.approx(0.2 * total, abs=1)


def test_every_document_gets_a_split_and_all_its_passages_share_it() -> None:
    source = random.Random(0)
    corpus = [Passage(str(n), "x", "en", f"d{source.randrange(80)}") for n in range(400)]
    splits = assign_splits(corpus, [], 0.1, 0.1, seed=3)
    assert set(splits) == {passage.doc for passage in corpus}
    assert set(splits.values()) == {"train", "dev", "test"}
    assert sizes(corpus, splits)["en", "test"] == pytest.approx(40, abs=5)


def test_order_of_the_input_does_not_matter() -> None:
    corpus = passages(40, story=True)
    shuffled = random.Random(5).sample(corpus, len(corpus))
    assert assign_splits(corpus, [], 0.2, 0.2, seed=1) == assign_splits(shuffled, [], 0.2, 0.2, seed=1)


def test_seed_decides() -> None:
    corpus = passages(40)
    assert assign_splits(corpus, [], 0.2, 0.2, seed=1) == assign_splits(corpus, [], 0.2, 0.2, seed=1)
    assert assign_splits(corpus, [], 0.2, 0.2, seed=1) != assign_splits(corpus, [], 0.2, 0.2, seed=2)


def test_added_passages_move_few_documents() -> None:
    before = assign_splits(passages(200), [], 0.1, 0.1, seed=1)
    after = assign_splits(passages(220), [], 0.1, 0.1, seed=1)
    assert sum(after[document] != split for document, split in before.items()) <= 0.05 * len(before)


def test_stories_stay_together_across_languages() -> None:
    corpus = passages(60, story=True)
    splits = assign_splits(corpus, [], 0.1, 0.1, seed=1)
    for n in range(60):
        assert len({splits[f"doc-{lang}-{n}"] for lang in ("vi", "de", "en")}) == 1
    assert sizes(corpus, splits)["de", "dev"] == pytest.approx(6, abs=1)


def test_groups_chain_with_each_other_and_with_stories() -> None:
    corpus = passages(50, ("de", "en"))
    corpus[0].extra["story"] = corpus[99].extra["story"] = "flood"
    groups = [["doc-de-0", "doc-de-1", "no such document"], ["doc-de-2", "doc-de-1"]]
    for seed in range(10):
        splits = assign_splits(corpus, groups, 0.3, 0.3, seed=seed)
        assert len({splits[name] for name in ("doc-de-0", "doc-de-1", "doc-de-2", "doc-en-49")}) == 1
        assert "no such document" not in splits


def test_a_passage_without_document_stands_for_itself() -> None:
    assert set(assign_splits([Passage("a", "x"), Passage("b", "x")], [], 0.0, 0.0, seed=1)) == {"a", "b"}


@pytest.mark.parametrize("shares", [(-0.1, 0.1), (0.5, 0.5), (0.0, 1.0)])
def test_impossible_shares_are_refused(shares: tuple[float, float]) -> None:
    with pytest.raises(UserError, match="shares"):
        assign_splits(passages(3), [], *shares, seed=1)


def test_split_of_ignores_invalid_values() -> None:
    assert split_of(Passage("a", "x", extra={"split": "dev"})) == "dev"
    assert split_of(Passage("a", "x", extra={"split": ["dev"]})) is None
    assert split_of(Passage("a", "x")) is None


@pytest.mark.parametrize("content", ["{", '{"a": ["b"]}', '["ab"]', "[[1]]", "\udcff"])
def test_bad_groups_are_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "groups.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(UserError, match=r"groups\.json"):
        read_groups(path)


def test_missing_groups_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_groups(tmp_path / "groups.json")


MARKED = [
    {"id": "a", "lang": "en", "doc": "d", "split": "train", "marked": "Köln [[TRIGGER 1 relation actual|allies]]."},
    {"id": "b", "lang": "de", "doc": "e", "note": {"k": [1]}, "marked": "Nichts."},
]


def write_marked(path: Path) -> Path:
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in MARKED), encoding="utf-8")
    return path


def test_write_splits_changes_nothing_else(tmp_path: Path) -> None:
    path = write_marked(tmp_path / "a.jsonl")
    write_splits(path, {"d": "test", "e": "dev"})
    written = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert written == [{**MARKED[0], "split": "test"}, {**MARKED[1], "split": "dev"}]
    assert list(written[0]) == list(MARKED[0])
    assert "Köln" in path.read_text(encoding="utf-8")


def test_write_splits_leaves_a_faulty_file_alone(tmp_path: Path) -> None:
    path = write_marked(tmp_path / "a.jsonl")
    path.write_text(path.read_text(encoding="utf-8") + '{"id": "c"}\n', encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(UserError, match=r"a\.jsonl:3"):
        write_splits(path, {"d": "test", "e": "dev"})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("split_corpus", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_script_splits_in_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, groups = tmp_path / "data", tmp_path / "groups.json"
    data.mkdir()
    write_marked(data / "a.jsonl")
    groups.write_text('[["d", "e"]]')
    assert load_script().main([str(data), "--groups", str(groups), "--dev", "0", "--test", "0.6"]) == 0
    assert [passage.extra["split"] for passage in read_corpus([data])] == ["test", "test"]
    assert capsys.readouterr().out == "de test: 1 passages\nen test: 1 passages\n"


def test_script_refuses_unknown_documents_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_marked(tmp_path / "a.jsonl")
    before = path.read_bytes()
    (tmp_path / "groups.json").write_text('[["d", "typo"]]')
    assert load_script().main([str(path), "--groups", str(tmp_path / "groups.json")]) == 2
    assert path.read_bytes() == before
    assert "no passage is of document 'typo'" in capsys.readouterr().err


def test_script_gives_stories_shares_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.jsonl"
    lines = [{"id": f"s{n}", "lang": "en", "story": f"story{n // 2}", "text": "words"} for n in range(20)]
    lines += [{"id": f"p{n}", "lang": "en", "text": "words"} for n in range(20)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    shares = ["--dev", "0", "--test", "0", "--story-dev", "0.2", "--story-test", "0.3"]
    assert load_script().main([str(path), *shares]) == 0
    assert capsys.readouterr().out.splitlines()[-3:] == ["dev: 2 stories", "test: 3 stories", "train: 5 stories"]
    splits = {passage.id: passage.extra["split"] for passage in read_corpus([path])}
    assert {splits[f"p{n}"] for n in range(20)} == {"train"}
    assert all(splits[f"s{n}"] == splits[f"s{n + 1}"] for n in range(0, 20, 2))
