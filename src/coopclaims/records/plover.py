"""Our (type, status) in the event categories of PLOVER; docs/plover.md gives the reasons and the traps.

Categories, modes and special contexts are those of the PLOVER manual, draft 0.8 (Open Event Data Alliance, 2021), with
REQUEST for the manual's DEMAND, as the coder of its authors (NGEC) and its data set (POLECAT) have it.
"""

from __future__ import annotations

from dataclasses import dataclass

CODEBOOK = "plover-0.8-request"

VERBAL_COOPERATION, MATERIAL_COOPERATION, VERBAL_CONFLICT = 1, 2, 3
QUAD_CODES = {
    "AGREE": VERBAL_COOPERATION,
    "CONSULT": VERBAL_COOPERATION,
    "SUPPORT": VERBAL_COOPERATION,
    "COOPERATE": MATERIAL_COOPERATION,
    "REQUEST": VERBAL_CONFLICT,
}

# What the act is once it takes place: signing is SUPPORT there, not AGREE.
ACTUAL_EVENTS = {
    "agreement": "SUPPORT",
    "dialogue": "CONSULT",
    "investment": "COOPERATE",
    "capacity": "COOPERATE",
    "research": "COOPERATE",
    "operations": "COOPERATE",
    "relation": "SUPPORT",
}


@dataclass(frozen=True)
class PloverEvent:
    """A PLOVER event category; ``quad_code`` is None for a negated event, which is none."""

    event: str
    mode: str | None = None
    context: tuple[str, ...] = ()
    quad_code: int | None = None


def plover_event(type: str, status: str) -> PloverEvent:
    """The PLOVER event of a claim's type and status."""
    if status == "planned":
        return PloverEvent("AGREE", quad_code=QUAD_CODES["AGREE"])
    if status == "proposed":
        mode = "meet" if type == "dialogue" else "assist"
        return PloverEvent("REQUEST", mode, quad_code=QUAD_CODES["REQUEST"])
    event = ACTUAL_EVENTS[type]
    if status == "denied":
        # Refused, ended and not having happened are one status of ours; only the first would be REJECT.
        return PloverEvent(event, context=("negation",))
    return PloverEvent(event, quad_code=QUAD_CODES[event])
