"""Prepare the next inputs in a thread while the current ones are worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Prepared = TypeVar("Prepared")


def prefetched(items: Iterable[Item], prepare: Callable[[Item], Prepared], ahead: int) -> Iterator[Prepared]:
    """``prepare`` of each item, in order, up to ``ahead`` of them before they are asked for (0: none)."""
    if ahead == 0:
        yield from map(prepare, items)
        return
    with ThreadPoolExecutor(1) as executor:
        waiting: deque[Future[Prepared]] = deque()
        try:
            for item in items:
                waiting.append(executor.submit(prepare, item))
                if len(waiting) > ahead:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
