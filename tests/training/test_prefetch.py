from __future__ import annotations

import threading

import pytest

from coopclaims.training.prefetch import prefetched


@pytest.mark.parametrize("ahead", [0, 1, 3, 100])
def test_order_is_kept(ahead: int) -> None:
    assert list(prefetched(range(10), lambda item: item * item, ahead)) == [item * item for item in range(10)]


def test_at_most_so_many_are_prepared_ahead() -> None:
    prepared: list[int] = []
    items = prefetched(range(10), lambda item: prepared.append(item) or item, 2)
    assert next(items) == 0
    assert len(prepared) <= 3
    items.close()
    assert len(prepared) <= 3


def test_they_are_prepared_beside_the_main_thread() -> None:
    names = set(prefetched(range(4), lambda _: threading.current_thread().name, 2))
    assert threading.main_thread().name not in names


@pytest.mark.parametrize("ahead", [0, 2])
def test_a_failure_comes_out_at_its_item(ahead: int) -> None:
    def prepare(item: int) -> int:
        if item == 2:
            raise ValueError("two")
        return item

    items = prefetched(range(5), prepare, ahead)
    assert [next(items), next(items)] == [0, 1]
    with pytest.raises(ValueError, match="two"):
        next(items)
