"""Runs in virtual time, in parallel processes. None is timed."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def spread(work: Callable[[T], R], items: Iterable[T], *, jobs: int) -> list[R]:
    """`work` of every item, in order, on so many processes; with one, in this."""
    if jobs <= 1:
        return [work(item) for item in items]
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(work, items))
