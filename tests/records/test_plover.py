from __future__ import annotations

from itertools import product

import pytest

from coopclaims.records.plover import MATERIAL_COOPERATION, VERBAL_CONFLICT, VERBAL_COOPERATION, plover_event
from coopclaims.schema import STATUSES, TYPES


def test_every_type_and_status_has_an_event() -> None:
    events = {pair: plover_event(*pair) for pair in product(TYPES, STATUSES)}
    assert {event.event for (_, status), event in events.items() if status == "planned"} == {"AGREE"}
    assert {event.quad_code for (_, status), event in events.items() if status == "proposed"} == {VERBAL_CONFLICT}


@pytest.mark.parametrize(
    ("type_", "status", "event", "quad"),
    [
        ("agreement", "actual", "SUPPORT", VERBAL_COOPERATION),
        ("dialogue", "actual", "CONSULT", VERBAL_COOPERATION),
        ("operations", "actual", "COOPERATE", MATERIAL_COOPERATION),
        ("investment", "proposed", "REQUEST", VERBAL_CONFLICT),
        ("dialogue", "denied", "CONSULT", None),
    ],
)
def test_the_events_of_the_codebook(type_: str, status: str, event: str, quad: int | None) -> None:
    found = plover_event(type_, status)
    assert (found.event, found.quad_code) == (event, quad)


def test_a_non_event_is_a_negated_event_and_no_rejection() -> None:
    assert {plover_event(type_, "denied").context for type_ in TYPES} == {("negation",)}
    assert "REJECT" not in {plover_event(*pair).event for pair in product(TYPES, STATUSES)}
