from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from coopclaims.corpus.markup import parse_markup
from coopclaims.inference.formats.plover import write_plover
from coopclaims.schema import Passage

TALKS = parse_markup(
    "[[PARTY 1|Korean companies]], [[PARTY 1|Hanoi]] and [[PARTY 1|both sides]] [[TRIGGER 1 dialogue actual|met]] at "
    "the [[INSTRUMENT 1|Vietnam-Korea Forum]] in [[PLACE 1|Lao Cai]]. [[TRIGGER 2 relation planned|Cooperation]] on "
    "[[FIELD 2|rice]].",
    "d",
    lang="en",
)
COUNTRIES = {
    "Korean companies": ["KR"],
    "Hanoi": ["VN"],
    "both sides": ["KR", "VN"],
    "Vietnam-Korea Forum": ["VNM", "LA"],
}


@pytest.fixture
def talks() -> Passage:
    for span in TALKS.spans:
        if TALKS.quote(span) in COUNTRIES:
            span.extra = {"value": {"countries": COUNTRIES[TALKS.quote(span)]}}
    TALKS.extra = {"date": "2024-05-06T10:00:00"}
    return TALKS


def events(path: Path, *passages: Passage) -> list[dict[str, Any]]:
    write_plover(passages, "m", str(path / "x.jsonl"))
    return [json.loads(line) for line in (path / "x.jsonl").read_text(encoding="utf-8").splitlines()]


def names(actors: list[dict[str, Any]]) -> list[tuple[str | None, str, bool]]:
    return [(actor["code"], actor["actor_text"], actor["derived"]) for actor in actors]


def test_every_party_is_once_the_source_and_countries_in_names_are_derived(tmp_path: Path, talks: Passage) -> None:
    found = events(tmp_path, talks)
    actors = [
        ("KOR", "Korean companies", False),
        ("VNM", "Hanoi", False),
        (None, "both sides", False),
        ("LAO", "Vietnam-Korea Forum", True),
    ]
    assert [names(event["source"]) for event in found] == [[actor] for actor in actors] + [[]]
    for event, actor in zip(found, actors, strict=False):
        assert names(event["recipient"]) == [other for other in actors if other != actor]
    assert {event["directed"] for event in found} == {False}
    assert [event["link"] for event in found] == ["d#c1"] * 4 + ["d#c2"]
    assert len({event["id"] for event in found}) == 5


def test_our_fields_stand_beside_the_code(tmp_path: Path, talks: Passage) -> None:
    first, *_, last = events(tmp_path, talks)
    assert (first["event"], first["quad_code"], first["date"]) == (["CONSULT"], 1, "2024-05-06")
    assert (first["type"], first["status"], first["places"]) == ("dialogue", "actual", ["Lao Cai"])
    assert talks.text[first["text_info"]["start"] : first["text_info"]["end"]] == first["quote"]
    assert first["cite_info"]["language"] == "en"
    assert (last["event"], last["source"], last["fields"]) == (["AGREE"], [], ["rice"])


def test_what_is_missing_is_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    passage = parse_markup("[[PARTY 1|A]] and [[PARTY 1|B]] [[TRIGGER 1 dialogue denied|met]].", "d")
    with caplog.at_level(logging.INFO, "coopclaims"):
        found = events(tmp_path, passage)
    assert [event["source"][0]["code"] for event in found] == [None, None]
    assert [message.rpartition(": ")[2] for message in caplog.messages] == ["2", "1"]
    assert "without a country code" in caplog.messages[0]
