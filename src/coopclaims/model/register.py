"""Registration with the Auto classes of transformers, so that they load our model folders.

The modules of the configuration and of the network register their own class as soon as they are imported.
"""

from __future__ import annotations

from typing import Any


def register_config(_: Any = None) -> None:
    """Make AutoConfig know ``model_type: coopclaims``."""
    # Not "from … import": while that module itself is being imported, it does not hold its class yet.
    import coopclaims.model.config  # noqa: F401


def register_model(_: Any = None) -> None:
    """Make AutoModelForTokenClassification (and so the pipeline) know ClaimModel."""
    import coopclaims.model.network  # noqa: F401
