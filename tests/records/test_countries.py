"""Countries in quotes: inflection, blocked phrases, and Vietnamese names of one syllable."""

import pytest

from coopclaims.records.countries import codes_of, country_forms, mentions
from coopclaims.records.names import key, packaged_file, tidy, words


def codes(quote: str, lang: str) -> tuple[str, ...]:
    return codes_of(mentions(words(tidy(quote)), lang))


@pytest.mark.parametrize("ending", ["", "e", "em", "en", "er", "es"])
def test_german_adjectives_are_inflected(ending: str) -> None:
    assert codes(f"vietnamesisch{ending} Verbände", "de") == ("VN",)


@pytest.mark.parametrize("quote", ["us", "turkey farmers", "china plates", "chad", "jordan", "anh", "đức tính", "nga"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_small_letters_are_no_countries(quote: str, lang: str) -> None:
    assert codes(quote, lang) == ()


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("Gulf of Guinea Commission", ()),
        ("Equatorial Guinea", ("GQ",)),
        ("Papua New Guinea", ("PG",)),
        ("Nigerien and Nigerian mayors", ("NE", "NG")),
        ("New Mexico State University", ("US",)),
        ("South Korea", ("KR",)),
        ("Sino-Vietnamese forum", ("CN", "VN")),
        ("Franco Bellini", ()),
        ("Kenya's and Togo’s ports", ("KE", "TG")),
    ],
)
def test_the_longest_phrase_wins(quote: str, expected: tuple[str, ...]) -> None:
    assert codes(quote, "en") == expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("Đại sứ quán Đức", ("DE",)),
        ("Bộ Công Thương Đức", ("DE",)),
        ("Công ty Minh Đức", ()),
        ("Mỹ Đình", ("VN",)),
        ("đối tác Mỹ, Anh và Pháp", ("FR", "GB", "US")),
        ("Đại học Việt Nhật", ("JP", "VN")),
        ("Pháp luật", ()),
        ("Hoà Bình", ()),
    ],
)
def test_vietnamese_names_of_one_syllable(quote: str, expected: tuple[str, ...]) -> None:
    assert codes(quote, "vi") == expected


def test_no_listed_name_means_two_countries() -> None:
    listed = packaged_file("countries.yaml")
    for lang in ("en", "de", "vi"):
        owners: dict[str, str] = {}
        for code, entry in listed.items():
            for name in entry.get(lang, ()):
                assert owners.setdefault(key(name), code) == code, name


def test_every_code_is_known() -> None:
    import pycountry

    valid = {country.alpha_2 for country in pycountry.countries} | {"XK"}
    assert set(packaged_file("countries.yaml")) <= valid
    assert {code for form in country_forms("vi").values() for code in form.codes} <= valid
