from __future__ import annotations

from coopclaims.model.features import Featuriser
from coopclaims.training.batches import padding_share, plan_epoch, steps_of_rank

TEXTS = ["Hai bên ký kết. " * (1 + number % 9) for number in range(60)]


def test_every_unit_once_and_reproducible(featuriser: Featuriser) -> None:
    units = featuriser.units([*TEXTS, ""])
    first = plan_epoch(units, 300, seed=1, epoch=1)
    assert sorted(index for batch in first for index in batch) == list(range(len(TEXTS)))
    assert first == plan_epoch(units, 300, seed=1, epoch=1)
    assert first != plan_epoch(units, 300, seed=1, epoch=2)
    assert first != plan_epoch(units, 300, seed=2, epoch=1)


def test_little_padding(featuriser: Featuriser) -> None:
    units = featuriser.units(TEXTS)
    assert 0 <= padding_share(units, plan_epoch(units, 300, seed=0, epoch=1)) < 0.25
    assert padding_share(units, [[0]]) == 0
    mixed = padding_share(units, [[0, 2]])
    widths = [units[0].pieces + 2, units[2].pieces + 2]
    assert mixed == 1 - sum(widths) / (2 * max(widths))


def test_processes_share_the_batches_of_a_step() -> None:
    batches = [[number] for number in range(10)]
    alone = steps_of_rank(batches, rank=0, world=1, accumulation=4)
    pair = [steps_of_rank(batches, rank, world=2, accumulation=2) for rank in (0, 1)]
    assert [len(step) for step in alone] == [4, 4, 4]
    for step, (left, right) in zip(alone, zip(*pair, strict=True), strict=True):
        assert sorted(step) == sorted(left + right)
        assert len(left) == len(right) == 2
