"""The examples of the report: gold and predicted side by side, to be filtered and searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from coopclaims.evaluation.errors_by_kind import KINDS
from coopclaims.evaluation.examples import CHOICES, Example, choose_examples
from coopclaims.evaluation.languages import in_order, language_of
from coopclaims.evaluation.side_by_side import render_sides
from coopclaims.html_elements import Html, element, filters, section
from coopclaims.schema import Passage

TITLE = "Examples"
# What no error kind is called.
NO_ERROR = "no error"


def examples_section(pairs: Iterable[tuple[Passage, Passage]], seed: int) -> Html:
    """The examples of ``choose_examples`` with their errors, under controls that need the page's script."""
    examples = choose_examples(pairs, seed)
    reasons = "; ".join(f"{name}: {meaning}" for name, meaning in CHOICES.items())
    note = (
        f"{len(examples)} passages, those with most errors first ({reasons}). A dashed outline marks what the other "
        "side does not have. Every difference is one error of one kind."
    )
    return section(TITLE, element("p", note), _filters(examples), *map(_article, examples))


def _filters(examples: Sequence[Example]) -> Html:
    kinds = {error.kind for example in examples for error in example.errors}
    languages = in_order(language_of(example.gold.lang) for example in examples)
    return filters(
        {
            "Why shown": ("chosen", [name for name in CHOICES if any(name in e.chosen for e in examples)]),
            "Error": ("kinds", [*(kind for kind in KINDS if kind in kinds), NO_ERROR]),
            "Language": ("language", languages),
        }
    )


def _article(example: Example) -> Html:
    kinds = Counter(error.kind for error in example.errors)
    number = f"{len(example.errors)} error{'' if len(example.errors) == 1 else 's'}"
    facts = [number, language_of(example.gold.lang), *example.chosen]
    listed = [element("span", kind if count == 1 else f"{kind} × {count}") for kind, count in sorted(kinds.items())]
    return element(
        "article",
        element("h3", example.gold.id, " ", element("small", " · ".join(facts))),
        *([element("p", *listed, class_="kinds")] if listed else []),
        render_sides(example.gold, example.predicted),
        **{
            "data-kinds": "|".join(sorted(kinds)) or NO_ERROR,
            "data-chosen": "|".join(example.chosen),
            "data-language": language_of(example.gold.lang),
        },
    )
