"""Imports between the packages of coopclaims point downward only, also those inside functions."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import coopclaims

ROOT = Path(coopclaims.__file__).parent


def _imported(file: Path) -> set[str]:
    """The packages and modules directly below ``coopclaims`` that a file imports from."""
    imports = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    ours = [(node.module or "", node.names) for node in imports if (node.module or "").split(".")[0] == "coopclaims"]
    return {part for module, names in ours for part in module.split(".")[1:2] or [name.name for name in names]}


def test_packages_do_not_import_each_other_in_a_circle() -> None:
    graph: dict[str, set[str]] = {}
    for file in ROOT.rglob("*.py"):
        if file.parent == ROOT and file.name == "__init__.py":
            continue  # It registers the model, for whoever imports anything of coopclaims.
        part = file.relative_to(ROOT).with_suffix("").parts[0]
        graph.setdefault(part, set()).update(_imported(file) - {part, "__version__"})
    order = list(TopologicalSorter(graph).static_order())  # Raises CycleError.
    assert order.index("schema") < order.index("corpus") < order.index("training")
    assert order.index("model") < order.index("inference") < order.index("cli")
