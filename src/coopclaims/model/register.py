"""Registration with the Auto classes of transformers, so that they load our model folders."""

from __future__ import annotations

from typing import Any


def register_config(_: Any = None) -> None:
    """Make AutoConfig know ``model_type: coopclaims``."""
    from transformers import AutoConfig

    from coopclaims.model.config import ClaimConfig

    AutoConfig.register(ClaimConfig.model_type, ClaimConfig, exist_ok=True)


def register_model(_: Any = None) -> None:
    """Make AutoModelForTokenClassification (and so the pipeline) know ClaimModel."""
    from transformers import AutoModelForTokenClassification

    from coopclaims.model.config import ClaimConfig
    from coopclaims.model.network import ClaimModel

    register_config()
    AutoModelForTokenClassification.register(ClaimConfig, ClaimModel, exist_ok=True)
