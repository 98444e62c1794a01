from __future__ import annotations

from coopclaims.corpus.consistency import mixed_labels, normal_phrase, untagged_triggers
from coopclaims.corpus.findings import Located
from coopclaims.corpus.markup import parse_markup

ACT = "[[TRIGGER 1 relation actual|met]]"


def corpus(*marked: str, lang: str = "en") -> list[Located]:
    return [Located("a.jsonl", n, parse_markup(text, f"p{n}", lang)) for n, text in enumerate(marked, 1)]


def test_a_phrase_with_two_labels_is_named_with_its_rarer_record() -> None:
    found = list(
        mixed_labels(
            corpus(
                f"[[FIELD 1|Solar  power]] {ACT}", f"[[FIELD 1|solar power]] {ACT}", f"[[AMOUNT 1|solar power]] {ACT}"
            )
        )
    )
    assert [(f.severity, f.record, f.message) for f in found] == [
        ("review", "p3", "'solar power': FIELD 2, AMOUNT 1; AMOUNT in p3")
    ]


def test_names_may_play_several_parts() -> None:
    assert list(mixed_labels(corpus(f"[[PARTY 1|Peru]] {ACT}", f"[[PLACE 1|Peru]] {ACT}"))) == []
    assert len(list(mixed_labels(corpus(f"[[PARTY 1|Peru]] {ACT}", f"[[FIELD 1|Peru]] {ACT}")))) == 1


def test_languages_are_apart() -> None:
    both = corpus(f"[[FIELD 1|Export]] {ACT}", lang="en") + corpus(f"[[AMOUNT 1|Export]] {ACT}", lang="de")
    assert list(mixed_labels(both)) == []


def test_untagged_triggers_are_counted_by_record() -> None:
    tagged = [f"[[PARTY 1|Peru]] {ACT} [[PARTY 1|Chad]]", f"[[PARTY 1|Mali]] {ACT} [[PARTY 1|Cuba]]"]
    found = list(untagged_triggers(corpus(*tagged, "They MET again.", "The metro came.")))
    assert [(f.record, f.message) for f in found] == [("p3", "'met': TRIGGER 2, untagged 1 in p3")]
    assert list(untagged_triggers(corpus(tagged[0], "They met again."))) == []


def test_phrases_of_several_words() -> None:
    team_up = "[[PARTY 1|Peru]] [[TRIGGER 1 relation actual|team up]] with [[PARTY 1|Chad]]"
    (found,) = untagged_triggers(corpus(team_up, team_up, "Dogs team  up at night."))
    assert found.record == "p3"
    assert normal_phrase(" Team   UP! ") == "team up !"
