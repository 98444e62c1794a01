"""What a comparison shows, in plain sentences and as a table of plain text."""

from __future__ import annotations

from collections.abc import Mapping

from coopclaims.evaluation.bootstrap import LEVEL
from coopclaims.evaluation.compare import OVERALL, SIGNIFICANT, Comparison, Difference, Differences
from coopclaims.schema import LANGUAGE_NAMES

FIGURE_NAMES = {"argument": "arguments", "soft_claim": "soft claims", "span": "spans", "trigger": "triggers"}


def verdict(base: str, run: str, differences: Differences) -> str:
    """Where the run is better or worse than the base beyond chance, in one sentence."""
    ahead, behind = (_named(differences, sign) for sign in (1, -1))
    tests = [found for figures in differences.values() for found in figures.values()]
    rest = "" if all(found.shown for found in tests) else "; no difference shown elsewhere"
    if ahead and behind:
        return f"{run} is better than {base} on {ahead}, and worse on {behind}{rest}."
    if ahead or behind:
        return f"{run} is {'better' if ahead else 'worse'} than {base} on {ahead or behind}{rest}."
    main = next(iter(differences[OVERALL].values()))
    low, high = (100 * bound for bound in main.interval)
    return (
        f"No difference between {base} and {run} is shown: {FIGURE_NAMES[main.figure]} {signed(main.points)} points "
        f"({LEVEL:.0%} interval {signed(low)} to {signed(high)}), {p_value(main.corrected)}."
    )


def family_note(comparison: Comparison) -> str:
    """What is resampled, and which tests the p values are corrected over."""
    runs = len(comparison.differences)
    figures, languages = len(comparison.differences[0][OVERALL]), len(comparison.differences[0]) - 1
    counted = f"{runs} run{'s' * (runs > 1)} × {figures} figure{'s' * (figures > 1)}"
    by_language = f", and over {counted} × {languages} languages = {runs * figures * languages} tests by language"
    documents = next(iter(comparison.differences[0][OVERALL].values())).documents
    return (
        f"Resampled are {documents:,} documents, each with all its passages. "
        f"p by approximate randomisation, {comparison.samples:,} samples, corrected by Holm's method over {counted} = "
        f"{runs * figures} tests on all passages{by_language if languages else ''}; below {SIGNIFICANT} a difference "
        f"is called shown. Intervals are paired {LEVEL:.0%} bootstrap intervals of single differences, not corrected."
    )


def format_comparison(comparison: Comparison) -> str:
    """All differences as tables of plain text, one a run, each with its verdict; the family of tests below."""
    base = comparison.names[0]
    tables = [
        _format_run(base, run, differences)
        for run, differences in zip(comparison.names[1:], comparison.differences, strict=True)
    ]
    return "\n\n".join([*tables, family_note(comparison)])


def side_name(side: str) -> str:
    """A language by its English name; all passages as they are called in tables."""
    return LANGUAGE_NAMES.get(side, side)


def signed(points: float) -> str:
    """Points of F1 with a sign, of which zero has none."""
    text = f"{points:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


def p_value(p: float) -> str:
    """p as a text has it."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}".rstrip("0").rstrip(".")


def _format_run(base: str, run: str, differences: Differences) -> str:
    lines = [f"{'':10}{'F1 of':12}{'first':>7}{'second':>8}{'points':>8}  95 % interval      p  corrected"]
    for side, figures in differences.items():
        for name, found in figures.items():
            low, high = (100 * bound for bound in found.interval)
            lines.append(
                f"{side:10}{name:12}{found.first:7.3f}{found.second:8.3f}{found.points:+8.1f}"
                f"  {low:+5.1f} to {high:+5.1f}  {found.p:5.3f}      {found.corrected:5.3f}"
            )
    return "\n".join([f"first: {base}", f"second: {run}", *lines, verdict(base, run, differences)])


def _named(differences: Differences, sign: int) -> str:
    """The figures that are ahead (1) or behind (-1) beyond chance, the languages of each with it."""
    phrases = []
    for figure in differences[OVERALL]:
        found = {side: figures[figure] for side, figures in differences.items() if _points_to(figures[figure], sign)}
        phrases += _phrases(FIGURE_NAMES[figure], found)
    return " and ".join(phrases) if len(phrases) <= 2 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"


def _points_to(found: Difference, sign: int) -> bool:
    return found.shown and found.points * sign > 0


def _phrases(figure: str, found: Mapping[str, Difference]) -> list[str]:
    overall = found.get(OVERALL)
    languages = {side: difference for side, difference in found.items() if side != OVERALL}
    if overall is None:
        return [f"{side_name(side)} {figure} {_by(difference)}" for side, difference in languages.items()]
    alone = "".join(f"; {side_name(side)} {abs(each.points):.1f}" for side, each in languages.items())
    return [f"{figure} {_by(overall, alone)}"]


def _by(found: Difference, more: str = "") -> str:
    return f"by {abs(found.points):.1f} points ({p_value(found.corrected)}{more})"
