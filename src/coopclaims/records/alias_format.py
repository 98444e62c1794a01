"""The format of alias files (docs/parties.md) and its validation: one UserError line for what breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from coopclaims.errors import UserError
from coopclaims.records.names import key
from coopclaims.schema import LANGUAGES

KINDS = ("country", "government", "organisation", "person", "group")
ANY = "any"
_KEYS = ("name", "kind", "countries", "per_country", "same_as", "aliases", "likely")


def read_alias_file(path: Path | str) -> dict[str, dict[str, Any]]:
    """The entities of a file by id. Raises UserError for a file that cannot be read or breaks the format."""
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not UTF-8 (byte {error.start + 1}); convert the file to UTF-8") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise UserError(f"{where}: not YAML: {getattr(error, 'problem', None) or 'cannot be parsed'}") from error
    return checked_entities(content, str(path))


def checked_entities(content: Any, path: str) -> dict[str, dict[str, Any]]:
    """The entities of a file's content. Raises UserError, naming ``path``, for the first thing that is wrong."""
    if not isinstance(content, dict) or set(content) != {"entities"} or not isinstance(content["entities"], dict):
        raise UserError(f"{path}: must have one key, 'entities', that maps ids to entities")
    for name, entry in content["entities"].items():
        for problem in _problems(name, entry):
            raise UserError(f"{path}: entity {name!r}: {problem}")
    return dict(content["entities"])


def _problems(name: Any, entry: Any) -> Iterator[str]:
    if not isinstance(name, str) or not name.strip():
        yield "its id must be a string; put it in quotation marks"
    elif not isinstance(entry, dict):
        yield f"must map {', '.join(_KEYS)} to values"
    else:
        yield from (f"unknown key {other!r}; keys are {', '.join(_KEYS)}" for other in entry if other not in _KEYS)
        yield from _value_problems(entry)


def _value_problems(entry: dict[str, Any]) -> Iterator[str]:
    wanted = ("same_as",) if "same_as" in entry else ("name", "kind")
    for part in wanted:
        if not isinstance(entry.get(part), str) or not entry[part].strip():
            yield f"{part!r} must be a string"
    if "same_as" in entry:
        yield from (f"has 'same_as' and therefore no {part!r}" for part in _KEYS[:4] if part in entry)
    elif entry["kind"] not in KINDS:
        yield f"unknown kind {entry['kind']!r}; kinds are {', '.join(KINDS)}"
    if not isinstance(entry.get("per_country", False), bool):
        yield "'per_country' must be true or false"
    yield from _country_problems(entry.get("countries", []))
    yield from (problem for part in ("aliases", "likely") for problem in _name_problems(part, entry.get(part, {})))


def _country_problems(codes: Any) -> Iterator[str]:
    import pycountry

    if not isinstance(codes, list):
        yield "'countries' must be a list of ISO 3166-1 alpha-2 codes"
        return
    for code in codes:
        if not isinstance(code, str):
            yield f"'countries' holds {code!r}, not a string; put it in quotation marks"
        elif code != "XK" and (len(code) != 2 or not code.isupper() or pycountry.countries.get(alpha_2=code) is None):
            yield f"'countries' holds {code!r}, which is no ISO 3166-1 alpha-2 code"


def _name_problems(part: str, names: Any) -> Iterator[str]:
    if not isinstance(names, dict):
        yield f"{part!r} must map languages ({', '.join((*LANGUAGES, ANY))}) to lists of names"
        return
    for lang, listed in names.items():
        if lang not in (*LANGUAGES, ANY):
            yield f"{part!r} has the unknown language {lang!r}; languages are {', '.join((*LANGUAGES, ANY))}"
        elif not isinstance(listed, list):
            yield f"{part!r} of {lang!r} must be a list of names"
        else:
            for name in listed:
                if not isinstance(name, str):
                    yield f"the name {name!r} in {part!r} is not a string; put it in quotation marks"
                elif not key(name):
                    yield f"the name {name!r} in {part!r} has no letters"
