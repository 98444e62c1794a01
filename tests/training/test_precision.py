from __future__ import annotations

import pytest
import torch

from coopclaims.training.precision import resolve_precision

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", ["no", "bf16", "fp16"])
def test_a_named_precision_stays(name: str) -> None:
    assert resolve_precision(name, CPU) == name


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [({"avx512_bf16": True}, "bf16"), ({"amx_bf16": True}, "bf16"), ({"avx2": True}, "no")],
)
def test_auto_asks_the_processor(capabilities: dict[str, bool], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    assert resolve_precision("auto", CPU) == expected


def test_auto_is_careful_where_nobody_can_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert resolve_precision("auto", CPU) == "no"
    assert resolve_precision("auto", torch.device("mps")) == "no"
