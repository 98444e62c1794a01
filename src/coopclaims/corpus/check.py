"""The data report: all in a corpus that is wrong or worth a look, with file, line and record, and counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from coopclaims.corpus.consistency import mixed_labels, untagged_triggers
from coopclaims.corpus.counts import Group, count_passages, few_examples, format_counts
from coopclaims.corpus.distributions import Distributions, format_distributions, measure_passages
from coopclaims.corpus.findings import Finding, Located, Severity
from coopclaims.corpus.jsonl import Problem, corpus_files, read_numbered_passages
from coopclaims.corpus.name_checks import names_across_splits, shared_names_and_amounts
from coopclaims.corpus.near_duplicates import exact_duplicates, leaks, near_duplicates, read_references
from coopclaims.corpus.record_checks import RECORD_CHECKS
from coopclaims.corpus.split_checks import divided_documents, divided_stories, duplicate_ids, missing_splits

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "review")

CORPUS_CHECKS = (
    duplicate_ids,
    missing_splits,
    divided_documents,
    divided_stories,
    exact_duplicates,
    near_duplicates,
    mixed_labels,
    untagged_triggers,
    names_across_splits,
)


@dataclass(frozen=True)
class CheckReport:
    """The findings of all checks, and counts and lengths by language and split."""

    findings: list[Finding]
    counts: dict[Group, Counter[str]]
    distributions: Distributions

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return self._count("error")

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return self._count("warning")

    @property
    def reviews(self) -> int:
        """How many findings are places to look at, often rightly so."""
        return self._count("review")

    @property
    def passages(self) -> int:
        """How many passages could be read."""
        return sum(count["passages"] for count in self.counts.values())

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity == severity for finding in self.findings)


def check_corpus(paths: Sequence[Path], against: Sequence[Path] = ()) -> CheckReport:
    """Run all checks on the passages of JSON Lines files and folders.

    ``against`` names text that must not recur in the corpus: JSON Lines or plain text, files or folders. Raises
    UserError for a file that cannot be read at all; a bad line is a finding.
    """
    references = read_references(against)
    problems: list[Problem] = []
    corpus = [
        Located(str(path), line, passage)
        for path in dict.fromkeys(corpus_files(paths))
        for line, passage in read_numbered_passages(path, problems)
    ]
    counts = count_passages(located.passage for located in corpus)
    findings = [Finding("error", "schema", p.path, p.line, p.record, p.reason) for p in problems]
    findings += _check_records(corpus)
    for check in CORPUS_CHECKS:
        findings += check(corpus)
    findings += leaks(corpus, references)
    findings += shared_names_and_amounts(corpus, references)
    findings += few_examples(counts)
    return CheckReport(findings, counts, measure_passages(located.passage for located in corpus))


def format_report(report: CheckReport, review: bool = False) -> str:
    """The report as plain text: findings by check, tables of counts and lengths, and a closing line.

    Findings to review are counted, and listed one by one only with ``review``.
    """
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        groups[finding.severity, finding.check].append(finding)
    sections = []
    # The checks keep the order in which they ran.
    for (severity, check), findings in sorted(groups.items(), key=lambda item: _SEVERITIES.index(item[0][0])):
        title = f"{check} ({len(findings)} to review)" if severity == "review" else None
        listed = findings if review or severity != "review" else []
        sections.append("\n".join([title or f"{check} ({_plural(len(findings), severity)})", *map(str, listed)]))
    sections += [format_counts(report.counts), format_distributions(report.distributions)]
    counts = f"{_plural(report.errors, 'error')}, {_plural(report.warnings, 'warning')}, {report.reviews} to review"
    sections.append(f"{counts} in {_plural(report.passages, 'passage')}")
    return "\n\n".join(sections)


def _check_records(corpus: Sequence[Located]) -> Iterator[Finding]:
    for located in tqdm(corpus, desc="checking", unit="passage", disable=None, leave=False):
        for check in RECORD_CHECKS:
            for message in check.run(located.passage):
                yield located.finding(check.severity, check.name, message)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
