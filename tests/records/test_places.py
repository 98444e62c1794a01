"""Places and their countries."""

import json

import pytest

from coopclaims.records.places import normalise_place


@pytest.mark.parametrize(
    ("quote", "lang", "countries"),
    [
        ("Vietnam", "en", ("VN",)),
        ("Hanoi", "en", ("VN",)),
        ("Hà Nội", "vi", ("VN",)),
        ("Wien", "de", ("AT",)),
        ("Viêng Chăn", "vi", ("LA",)),
        ("tỉnh Lào Cai", "vi", ("VN",)),
        ("tỉnh Savannakhet", "vi", ("LA",)),
        ("thành phố Rotterdam", "vi", ("NL",)),
        ("Da Nang", "en", ("VN",)),
        ("Ho-Chi-Minh-Stadt", "de", ("VN",)),
        ("Maskat", "de", ("OM",)),
        ("Singapore", "en", ("SG",)),
        ("northern Syria", "en", ("SY",)),
        ("Hamilton, New Zealand", "en", ("NZ",)),
        ("port of Rotterdam", "en", ("NL",)),
        ("Gulf of Guinea", "en", ()),
        ("West Philippine Sea", "en", ("PH",)),
        ("Congo", "en", ()),
        ("sông Hậu", "vi", ()),
        ("", "en", ()),
        ("…", "vi", ()),
        ("", "de", ()),
        (".", "de", ()),
    ],
)
def test_countries_of_places(quote: str, lang: str, countries: tuple[str, ...]) -> None:
    value = normalise_place(quote, lang)
    assert value.countries == countries
    assert json.loads(json.dumps(value.to_json())) == value.to_json()


def test_towns_of_several_countries_stay_open() -> None:
    assert normalise_place("Toledo", "en").sureness == "unsure"
