"""The errors of a record file as counts in plain text, and as an HTML page with examples of every kind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from coopclaims.evaluation.errors_by_kind import KINDS, Error, count_errors
from coopclaims.evaluation.languages import in_order
from coopclaims.html_elements import Html, element, page, section, table
from coopclaims.schema import Passage

EXAMPLES = 40
# Characters of context on either side of an error.
CONTEXT = 60


def format_errors(found: Sequence[Error]) -> str:
    """Counts by kind and language, most frequent kind first."""
    counted = count_errors(found)
    languages = in_order(language for counts in counted.values() for language in counts)
    lines = [f"{'':18}{'all':>7}" + "".join(f"{language:>9}" for language in languages)]
    for kind, counts in counted.items():
        cells = "".join(f"{count:>9}" for count in counts.values())
        lines.append(f"{kind:18}{sum(counts.values()):>7}{cells}")
    return "\n".join(lines)


def render_errors(found: Sequence[Error], passages: Mapping[str, Passage]) -> str:
    """A page without script: the counts, then up to EXAMPLES errors of each kind in their context."""
    counted = count_errors(found)
    summary = f"{len(found)} errors in {len({error.passage for error in found})} of {len(passages)} passages."
    return page(
        "Errors by kind",
        element("p", summary),
        section("Counts", error_table(counted)),
        *(_examples(kind, [error for error in found if error.kind == kind], passages) for kind in counted),
    )


def error_table(counted: Mapping[str, Mapping[str, int]]) -> Html:
    """Counts of ``count_errors``, each kind with its meaning."""
    languages = in_order(language for counts in counted.values() for language in counts)
    rows = [
        [kind, KINDS[kind], str(sum(counts.values())), *map(str, counts.values())] for kind, counts in counted.items()
    ]
    return table(["kind", "meaning", "all", *languages], rows)


def _examples(kind: str, found: Sequence[Error], passages: Mapping[str, Passage]) -> Html:
    # By a hash, so that no language or batch comes first.
    shown = sorted(found, key=lambda error: hashlib.sha256(error.passage.encode()).digest())[:EXAMPLES]
    rows = [
        [
            error.passage,
            error.label,
            error.gold or "–",
            error.predicted or "–",
            _context(error, passages[error.passage]),
        ]
        for error in shown
    ]
    note = f"{KINDS[kind]}; {len(shown)} of {len(found)}."
    return section(kind, element("p", note), table(["passage", "label", "gold", "predicted", "context"], rows))


def _context(error: Error, passage: Passage) -> str:
    start, end = max(error.start - CONTEXT, 0), error.start + CONTEXT
    return f"{'…' if start else ''}{passage.text[start:end]}{'…' if end < len(passage.text) else ''}"
