"""Alias files: what they say, and one clear line for each thing that breaks their format."""

from pathlib import Path

import pytest

from coopclaims.errors import UserError
from coopclaims.records.aliases import explained_acronyms, load_aliases
from coopclaims.records.parties import normalise_party

GOOD = """
entities:
  larkspur:
    name: Larkspur Institute
    kind: organisation
    countries: ["NO"]
    aliases:
      any: [LKI]
      en: [Larkspur Institute]
      vi: [Viện Larkspur]
  larkspur-old:
    same_as: larkspur
    aliases: {de: [Larkspur-Institut]}
  my-giz:
    same_as: giz
    aliases: {en: [the German agency next door]}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "aliases.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_users_entities_join_the_packaged_ones(tmp_path: Path) -> None:
    aliases = load_aliases(write(tmp_path, GOOD))
    for quote, lang in (
        ("LKI", "de"),
        ("Larkspur Institute", "en"),
        ("Larkspur-Instituts", "de"),
        ("Viện Larkspur", "vi"),
    ):
        value = normalise_party(quote, lang, aliases)
        assert (value.entity, value.countries, value.name) == ("body:larkspur", ("NO",), "Larkspur Institute")
    assert normalise_party("the German agency next door", "en", aliases).entity == "body:giz"
    assert normalise_party("EU", "en", aliases).entity == "body:eu"


def test_a_users_alias_goes_before_a_packaged_one(tmp_path: Path) -> None:
    text = "entities: {mine: {name: Mine, kind: organisation, aliases: {any: [KOICA]}}}"
    assert normalise_party("KOICA", "en", load_aliases(write(tmp_path, text))).entity == "body:mine"


def test_acronyms_are_not_common_words() -> None:
    aliases = load_aliases()
    assert aliases.find("WHO", "en") is not None
    assert aliases.find("who", "en") is None
    assert aliases.find("Unicef", "en") is not None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "one key, 'entities'"),
        ("[]", "one key, 'entities'"),
        ("entities: []", "one key, 'entities'"),
        ("entities: {a: {name: A, kind: organisation}}\nmore: 1", "one key, 'entities'"),
        ("entities: {a: 1}", "must map"),
        ("entities: {1: {name: A, kind: organisation}}", "id must be a string"),
        ("entities: {a: {name: A, kind: organisation, colour: red}}", "unknown key 'colour'"),
        ("entities: {a: {name: A, kind: planet}}", "unknown kind 'planet'"),
        ("entities: {a: {kind: organisation}}", "'name' must be a string"),
        ("entities: {a: {name: 5, kind: organisation}}", "'name' must be a string"),
        ("entities: {a: {name: A, kind: organisation, countries: VN}}", "must be a list"),
        ("entities: {a: {name: A, kind: organisation, countries: [NO]}}", "not a string"),
        ("entities: {a: {name: A, kind: organisation, countries: [QQ]}}", "no ISO 3166-1"),
        ("entities: {a: {name: A, kind: organisation, aliases: {fr: [A]}}}", "unknown language 'fr'"),
        ("entities: {a: {name: A, kind: organisation, aliases: [A]}}", "must map languages"),
        ("entities: {a: {name: A, kind: organisation, aliases: {en: A}}}", "must be a list of names"),
        ("entities: {a: {name: A, kind: organisation, aliases: {en: [2024]}}}", "2024 in 'aliases' is not a string"),
        ("entities: {a: {name: A, kind: organisation, aliases: {en: ['!']}}}", "no letters"),
        ("entities: {a: {name: A, kind: organisation, per_country: 3}}", "true or false"),
        ("entities: {a: {same_as: b}, b: {same_as: a}}", "a -> b -> a"),
        ("entities: {a: {same_as: a}}", "a -> a"),
        ("entities: {a: {same_as: nobody}}", "'nobody', which is no entity"),
        ("entities: {a: {same_as: eu, name: A}}", "has 'same_as' and therefore no 'name'"),
        (
            "entities: {a: {name: A, kind: organisation, aliases: {en: [Same Name]}},"
            " b: {name: B, kind: organisation, aliases: {any: [same name]}}}",
            "belongs to 'a' and 'b'",
        ),
        ("entities: {a: [", "not YAML"),
        ("entities: !!python/object/apply:os.getcwd []", "not YAML"),
    ],
)
def test_what_breaks_the_format_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UserError) as error:
        load_aliases(path)
    assert says in str(error.value)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load_aliases(tmp_path / "none.yaml")
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"entities: \xff")
    with pytest.raises(UserError, match="not UTF-8"):
        load_aliases(bad)


def test_one_alias_in_two_languages_may_name_two_bodies(tmp_path: Path) -> None:
    text = (
        "entities: {a: {name: A, kind: organisation, aliases: {en: [Gift House]}},"
        " b: {name: B, kind: organisation, aliases: {de: [Gift House]}}}"
    )
    aliases = load_aliases(write(tmp_path, text))
    assert normalise_party("Gift House", "en", aliases).entity == "body:a"
    assert normalise_party("Gift House", "de", aliases).entity == "body:b"


def test_explained_acronyms() -> None:
    text = "A plan of the Harbour Works Authority (HWA), the Tide Fund (see below) and Kornfeld (2019)."
    assert explained_acronyms(text) == {"HWA": "Harbour Works Authority"}
