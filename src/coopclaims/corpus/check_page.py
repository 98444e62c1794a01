"""The data report as one HTML page: counts, charts of lengths and labels, and all findings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from coopclaims.charts import Axis, Series, bar_chart, line_chart
from coopclaims.corpus.check import CheckReport
from coopclaims.corpus.counts import ROWS, heading
from coopclaims.corpus.distributions import CLAIMS, PASSAGE_WORDS
from coopclaims.corpus.findings import Finding
from coopclaims.html_elements import Html, element, page, section, table
from coopclaims.schema import LABELS, LANGUAGES, STATUSES, TYPES

SHOWN_FINDINGS = 500


def render_check(report: CheckReport) -> str:
    """A self-contained page; all text of passages and findings is escaped."""
    groups = sorted(report.counts)
    rows = [[row, *(str(report.counts[group][row]) for group in groups)] for row in ROWS]
    summary = f"{report.passages} passages; {report.errors} errors, {report.warnings} warnings, "
    return page(
        "Corpus of cooperation claims",
        element("p", f"{summary}{report.reviews} findings to review."),
        section("Counts", table(["", *(heading(*group) for group in groups)], rows)),
        section("Lengths", *_length_charts(report)),
        section("Labels, types and statuses", *_share_charts(report)),
        *_finding_sections(report.findings),
    )


def _length_charts(report: CheckReport) -> Iterable[Html]:
    for measure, step in ((PASSAGE_WORDS, 10), (CLAIMS, 1)):
        values = _by_language(report, measure)
        bins = range(0, max((number for numbers in values.values() for number in numbers), default=1) + step, step)
        series = [Series(language, _shares(numbers, bins)) for language, numbers in values.items() if numbers]
        highest = max((share for line in series for _, share in line.points), default=1.0)
        axes = Axis(measure, 0, bins[-1]), Axis("% of passages", 0, highest)
        yield line_chart(f"Share of passages by {measure}", f"A line a language, in steps of {step}.", series, *axes)


def _shares(numbers: Sequence[int], bins: range) -> list[tuple[float, float]]:
    """Per cent of the numbers in each bin, at its beginning."""
    counts = Counter(number // bins.step for number in numbers)
    return [(start, 100 * counts[start // bins.step] / len(numbers)) for start in bins]


def _share_charts(report: CheckReport) -> Iterable[Html]:
    languages = [language for language in LANGUAGES if any(group[0] == language for group in report.counts)]
    for kind, names in (("label", LABELS), ("type", TYPES), ("status", STATUSES)):
        totals = {language: _totals(report, language, kind, names) for language in languages}
        bars = [
            (f"{name}, {language}", 100 * found[name] / max(sum(found.values()), 1))
            for name in names
            for language, found in totals.items()
        ]
        yield bar_chart(f"Share of each {kind}", f"Per cent of the {kind} values of a language.", bars)


def _totals(report: CheckReport, language: str, kind: str, names: Iterable[str]) -> dict[str, int]:
    groups = [count for group, count in report.counts.items() if group[0] == language]
    return {name: sum(count[f"{kind} {name}"] for count in groups) for name in names}


def _by_language(report: CheckReport, measure: str) -> dict[str, list[int]]:
    values: dict[str, list[int]] = defaultdict(list)
    for (language, _), measures in report.distributions.items():
        values[language] += measures[measure]
    return {language: values[language] for language in sorted(values)}


def _finding_sections(findings: Iterable[Finding]) -> Iterable[Html]:
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.severity, finding.check].append(finding)
    for (severity, check), found in sorted(groups.items()):
        shown = [element("li", str(finding)) for finding in found[:SHOWN_FINDINGS]]
        left = len(found) - len(shown)
        more = [element("p", f"{left} more are not shown; 'coopclaims data check --review' lists all.")] if left else []
        yield section(f"{check.capitalize()}: {len(found)} ({severity})", element("ul", *shown), *more)
