"""The data report: all in a corpus that is wrong or worth a look, with file, line and record, and counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from coopclaims.corpus.counts import Group, count_passages, few_examples, format_counts
from coopclaims.corpus.findings import Finding, Located
from coopclaims.corpus.jsonl import Problem, corpus_files, read_numbered_passages
from coopclaims.corpus.near_duplicates import exact_duplicates, leaks, near_duplicates, read_references
from coopclaims.corpus.record_checks import RECORD_CHECKS
from coopclaims.corpus.split_checks import divided_documents, divided_stories, duplicate_ids, missing_splits

CORPUS_CHECKS = (
    duplicate_ids,
    missing_splits,
    divided_documents,
    divided_stories,
    exact_duplicates,
    near_duplicates,
)


@dataclass(frozen=True)
class CheckReport:
    """The findings of all checks, and counts by language and split."""

    findings: list[Finding]
    counts: dict[Group, Counter[str]]

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.findings) - self.errors

    @property
    def passages(self) -> int:
        """How many passages could be read."""
        return sum(count["passages"] for count in self.counts.values())


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
    findings += few_examples(counts)
    return CheckReport(findings, counts)


def format_report(report: CheckReport) -> str:
    """The report as plain text: errors and warnings by check, the table of counts, and a closing line."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        groups[finding.severity, finding.check].append(finding)
    sections = []
    # "error" sorts before "warning", and the checks keep the order in which they ran.
    for (severity, check), findings in sorted(groups.items(), key=lambda item: item[0][0]):
        sections.append("\n".join([f"{check} ({_plural(len(findings), severity)})", *map(str, findings)]))
    sections.append(format_counts(report.counts))
    total = _plural(report.passages, "passage")
    sections.append(f"{_plural(report.errors, 'error')}, {_plural(report.warnings, 'warning')} in {total}")
    return "\n\n".join(sections)


def _check_records(corpus: Sequence[Located]) -> Iterator[Finding]:
    for located in tqdm(corpus, desc="checking", unit="passage", disable=None, leave=False):
        for check in RECORD_CHECKS:
            for message in check.run(located.passage):
                yield located.finding(check.severity, check.name, message)


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
