"""Reads what a forecast rehearses, and runs the rehearsals with a process for each processor. A terminal shows both."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from multiprocessing import get_context
from typing import Any, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from provisioner.cli.output import at_work
from provisioner.cli.styled import err
from provisioner.texts.translate import _

_PROCESSES = 8
"""Each needs up to 300 MB for 1,700 desktops."""
_shared: list[Callable[[int], Any]] = []
"""What the processes inherit: it is not sent to them."""
T = TypeVar("T")


def reading() -> AbstractContextManager[None]:
    """While it is read."""
    return at_work(_("reading directory, store and clusters"))


def results_of(run: Callable[[int], T], count: int, *, first: Callable[[T], None] = lambda _: None) -> list[T]:
    """The results of so many rehearsals, in the order of their numbers. `first`: gets the one that ends first."""
    processes = min(_PROCESSES, len(os.sched_getaffinity(0)), count)
    results: dict[int, T] = {}
    with _bar(count) as bar:
        for number, result in _results(run, range(count), processes):
            if not results:
                first(result)
            results[number] = result
            bar.update(bar.task_ids[0], advance=1, refresh=True)
    return [results[number] for number in range(count)]


def _results(run: Callable[[int], T], numbers: Sequence[int], processes: int) -> Iterator[tuple[int, T]]:
    if processes == 1:
        yield from ((number, run(number)) for number in numbers)
        return
    _shared[:] = [run]
    try:
        with closing(get_context("fork").Pool(processes)) as pool:
            yield from pool.imap_unordered(_run, numbers)
    finally:
        _shared.clear()


def _run(number: int) -> tuple[int, Any]:
    return number, _shared[0](number)


@contextmanager
def _bar(count: int) -> Iterator[Progress]:
    """On a terminal only; it goes when all is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal, auto_refresh=False) as progress:
        progress.add_task(_("rehearsing"), total=count)
        yield progress


__all__ = ["reading", "results_of"]
