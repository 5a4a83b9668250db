"""The whole list."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from provisioner.extensions import Point
from provisioner.model.ids import ClusterId, Instant
from provisioner.model.machines.desktops import Phase
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.reason import Reason
from provisioner.reasons.wrong import CYCLE_LATE
from provisioner.wrong.certificates import of_certificates
from provisioner.wrong.clusters import of_clusters
from provisioner.wrong.desktops import of_desktops
from provisioner.wrong.directory import of_directory
from provisioner.wrong.entry import Severity, Wrong
from provisioner.wrong.operating import of_operating
from provisioner.wrong.table import meaning_of
from provisioner.wrong.waiting import of_waiting

_WORST_FIRST = tuple(Severity)


def _nothing(_: Status) -> Iterator[Reason | Wrong]:
    return iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedWrong:
    """What a capability adds to the list."""

    wrong: Callable[[Status], Iterator[Reason | Wrong]] = _nothing
    """Entries. Of a reason alone, its first argument names what the entry is about: a zone, a realm."""
    of_the_site: bool = False
    """Whether they stand, among those that are equally bad, before entries of certificates, desktops and people."""


ADDED = Point("views", "VIEW", AddedWrong)


def wrong_in(status: Status, clusters: Iterable[ClusterId] = (), before: Iterable[Wrong] = ()) -> tuple[Wrong, ...]:
    """All that is wrong, the worst first. `clusters`: the configured ones; `before`: the list of the cycle before.

    An entry whose state does not say since when it is so, is so since it was first in the list.
    """
    since = {(entry.code, entry.about): entry.since for entry in before}
    entries = (_dated(entry, since.get((entry.code, entry.about)), status.at) for entry in _entries(status, clusters))
    return tuple(sorted(entries, key=lambda entry: _WORST_FIRST.index(severity_of(entry))))


def wrong_at(entries: tuple[Wrong, ...], status_at: Instant, *, now: Instant, limit_s: float) -> tuple[Wrong, ...]:
    """The list as it is to be read now: when no cycle has ended for longer than `limit_s`, that comes first."""
    age_s = now - status_at
    if age_s <= limit_s:
        return entries
    late = Wrong(says=CYCLE_LATE(age_s=age_s, limit_s=limit_s), since=status_at, seen_at=status_at)
    return (late, *entries)


def severity_of(entry: Wrong) -> Severity:
    """The severity of its kind."""
    return meaning_of(entry.code).severity


def hinders(entries: Iterable[Wrong]) -> tuple[Wrong, ...]:
    """Of them, what keeps the daemon from its work."""
    return tuple(entry for entry in entries if meaning_of(entry.code).unready)


def _entries(status: Status, clusters: Iterable[ClusterId]) -> Iterator[Wrong]:
    notable = notable_in(status)
    yield from of_clusters(status, clusters, notable)
    yield from of_directory(status)
    yield from of_operating(status)
    yield from _added(status, of_the_site=True)
    yield from of_certificates(status)
    yield from of_desktops(status, notable)
    yield from of_waiting(status, notable)
    yield from _added(status, of_the_site=False)


def _added(status: Status, *, of_the_site: bool) -> Iterator[Wrong]:
    for added in ADDED.found():
        if added.of_the_site is of_the_site:
            yield from (
                says if isinstance(says, Wrong) else Wrong(says=says, about=_about(says)) for says in added.wrong(status)
            )


def notable_in(status: Status) -> list[DesktopState]:
    """Desktops of which anything can be wrong: all but those that are ready and have answered, which are nearly all."""
    return [state for state in status.desktops.values() if state.phase is not Phase.READY or state.unheard is not None]


def _about(says: Reason) -> str:
    return str(next(iter(says.arguments.values()), ""))


def _dated(entry: Wrong, before: Instant | None, now: Instant) -> Wrong:
    """Since now at the latest: the clock may have been set back meanwhile."""
    since = entry.since if entry.since is not None else before
    return replace(entry, since=now if since is None else min(since, now))


__all__ = ["ADDED", "AddedWrong", "hinders", "notable_in", "severity_of", "wrong_at", "wrong_in"]
