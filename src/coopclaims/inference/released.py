"""The compiled model that comes with the package, for extraction without a training run."""

from __future__ import annotations

from pathlib import Path

from coopclaims.errors import UserError

NAME = "coopclaims-small"


def released_model() -> Path:
    """Its folder in the installed wheel, or in the repository that this package is run from.

    Raises UserError where neither holds it.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "models" / NAME, package.parents[1] / "models" / NAME):
        if folder.is_dir():
            return folder
    raise UserError(f"this installation has no model {NAME} of its own; give one with --model DIR")
