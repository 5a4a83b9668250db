"""What an evacuation means, and how long it takes by what was measured here: said before it is ordered."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from math import ceil
from pathlib import Path
from statistics import median

from provisioner.cli.concerned import concerned, runs
from provisioner.cli.documents import DesktopDocument
from provisioner.cli.times import duration
from provisioner.errors import BasculeError
from provisioner.model.etas import MeasuredKind
from provisioner.planning.steps.evacuate import AT_ONCE
from provisioner.texts.translate import _, plural


def moves_here(config: Path) -> Sequence[float]:
    """How long moves took that the store keeps, in seconds; empty: none was measured, or the store cannot be read here."""
    from provisioner.cli.clocks import clock_of_commands
    from provisioner.cli.store_access import access_to_store
    from provisioner.daemon.keeping import store_of

    try:
        with closing(store_of(access_to_store(config), clock=clock_of_commands())) as store:
            return [measured.took_s for measured in store.measured() if measured.kind is MeasuredKind.MIGRATE]
    except BasculeError:
        return []


def move_lines(there: Sequence[DesktopDocument], target: str, moves_s: Sequence[float]) -> Iterator[str]:
    """How many desktops and people, and how long. `moves_s`: how long moves took here."""
    running = [desktop for desktop in there if runs(desktop)]
    yield plural(
        "{count} desktop is on node {node}; {running} run ({who})",
        "{count} desktops are on node {node}; {running} run ({who})",
        len(there),
        node=target,
        running=len(running),
        who=concerned(running),
    )
    yield _("running ones move with their sessions, {at_once} at a time; a person notices a moment's pause", at_once=AT_ONCE)
    if not moves_s:
        yield _("how long it takes is unknown: no move was measured here yet")
        return
    yield _(
        "it takes about {time}: a move took {each} ({count} measured)",
        time=duration(ceil(len(there) / AT_ONCE) * median(moves_s)),
        each=duration(median(moves_s)),
        count=len(moves_s),
    )
