"""Collated arrays as tensors, on the device where the network is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, TypeAlias, TypeVar, overload

import torch
from torch import Tensor

from coopclaims.model.collation import Batch, SpanBatch, TargetBatch
from coopclaims.model.units import Array

TensorBatch: TypeAlias = Batch[Tensor]
TensorSpans: TypeAlias = SpanBatch[Tensor]
TensorTargets: TypeAlias = TargetBatch[Tensor]

AnyTensors = TypeVar("AnyTensors", TensorBatch, TensorSpans, TensorTargets)


@overload
def to_tensors(batch: Batch[Array]) -> TensorBatch: ...
@overload
def to_tensors(batch: SpanBatch[Array]) -> TensorSpans: ...
@overload
def to_tensors(batch: TargetBatch[Array]) -> TensorTargets: ...
def to_tensors(batch: Any) -> Any:
    """The same batch as tensors that share the memory of its arrays."""
    return _mapped(batch, torch.from_numpy)


def to_device(batch: AnyTensors, device: torch.device) -> AnyTensors:
    """The same batch with its tensors on ``device``; from pinned memory, they are copied while work goes on."""
    return _mapped(batch, lambda tensor: tensor.to(device, non_blocking=True))


def pinned(batch: AnyTensors) -> AnyTensors:
    """The same batch in memory that a GPU copies from by itself."""
    return _mapped(batch, Tensor.pin_memory)


def _mapped(batch: Any, function: Callable[[Any], Tensor]) -> Any:
    values = {field.name: getattr(batch, field.name) for field in fields(batch)}
    return type(batch)(**{name: None if value is None else function(value) for name, value in values.items()})
