"""The model card that a training writes into its model folder."""

from __future__ import annotations

from typing import Any

from coopclaims.evaluation.report import format_table
from coopclaims.training.config import TrainConfig

_CARD = """---
license: apache-2.0
language: [vi, de, en]
library_name: coopclaims
pipeline_tag: token-classification
---

# Cooperation claims: {name}

Extracts cooperation claims (who acts with whom, what act, on what, how firm, when, where, how much, by which
instrument, who says so) from Vietnamese, German and English text.

    from coopclaims.inference.extractor import Extractor
    Extractor.from_pretrained("this folder").extract(["…"])

As an ordinary token classifier (spans only): `import coopclaims`, then
`transformers.pipeline("token-classification", model=..., aggregation_strategy="simple")`. Decoding by
coopclaims is the exact one.

Trained from {encoder} on {train} (SHA-256 {hash}), seed {seed}, {steps} steps. It extracts what a text states and
makes mistakes; check the quoted words before relying on a row.

## Scores

{scores}
"""


def model_card(config: TrainConfig, metrics: dict[str, Any]) -> str:
    """Markdown with front matter; every figure comes from ``metrics``."""
    facts = metrics["facts"]
    tables = [
        f"On the {split} passages of the training corpus:\n\n```\n{format_table(metrics[split])}\n```"
        for split in ("dev", "test")
        if split in metrics
    ]
    return _CARD.format(
        name=config.name or "model",
        encoder=facts["encoder"].get("name") or facts["encoder"].get("kind"),
        train=", ".join(config.corpus.train),
        hash=facts["data_sha256"]["train"][:12],
        seed=facts["seed"],
        steps=facts["training"]["steps"],
        scores="\n\n".join(tables) or "No annotated passages were given to score on.",
    )
