"""The data report as one HTML page: counts, plots of lengths and labels, and all findings."""

from __future__ import annotations

import base64
import io
from collections import defaultdict
from collections.abc import Iterable

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from coopclaims.corpus.check import CheckReport
from coopclaims.corpus.counts import ROWS, heading
from coopclaims.corpus.distributions import CLAIMS, PASSAGE_WORDS
from coopclaims.corpus.findings import Finding
from coopclaims.html_elements import Html, element, page, section, table
from coopclaims.schema import LABELS, LANGUAGES, STATUSES, TYPES

# Okabe and Ito's colours, told apart by colour-blind readers too (https://jfly.uni-koeln.de/color/).
COLOURS = {"vi": "#D55E00", "de": "#0072B2", "en": "#009E73"}
# Readable on white and on black.
INK = "#808080"
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
        section("Lengths", *_length_plots(report)),
        section("Labels, types and statuses", *_share_plots(report)),
        *_finding_sections(report.findings),
    )


def _length_plots(report: CheckReport) -> Iterable[Html]:
    for measure, step in ((PASSAGE_WORDS, 10), (CLAIMS, 1)):
        values = _by_language(report, measure)
        highest = max((max(numbers) for numbers in values.values() if numbers), default=1)
        figure, axes = _axes(f"Share of passages by {measure}")
        for language, numbers in values.items():
            edges = range(0, highest + step + 1, step)
            weights = [1 / len(numbers)] * len(numbers)
            colour = COLOURS.get(language, INK)
            # "$" would begin a formula.
            language = language.replace("$", r"\$")
            axes.hist(numbers, list(edges), weights=weights, histtype="step", linewidth=2, color=colour, label=language)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(labelcolor=INK, frameon=False)
        yield _image(figure, f"Histogram of {measure} by language")


def _share_plots(report: CheckReport) -> Iterable[Html]:
    for kind, names in (("label", LABELS), ("type", TYPES), ("status", STATUSES)):
        figure, axes = _axes(f"Share of each {kind}")
        languages = [lang for lang in LANGUAGES if any(group[0] == lang for group in report.counts)]
        for number, language in enumerate(languages):
            counts = [
                sum(count[f"{kind} {name}"] for group, count in report.counts.items() if group[0] == language)
                for name in names
            ]
            total = max(sum(counts), 1)
            positions = [index + 0.27 * number for index in range(len(names))]
            axes.bar(positions, [n / total for n in counts], 0.25, color=COLOURS[language], label=language)
        axes.set_xticks([index + 0.27 for index in range(len(names))], names, rotation=30, ha="right")
        if axes.get_legend_handles_labels()[0]:
            axes.legend(labelcolor=INK, frameon=False)
        yield _image(figure, f"Share of each {kind} by language")


def _by_language(report: CheckReport, measure: str) -> dict[str, list[int]]:
    values: dict[str, list[int]] = defaultdict(list)
    for (language, _), measures in report.distributions.items():
        values[language] += measures[measure]
    return {language: values[language] for language in sorted(values)}


def _axes(title: str) -> tuple[Figure, mpl.axes.Axes]:
    figure = Figure(figsize=(7, 3.2), layout="constrained", facecolor="none")
    axes = figure.add_subplot(facecolor="none")
    axes.set_title(title, color=INK)
    axes.tick_params(colors=INK)
    for spine in axes.spines.values():
        spine.set_color(INK)
    return figure, axes


def _image(figure: Figure, description: str) -> Html:
    content = io.BytesIO()
    # Without dates and random ids, the same corpus always gives the same page.
    with mpl.rc_context({"svg.hashsalt": "coopclaims"}):
        FigureCanvasSVG(figure).print_svg(content, metadata={"Date": None})
    source = "data:image/svg+xml;base64," + base64.b64encode(content.getvalue()).decode("ascii")
    return Html(element("img", src=source, alt=description).removesuffix("</img>"))


def _finding_sections(findings: Iterable[Finding]) -> Iterable[Html]:
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.severity, finding.check].append(finding)
    for (severity, check), found in sorted(groups.items()):
        shown = [element("li", str(finding)) for finding in found[:SHOWN_FINDINGS]]
        left = len(found) - len(shown)
        more = [element("p", f"{left} more are not shown; 'coopclaims data check --review' lists all.")] if left else []
        yield section(f"{check.capitalize()}: {len(found)} ({severity})", element("ul", *shown), *more)
