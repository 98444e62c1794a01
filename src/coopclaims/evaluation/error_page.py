"""The errors of a record file as counts in plain text, and as an HTML page with examples of every kind."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from coopclaims.evaluation.errors_by_kind import KINDS, Error
from coopclaims.evaluation.evaluate import UNKNOWN_LANGUAGE
from coopclaims.html_elements import Html, element, page, section, table
from coopclaims.schema import LANGUAGES, Passage

EXAMPLES = 40
# Characters of context on either side of an error.
CONTEXT = 60


def format_errors(found: Sequence[Error]) -> str:
    """Counts by kind and language, most frequent kind first."""
    languages = _languages(found)
    lines = [f"{'':18}{'all':>7}" + "".join(f"{language:>9}" for language in languages)]
    for kind, counts in _counted(found):
        cells = "".join(f"{counts[language]:>9}" for language in languages)
        lines.append(f"{kind:18}{counts.total():>7}{cells}")
    return "\n".join(lines)


def render_errors(found: Sequence[Error], passages: Mapping[str, Passage]) -> str:
    """A page without script: the counts, then up to EXAMPLES errors of each kind in their context."""
    languages = _languages(found)
    rows = [
        [kind, KINDS[kind], str(counts.total()), *(str(counts[language]) for language in languages)]
        for kind, counts in _counted(found)
    ]
    summary = f"{len(found)} errors in {len({error.passage for error in found})} of {len(passages)} passages."
    return page(
        "Errors by kind",
        element("p", summary),
        section("Counts", table(["kind", "meaning", "all", *languages], rows)),
        *(_examples(kind, [error for error in found if error.kind == kind], passages) for kind, _ in _counted(found)),
    )


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


def _counted(found: Sequence[Error]) -> list[tuple[str, Counter[str]]]:
    counts: dict[str, Counter[str]] = {}
    for error in found:
        counts.setdefault(error.kind, Counter())[error.lang or UNKNOWN_LANGUAGE] += 1
    return sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))


def _languages(found: Sequence[Error]) -> list[str]:
    names = {error.lang or UNKNOWN_LANGUAGE for error in found}
    return sorted(names, key=lambda name: (name not in LANGUAGES, name))
