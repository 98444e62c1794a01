"""The scores as a module of Hugging Face ``evaluate``; it needs no network and contacts none.

Use the class directly, or ``evaluate.load`` with the path of this file (coopclaims must be installed):

    import evaluate
    from coopclaims.evaluation import metric

    scores = evaluate.load(metric.__file__).compute(predictions=predicted, references=gold)
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import datasets
import evaluate

from coopclaims.errors import UserError
from coopclaims.evaluation.pairing import pair_passages
from coopclaims.evaluation.scores import COLUMNS, count_passages, f1
from coopclaims.schema import Passage, RecordError, passage_from_json

Record = str | Mapping[str, Any]

_DESCRIPTION = """\
F1 of cooperation claims against gold, as the annotation guideline defines it: spans, triggers, typed triggers,
arguments (the main figure), soft claims and typed soft claims, and spans by label.
"""

_INPUTS = """
Args:
    predictions, references: records of the annotation guideline (id, text, spans, claims), as dicts or as JSON
        strings. They are paired by id, so their order is free, but both must hold exactly the same ids.

Returns:
    dict of F1 values in 0 to 1: span_f1, trigger_f1, typed_trigger_f1, argument_f1, soft_claim_f1,
    typed_soft_claim_f1, and span_f1_LABEL for every label.
"""


class CooperationClaims(evaluate.Metric):
    """F1 of predicted records against gold records; ``compute`` returns a flat dict.

    Records travel as JSON strings: as Arrow structs they would lose unknown keys and gain nulls. Dicts are encoded
    on the way in. Raises UserError for a record that breaks the format, and where the two sides do not pair.
    """

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation="",
            inputs_description=_INPUTS,
            features=datasets.Features({"predictions": text, "references": text}),
        )

    def add(self, *, prediction: Record, reference: Record, **kwargs: Any) -> None:
        """Add one predicted and one gold record."""
        super().add(prediction=_encoded(prediction), reference=_encoded(reference), **kwargs)

    def add_batch(self, *, predictions: Sequence[Record], references: Sequence[Record], **kwargs: Any) -> None:
        """Add predicted and gold records."""
        super().add_batch(
            predictions=[_encoded(record) for record in predictions],
            references=[_encoded(record) for record in references],
            **kwargs,
        )

    def _compute(self, *, predictions: Sequence[str], references: Sequence[str]) -> dict[str, float]:
        pairs = pair_passages(_passages(references, "references"), _passages(predictions, "predictions"))
        values = f1(count_passages(pairs).sum(axis=0)).tolist()
        names = {"overall": "{}_f1", "by_label": "span_f1_{}"}
        scored = zip(COLUMNS, values, strict=True)
        return {names[group].format(name): value for (group, name), value in scored if group in names}


def _encoded(record: Record) -> str:
    return record if isinstance(record, str) else json.dumps(record, ensure_ascii=False)


def _passages(records: Sequence[str], side: str) -> list[Passage]:
    return [_passage(record, f"{side}: item {number}") for number, record in enumerate(records, 1)]


def _passage(record: str, where: str) -> Passage:
    try:
        return passage_from_json(json.loads(record))
    except json.JSONDecodeError as error:
        raise UserError(f"{where}: not JSON: {error}") from error
    except RecordError as error:
        raise UserError(f"{where}: {error}") from error
