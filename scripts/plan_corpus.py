"""Draw the cells of the corpus plan (data/PLAN.md) for one batch of passages: what each one is to be about.

    python scripts/plan_corpus.py en --batch b01 --count 140 > cells.jsonl
    python scripts/plan_corpus.py --stories s01 --count 15 > stories.jsonl

A cell is a brief for a writer, not text. The same arguments always give the same cells. The keys genre, sector, region
and shape travel with the written passage, so that `coopclaims data check` can count what was reached.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

import yaml

GRID = Path(__file__).parent.parent / "data" / "grid.yaml"


def main() -> None:
    """Print the cells that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lang", nargs="?", choices=["vi", "de", "en"], help="language of the passages")
    parser.add_argument("--batch", default="b01", help="name of the batch (default: b01)")
    parser.add_argument("--stories", metavar="BATCH", help="draw story groups under this name instead")
    parser.add_argument("--near-misses", type=int, default=5, help="story groups with a near miss (default: 5)")
    parser.add_argument("--count", type=int, default=140, help="passages, or story groups (default: 140)")
    options = parser.parse_args()
    grid = yaml.safe_load(GRID.read_text(encoding="utf-8"))
    if options.stories:
        cells = story_cells(grid, options.stories, options.count, options.near_misses)
    elif options.lang:
        cells = passage_cells(grid, options.lang, options.batch, options.count)
    else:
        parser.error("name a language, or --stories BATCH")
    for cell in cells:
        print(json.dumps(cell, ensure_ascii=False))


def passage_cells(grid: dict[str, Any], lang: str, batch: str, count: int) -> list[dict[str, Any]]:
    """Cells of single passages; every axis is dealt out evenly by its weights, so that no value is left out."""
    generator = random.Random(f"{lang}-{batch}")
    axes = (
        "genre",
        "sector",
        "region",
        "shape",
        "claims",
        "words",
        "date",
        "amount",
        "place",
        "instrument",
        "trigger",
        "opening",
    )
    dealt = {axis: _deal(generator, grid[axis], count) for axis in axes}
    # Regions of one's own language area come first, as in real news.
    regions = dict.fromkeys(grid["region"], 1) | grid["region_of"][lang]
    dealt["region"] = _deal(generator, regions, count)
    hard = _deal(generator, grid["hard_negative"], count)
    types, statuses = (_deal(generator, grid[axis], 4 * count) for axis in ("type", "status"))
    cells = []
    for number in range(count):
        cell: dict[str, Any] = {"id": f"{lang}-{batch}-{number + 1:03}"}
        cell |= {axis: dealt[axis][number] for axis in axes}
        if cell["claims"] == 0:
            cell = {key: cell[key] for key in ("id", "genre", "sector", "region", "words")}
            cell |= {"claims": 0, "hard_negative": hard[number]}
        else:
            acts = [f"{types.pop()} {statuses.pop()}" for _ in range(cell["claims"])]
            cell["acts"] = acts
            cell["source"] = generator.random() < grid["source_share"]
        cells.append(cell)
    return cells


def story_cells(grid: dict[str, Any], batch: str, count: int, near_misses: int) -> list[dict[str, Any]]:
    """Cells of story groups: one event cluster each, to be told in all three languages."""
    generator = random.Random(f"stories-{batch}")
    regions = dict.fromkeys(grid["region"], 1) | {key: 1 for area in grid["region_of"].values() for key in area}
    dealt = {axis: _deal(generator, grid[axis], count) for axis in ("sector", "type", "difference")}
    regions_dealt = _deal(generator, regions, count)
    missed = _deal(generator, grid["near_miss"], count)
    return [
        {
            "story": f"{batch}-{number + 1:02}",
            "sector": dealt["sector"][number],
            "region": regions_dealt[number],
            "main_act": dealt["type"][number],
            "difference": dealt["difference"][number],
            **({"near_miss": missed[number]} if number < near_misses else {}),
        }
        for number in range(count)
    ]


def _deal(generator: random.Random, weights: dict[Any, float] | list[Any], count: int) -> list[Any]:
    """``count`` values in random order, each as often as its weight says (largest remainders rounded up)."""
    shares = weights if isinstance(weights, dict) else dict.fromkeys(weights, 1.0)
    total = sum(shares.values())
    exact = {value: count * share / total for value, share in shares.items()}
    dealt = [value for value, number in exact.items() for _ in range(int(number))]
    rest = sorted(exact, key=lambda value: (int(exact[value]) - exact[value], generator.random()))
    dealt += rest[: count - len(dealt)]
    generator.shuffle(dealt)
    return dealt


if __name__ == "__main__":
    main()
