"""Does another form of a model (compiled, quantised) find what the model itself finds?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from coopclaims.evaluation.compare import OVERALL, Difference, Differences, compare
from coopclaims.evaluation.languages import language_of
from coopclaims.schema import Claim, Passage


@dataclass(frozen=True)
class Parity:
    """Differences by language and figure (all passages first), and the share of claims that both sides have.

    ``figure`` decides: argument F1, or span F1 of plain taggers.
    """

    figure: str
    differences: Differences
    identical: dict[str, float]

    @property
    def deciding(self) -> Difference:
        """The difference over all passages by the figure that decides."""
        return self.differences[OVERALL][self.figure]

    @property
    def loss(self) -> float:
        """How much F1 is lost (negative: won)."""
        return self.deciding.first - self.deciding.second

    def to_json(self) -> dict[str, Any]:
        """The table as JSON values."""
        return {
            name: {"identical_claims": self.identical[name]} | {key: asdict(value) for key, value in figures.items()}
            for name, figures in self.differences.items()
        }

    def __str__(self) -> str:
        """The table as text: F1 before and after by language, and the share of identical claims."""
        lines = [f"{'':10}{'same claims':>12}" + "".join(f"{name:>22}" for name in self.differences[OVERALL])]
        for name, figures in self.differences.items():
            cells = (f"{item.first:.3f} -> {item.second:.3f}".rjust(22) for item in figures.values())
            lines.append(f"{name:10}{100 * self.identical[name]:10.1f} %" + "".join(cells))
        low, high = (100 * bound for bound in self.deciding.interval)
        lines.append(f"change of {self.figure} F1, paired 95 % interval: {low:+.2f} to {high:+.2f} points")
        return "\n".join(lines)


def parity(gold: Sequence[Passage], model: Sequence[Passage], other: Sequence[Passage], samples: int = 1000) -> Parity:
    """Compare what two forms of a model predicted for ``gold``. Raises UserError where they do not pair."""
    comparison = compare(gold, {"model": model, "other": other}, samples)
    (differences,) = comparison.differences
    languages = {passage.id: language_of(passage.lang) for passage in gold}
    shares = {}
    for name in differences:
        ids = {key for key, lang in languages.items() if name in (OVERALL, lang)}
        shares[name] = _identical(*([passage for passage in side if passage.id in ids] for side in (model, other)))
    return Parity(comparison.figure, differences, shares)


def _identical(first: Sequence[Passage], second: Sequence[Passage]) -> float:
    """Claims that both sides have, among all that one of them has; 1 where there are none."""
    sides = [{(p.id, *_content(p, claim)) for p in side for claim in p.claims} for side in (first, second)]
    together = sides[0] | sides[1]
    return len(sides[0] & sides[1]) / len(together) if together else 1.0


def _content(passage: Passage, claim: Claim) -> tuple[object, ...]:
    spans = passage.span_by_id()
    arguments = frozenset((spans[a].start, spans[a].end, spans[a].label) for a in claim.args)
    trigger = spans[claim.trigger]
    return trigger.start, trigger.end, claim.type, claim.status, arguments
