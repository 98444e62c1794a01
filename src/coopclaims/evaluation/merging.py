"""Merging scored on the story groups of the corpus, overall and by pair of languages, beside a baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

from scipy.optimize import linear_sum_assignment

from coopclaims.errors import UserError
from coopclaims.evaluation.clusters import Agreement, b_cubed, ceaf_e, pairwise
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.scores import Part, claim_contents, claim_similarity
from coopclaims.records.aliases import load_aliases
from coopclaims.records.merging.grouping import group_mentions
from coopclaims.records.merging.mention import Mention, mentions_of
from coopclaims.records.values import Normaliser
from coopclaims.schema import Passage

# An extracted claim tells a gold claim from this share of parts in common on.
LEAST_ALIKE = 0.5

METRICS: dict[str, Callable[..., Agreement]] = {"B-cubed": b_cubed, "CEAF-e": ceaf_e, "pairwise": pairwise}


@dataclass(frozen=True)
class GoldMention:
    """A mention, its story (None outside of stories) and its event, which is its own where none is given."""

    mention: Mention
    story: str | None
    event: Hashable


@dataclass(frozen=True)
class MergeScores:
    """The scores of one system on one selection of mentions (``all``, or two languages)."""

    system: str
    selection: str
    mentions: int
    groups: int
    scores: dict[str, Agreement]


def gold_mentions(passages: Iterable[Passage]) -> list[GoldMention]:
    """The claims of passages, normalised, with the keys ``story`` and ``event`` of the corpus."""
    normaliser = Normaliser(load_aliases())
    found = []
    for passage in passages:
        normaliser.add_values(passage)
        story = passage.extra.get("story")
        events = {claim.id: claim.extra.get("event") for claim in passage.claims}
        for mention in mentions_of(passage):
            event = events[mention.claim]
            gold = (story, event) if event else (mention.document, mention.passage, mention.claim)
            found.append(GoldMention(mention, story if isinstance(story, str) else None, gold))
    return found


def score_merging(passages: Iterable[Passage], missed: Iterable[Passage] = ()) -> list[MergeScores]:
    """Our merging and the baseline on all mentions together. Raises UserError where there is none.

    The claims of ``missed`` count, too, but no system sees them: each stays alone.
    """
    gold = sorted(gold_mentions(passages), key=lambda item: item.mention.identity)
    if not gold:
        raise UserError("no claims to score; give passages with claims, and the right --split")
    mentions = [item.mention for item in gold]
    systems = {"merge": group_mentions(mentions), "same parties and type": same_parties(mentions)}
    unseen = gold_mentions(missed)
    alone = [[item.mention] for item in unseen]
    return [scores for name, groups in systems.items() for scores in _scores(name, gold + unseen, groups + alone)]


def with_gold_events(gold: Iterable[Passage], predicted: Iterable[Passage]) -> tuple[list[Passage], list[Passage]]:
    """Extracted claims with the events of the gold claims they tell, and gold passages with the claims that none tells.

    Claims of a passage are paired one to one, as the soft claim score pairs them; a pair needs at least half of all
    parts in common (LEAST_ALIKE). An extracted claim without a pair is an act of its own. Raises UserError if the two
    sides do not have the same passages.
    """
    pairs = [_with_events(one, other) for one, other in pair_passages(gold, predicted)]
    return [found for found, _ in pairs], [missed for _, missed in pairs]


def _with_events(gold: Passage, predicted: Passage) -> tuple[Passage, Passage]:
    wanted, found = claim_contents(gold), claim_contents(predicted)
    similarity = claim_similarity(wanted, found, gold.text)
    here, there = _trigger_names(gold), _trigger_names(predicted)
    paired = {
        there[found[column].trigger]: here[wanted[row].trigger]
        for row, column in zip(*linear_sum_assignment(similarity, maximize=True), strict=True)
        if similarity[row, column] >= LEAST_ALIKE
    }
    # The act of a gold claim without an event is that of its trigger.
    events = {claim.trigger: claim.extra.get("event") or f"own-{gold.id}-{claim.id}" for claim in gold.claims}
    claims = [
        replace(claim, extra={"event": events[paired[claim.trigger]]} if claim.trigger in paired else {})
        for claim in predicted.claims
    ]
    missed = [
        replace(claim, id=f"missed-{claim.id}", extra={"event": events[claim.trigger]})
        for claim in gold.claims
        if claim.trigger not in paired.values()
    ]
    return replace(gold, spans=predicted.spans, claims=claims), replace(gold, claims=missed)


def _trigger_names(passage: Passage) -> dict[Part, str]:
    return {Part(span.start, span.end, span.label): span.id for span in passage.spans}


def same_parties(mentions: Sequence[Mention]) -> list[list[Mention]]:
    """The baseline: one group for equal types and equal, known normalised parties; the rest stays alone."""
    groups: dict[Hashable, list[Mention]] = {}
    for mention in mentions:
        entities = sorted({value["entity"] for value in mention.values("PARTY") if value["entity"]})
        key = (mention.type, *entities) if entities else mention.identity
        groups.setdefault(key, []).append(mention)
    return list(groups.values())


def singleton_share(passages: Iterable[Passage]) -> float:
    """The share of claims that no other claim tells again."""
    events = Counter((p.extra.get("story"), c.extra.get("event") or (p.id, c.id)) for p in passages for c in p.claims)
    return sum(count == 1 for count in events.values()) / (sum(events.values()) or 1)


def format_merge_scores(scores: Sequence[MergeScores]) -> str:
    """A table, a system and selection a line; precision, recall and F1 of each metric."""
    lines = ["| system | languages | mentions | groups | " + " | ".join(f"{m} P, R, F1" for m in METRICS) + " |"]
    lines.append("|---" * (4 + len(METRICS)) + "|")
    for row in scores:
        cells = [f"{a.precision:.3f}, {a.recall:.3f}, {a.f1:.3f}" for a in row.scores.values()]
        lines.append(f"| {row.system} | {row.selection} | {row.mentions} | {row.groups} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _scores(system: str, gold: Sequence[GoldMention], groups: Sequence[Sequence[Mention]]) -> list[MergeScores]:
    truth = {item.mention.identity: item.event for item in gold}
    found = {mention.identity: at for at, group in enumerate(groups) for mention in group}
    languages = sorted({item.mention.lang for item in gold})
    selections = {"all": set(languages)}
    selections |= {f"{a}–{b}": {a, b} for a, b in combinations_with_replacement(languages, 2)}
    rows = []
    for name, wanted in selections.items():
        names = [item.mention.identity for item in gold if item.mention.lang in wanted]
        here, there = {n: truth[n] for n in names}, {n: found[n] for n in names}
        values = {metric: score(here, there) for metric, score in METRICS.items()}
        rows.append(MergeScores(system, name, len(names), len(set(there.values())), values))
    return rows
