"""Parties against gold cases, and what must hold for any quote."""

import json
import random
import time
import unicodedata
from pathlib import Path

import pytest

from coopclaims.records.aliases import load_aliases
from coopclaims.records.parties import PartyValue, normalise_party

GOLD = [json.loads(line) for line in Path(__file__).with_name("parties_gold.jsonl").open(encoding="utf-8")]
ALIASES = load_aliases()


def read(quote: str, lang: str = "en") -> PartyValue:
    return normalise_party(quote, lang, ALIASES)


@pytest.mark.parametrize("case", GOLD, ids=lambda case: f"{case['lang']}:{case['quote']}")
def test_gold(case: dict[str, object]) -> None:
    value = read(str(case["quote"]), str(case["lang"])).to_json()
    assert {"kind": value["kind"], "countries": value["countries"]} == {
        "kind": case["kind"],
        "countries": case["countries"],
    }


def test_gold_covers_every_language() -> None:
    for lang in ("vi", "de", "en"):
        assert sum(case["lang"] == lang for case in GOLD) >= 80


@pytest.mark.parametrize(
    ("names", "entity"),
    [
        (
            [
                ("Bộ Khoa học và Công nghệ", "vi"),
                ("Bộ Khoa học và Công nghệ Việt Nam", "vi"),
                ("Ministry of Science and Technology of Vietnam", "en"),
                ("Vietnam's Ministry of Science and Technology", "en"),
                ("Vietnamese Ministry of Science and Technology (MOST)", "en"),
                ("vietnamesisches Ministerium für Wissenschaft und Technologie", "de"),
                ("vietnamesischen Ministeriums für Wissenschaft und Technologie", "de"),
            ],
            "body:most@VN",
        ),
        (
            [("EU", "vi"), ("European Union", "en"), ("Europäischen Union", "de"), ("Liên minh châu Âu", "vi")],
            "body:eu",
        ),
        ([("Vietnamese government", "en"), ("Chính phủ Việt Nam", "vi"), ("Hanoi", "de")], "government:VN"),
        ([("Bundesregierung", "de"), ("German government", "en"), ("Berlin", "vi")], "government:DE"),
        ([("Hoa Kỳ", "vi"), ("Mỹ", "vi"), ("U.S.", "en"), ("USA", "de")], "country:US"),
        (
            [
                ("tỉnh Lào Cai", "vi"),
                ("Lao Cai Province", "en"),
                ("Provinz Lao Cai", "de"),
                ("UBND tỉnh Lào Cai", "vi"),
            ],
            "place:VN:laocai",
        ),
        (
            [("indonesischen Provinz Maluku", "de"), ("Maluku", "en"), ("tỉnh Maluku của Indonesia", "vi")],
            "place:ID:maluku",
        ),
        ([("Freistaats Bayern", "de"), ("bang Bayern", "vi"), ("Bayerns", "de")], "place:DE:bayern"),
        (
            [
                ("Ministry of Health", "en"),
                ("health ministry", "en"),
                ("Gesundheitsministerium", "de"),
                ("Bundesgesundheitsministeriums", "de"),
            ],
            "body:ministry-health",
        ),
    ],
)
def test_names_of_one_party_share_an_entity(names: list[tuple[str, str]], entity: str) -> None:
    assert {read(quote, lang).entity for quote, lang in names} == {entity}


def test_offices_of_two_countries_differ() -> None:
    assert read("Bộ Y tế Lào", "vi").entity != read("Bộ Y tế Campuchia", "vi").entity


@pytest.mark.parametrize(
    ("quote", "lang"),
    [
        ("Hợp tác xã", "vi"),  # a capital at the beginning of a sentence
        ("Đại sứ quán", "vi"),
        ("hiệp hội bán dẫn Hoa Kỳ", "vi"),  # names no body, though the country's name has capitals
        ("bank in New Zealand", "en"),
        ("KI-Unternehmen", "de"),
        ("Marine", "de"),
    ],
)
def test_descriptions_are_no_names(quote: str, lang: str) -> None:
    assert read(quote, lang).entity is None


def test_a_body_with_its_capital_beside_it_is_a_name() -> None:
    assert read("Universität Pretoria", "de").entity == "name:universität pretoria"
    assert read("Ministerium in Pretoria", "de").entity is None


def test_a_regions_government_is_not_the_countrys() -> None:
    assert read("bayerische Regierung", "de").entity not in (None, read("deutsche Regierung", "de").entity)
    assert read("bayerisches Gesundheitsministerium", "de").entity != "body:ministry-health@DE"


def test_surnames_that_are_adjectives_of_regions_stay_names() -> None:
    assert read("Minister Hanspeter Berner", "de").name == "Hanspeter Berner"


def test_legal_forms_and_articles_do_not_matter() -> None:
    firm = read("Sonnfeld Maschinenbau", "de").entity
    assert read("Sonnfeld Maschinenbau GmbH", "de").entity == firm
    assert read("die Sonnfeld Maschinenbau GmbH & Co. KG", "de").entity == firm
    assert read("Công ty cổ phần Lạc Vân", "vi").entity == read("Công ty TNHH Lạc Vân", "vi").entity


def test_titles_are_left_out_of_a_persons_name() -> None:
    assert read("Minister Nguyen Van A").name == "Nguyen Van A"
    assert read("Bộ trưởng Nguyễn Mạnh Hùng", "vi").name == "Nguyễn Mạnh Hùng"
    assert read("Bundeskanzler Karl Muster", "de").name == "Karl Muster"


def test_derived_countries_are_marked() -> None:
    assert not read("Vietnam").derived
    assert not read("Vietnamese government").derived
    assert read("Vietnamese farmers").derived
    assert not read("both sides").derived


def test_levels_of_sureness() -> None:
    assert read("Vietnam").sureness == "certain"
    assert read("Hanoi").sureness == "likely"
    assert read("Brussels").sureness == "unsure"
    assert read("Orvane").sureness == "unsure"


def test_spelling_variants_of_listed_names() -> None:
    value = read("Asian Developement Bank")
    assert (value.entity, value.method, value.sureness) == ("body:adb", "spelling variant", "likely")


def test_a_digit_makes_another_name() -> None:
    assert read("European Investment Bank 2").entity != read("European Investment Bank").entity


def test_acronyms_that_the_text_explains() -> None:
    text = "The Larkspur Coastal Research Institute (LCRI) met both partners. LCRI signed."
    value = normalise_party("LCRI", "en", ALIASES.for_text(text))
    assert value.method == "acronym in text"
    assert value.entity == read("Larkspur Coastal Research Institute").entity
    assert read("LCRI").method == "acronym"


def test_speakers_with_the_shape_of_a_name_are_persons() -> None:
    assert read("Zorvan Quellic").kind == "unknown"
    assert normalise_party("Zorvan Quellic", "en", ALIASES, label="SOURCE").kind == "person"
    assert normalise_party("Zorvan Times", "en", ALIASES, label="SOURCE").kind == "organisation"


@pytest.mark.parametrize("case", GOLD[::7], ids=lambda case: case["quote"])
def test_form_of_the_text_does_not_matter(case: dict[str, str]) -> None:
    quote, lang = case["quote"], case["lang"]
    value = read(quote, lang)
    assert read(unicodedata.normalize("NFD", quote), lang) == value
    assert read(f"  {quote.replace(' ', '  ')}\n", lang) == value
    assert read(f"\u200b{quote}\u200b", lang) == value
    assert read(f"“{quote}”", lang).countries == value.countries


@pytest.mark.parametrize(
    "quote", ["", " ", "…", "()", "(EU", "&", "’s", "\u0301", "\0", "1", "H'", "the", "die", "các", "của"]
)
@pytest.mark.parametrize("lang", ["vi", "de", "en", "", "xx"])
def test_hostile_quotes_never_raise(quote: str, lang: str) -> None:
    value = read(quote, lang)
    assert value.countries == ()
    assert json.loads(json.dumps(value.to_json())) == value.to_json()


def test_random_quotes_never_raise_and_are_deterministic() -> None:
    generator = random.Random(7)
    pool = "aàăđờ ẠZß'’-–&().,/0٣ 漢字кΩ\u0323\u200d\U0001f600\t" + "Đức Vietnam Bộ GmbH der "
    for _ in range(300):
        quote = "".join(generator.choice(pool) for _ in range(generator.randrange(300)))
        lang = generator.choice(["vi", "de", "en"])
        assert read(quote, lang) == read(quote, lang)
    assert read("Ministry of " * 50).kind == "organisation"


@pytest.mark.slow
def test_ten_thousand_parties_take_few_seconds() -> None:
    quotes = [(f"{case['quote']} {number}", case["lang"]) for number in range(31) for case in GOLD][:10_000]
    assert len(quotes) == 10_000
    started = time.process_time()
    for quote, lang in quotes:
        read(quote, lang)
    assert time.process_time() - started < 5
