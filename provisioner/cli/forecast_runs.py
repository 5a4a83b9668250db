"""Runs the rehearsals of a forecast, in as many processes as there are processors, with a bar on a terminal."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing import get_context

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from provisioner.cli.output import err
from provisioner.rehearsal.ensemble import Ensemble, Outcome
from provisioner.rehearsal.forecast import Forecast
from provisioner.texts.translate import _

_PROCESSES = 8
"""Each needs up to 300 MB for 1,700 desktops."""
_shared: list[Ensemble] = []
"""What the processes inherit: it is not sent to them."""


def outcome_of(ensemble: Ensemble) -> Outcome:
    """All of its rehearsals."""
    processes = min(_PROCESSES, len(os.sched_getaffinity(0)), ensemble.runs)
    results: dict[int, Forecast] = {}
    with _bar(ensemble.runs) as bar:
        for number, forecast in _results(ensemble, range(ensemble.runs), processes):
            results[number] = forecast
            bar.update(bar.task_ids[0], advance=1, refresh=True)
    return ensemble.outcome([results[number] for number in range(ensemble.runs)])


def _results(ensemble: Ensemble, numbers: Sequence[int], processes: int) -> Iterator[tuple[int, Forecast]]:
    if processes == 1:
        yield from ((number, ensemble.run(number)) for number in numbers)
        return
    _shared[:] = [ensemble]
    try:
        with closing(get_context("fork").Pool(processes)) as pool:
            yield from pool.imap_unordered(_run, numbers)
    finally:
        _shared.clear()


def _run(number: int) -> tuple[int, Forecast]:
    return number, _shared[0].run(number)


@contextmanager
def _bar(count: int) -> Iterator[Progress]:
    """On a terminal only; it goes when all is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal, auto_refresh=False) as progress:
        progress.add_task(_("rehearsing"), total=count)
        yield progress


__all__ = ["outcome_of"]
