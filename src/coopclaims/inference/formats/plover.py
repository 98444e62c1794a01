"""Claims as PLOVER event records, one JSON object a line, with our type, status, quote and offsets beside the code.

Field names are those of the PLOVER manual, draft 0.8, chapter "JSON Data Fields"; docs/plover.md describes the rest.
"""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from coopclaims.errors import UserError
from coopclaims.files import open_output
from coopclaims.inference.formats.losses import ROWS_ONLY, Losses
from coopclaims.inference.writers import claim_rows
from coopclaims.records.plover import CODEBOOK, plover_event
from coopclaims.schema import Claim, Passage, Span

Actor = dict[str, Any]

_log = logging.getLogger(__name__)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_COUNTRY = re.compile(r"[A-Z]{3}")  # ISO 3166-1 alpha-3.
_RETIRED = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}  # Former codes (ISO 3166-3), aliases of today's countries.
_GAPS = {
    "no party": "claims without a party (their source is empty)",
    "no country": "parties without a country code (no value with countries)",
    "no date": "claims of records without a date YYYY-MM-DD",
}


def write_plover(passages: Iterable[Passage], model_name: str, output: str) -> None:
    """Write each claim once for each of its parties as source, the others being recipients, ``directed: false``."""
    losses = Losses("plover", ROWS_ONLY)
    gaps: Counter[str] = Counter()
    with open_output(output) as file:
        for passage in losses.watch(passages):
            for event in _events(passage, model_name, gaps):
                file.write(json.dumps(event, ensure_ascii=False) + "\n")
    losses.tell()
    for gap, count in (+gaps).items():
        _log.info("plover: %s: %d", _GAPS[gap], count)


def _events(passage: Passage, model_name: str, gaps: Counter[str]) -> Iterator[dict[str, Any]]:
    spans = passage.span_by_id()
    claims = {claim.id: claim for claim in passage.claims}
    date = passage.extra.get("date")
    day = _DATE.match(date) if isinstance(date, str) else None
    for row in claim_rows(passage, model_name):
        actors = _actors(passage, claims[row["claim"]], spans)
        gaps["no party"] += not actors
        gaps["no country"] += sum(actor["code"] is None for actor in actors)
        gaps["no date"] += day is None
        for number, actor in enumerate(actors or [None], 1):
            yield {
                "id": f"{passage.id}#{row['claim']}#{number}",
                "date": day.group() if day else None,
                "source": [actor] if actor else [],
                "recipient": [other for other in actors if other is not actor],
                "directed": False,
                **_event_fields(row),
            }


def _event_fields(row: dict[str, Any]) -> dict[str, Any]:
    """What is the same in every order of a claim's parties."""
    event = plover_event(row["type"], row["status"])
    claim = {key: row[key] for key in ("doc", "claim", "type", "status", "trigger", "quote", "score")}
    return {
        "event": [event.event],
        "mode": [event.mode] if event.mode else [],
        "context": list(event.context),
        "quad_code": event.quad_code,
        "event_text": [row["trigger"]],
        "link": f"{row['doc']}#{row['claim']}",
        "text_info": {"start": row["start"], "end": row["end"]},
        "cite_info": {"language": row["lang"], "codebook": CODEBOOK, "coder": row["model"]},
        **claim,
        **{key: row[key] for key in ("fields", "amounts", "dates", "places", "sources", "instruments")},
    }


def _actors(passage: Passage, claim: Claim, spans: dict[str, Span]) -> list[Actor]:
    """The parties, and the countries named inside parties and instruments that are not parties themselves."""
    parts = sorted((spans[name] for name in claim.args), key=lambda span: span.start)
    actors: list[Actor] = []
    for span in parts:
        if span.label == "PARTY":
            countries = _countries(span)
            code = countries[0] if len(countries) == 1 else None
            actors.append(_actor(passage, span, code, derived=False))
    known = {actor["code"] for actor in actors}
    for span in parts:
        for country in _countries(span) if span.label in ("PARTY", "INSTRUMENT") else []:
            if country not in known:
                known.add(country)
                actors.append(_actor(passage, span, country, derived=True))
    return actors


def _actor(passage: Passage, span: Span, code: str | None, derived: bool) -> Actor:
    return {
        "code": code,
        "actor_text": passage.quote(span),
        "start": span.start,
        "end": span.end,
        "derived": derived,
    }


def _countries(span: Span) -> list[str]:
    """ISO 3166-1 alpha-3 codes, as PLOVER wants them, of a span's normal form; none where it has no such form."""
    value = span.extra.get("value")
    found = value.get("countries") if isinstance(value, dict) else None
    codes = [code for code in found if isinstance(code, str)] if isinstance(found, list) else []
    return [code for code in map(_alpha_3, codes) if code]


def _alpha_3(code: str) -> str | None:
    return code if _COUNTRY.fullmatch(code) else _alpha_3_codes().get(code)


@cache
def _alpha_3_codes() -> dict[str, str]:
    """The alpha-3 code of each alpha-2 code (Unicode CLDR, territory aliases)."""
    try:
        from babel.core import get_global
    except ImportError as error:
        raise UserError("country codes in plover need Babel: pip install 'coopclaims[plover]'") from error
    aliases = get_global("territory_aliases")
    found = {alias: codes for alias, codes in aliases.items() if _COUNTRY.fullmatch(alias) and len(codes) == 1}
    return {codes[0]: alias for alias, codes in found.items() if alias not in _RETIRED}
