"""The directory, and the guard in front of it."""

from collections.abc import Iterator

from provisioner.model.guard import HeldInput, Quarantine
from provisioner.model.people.agents import Rejected, Roster
from provisioner.model.status import Status
from provisioner.reasons.views import (
    HELD_BOTH,
    HELD_CONFIGURATION,
    HELD_DIRECTORY,
    OTHER_PEOPLE_HELD,
    PEOPLE_RECREATED,
    PERSON_RECREATED,
)
from provisioner.reasons.wrong import (
    DIRECTORY_SERVER_FAILS,
    DIRECTORY_UNREAD,
    ENTRIES_REJECTED,
    MANY_REJECTED,
    NO_ROSTER,
    NO_ROSTER_WHY,
    NOBODY_THERE,
)
from provisioner.wrong.entry import NAMES, Wrong

_HELD = {
    HeldInput.DIRECTORY: HELD_DIRECTORY,
    HeldInput.CONFIGURATION: HELD_CONFIGURATION,
    HeldInput.BOTH: HELD_BOTH,
}

_MANY = 0.02
"""The share of entries from which on the source is at fault, as in the alert BasculeDirectoryRejectsMany. A few always are."""


def of_directory(status: Status) -> Iterator[Wrong]:
    """Readings that fail or were never accepted, that give nobody, that are held back; entries that are not used."""
    why, roster = status.directory_error, status.roster
    if roster is not None:
        yield from _of_roster(status, roster)
    elif not status.people_known:
        yield Wrong(says=NO_ROSTER_WHY(why=why) if why else NO_ROSTER())
    elif why:
        yield Wrong(says=DIRECTORY_UNREAD(why=why))
    if status.directory_failing_servers:
        servers = status.directory_failing_servers
        yield Wrong(says=DIRECTORY_SERVER_FAILS(count=len(servers), why=servers[0]), concerns=len(servers))
    if (held := status.guard.quarantine) is not None:
        yield _held(held)


def _of_roster(status: Status, roster: Roster) -> Iterator[Wrong]:
    if status.directory_error:
        yield Wrong(says=DIRECTORY_UNREAD(why=status.directory_error), seen_at=roster.read_at)
    if not roster.agents:
        yield Wrong(says=NOBODY_THERE(), seen_at=roster.read_at)
    unused = [entry for entry in roster.rejected if not entry.same_as]
    if unused:
        many = len(unused) > _MANY * (len(roster.agents) + len(unused))
        rejected = MANY_REJECTED if many else ENTRIES_REJECTED
        says = rejected(count=len(unused), entry=unused[0].login or unused[0].entry, why=unused[0].reason)
        yield Wrong(says=says, seen_at=roster.read_at, concerns=len(unused), names=_names(unused))
    if others := [entry for entry in roster.rejected if entry.is_other_person]:
        says = OTHER_PEOPLE_HELD(count=len(others))
        yield Wrong(says=says, seen_at=roster.read_at, concerns=len(others), names=_names(others))
    if recreated := [entry for entry in roster.rejected if entry.same_as and not entry.is_other_person]:
        says = (PERSON_RECREATED if len(recreated) == 1 else PEOPLE_RECREATED)(count=len(recreated))
        yield Wrong(says=says, seen_at=roster.read_at, concerns=len(recreated), names=_names(recreated))


def _names(entries: list[Rejected]) -> tuple[str, ...]:
    return tuple(sorted(entry.login or entry.entry for entry in entries))[:NAMES]


def _held(held: Quarantine) -> Wrong:
    says = _HELD[held.of](why=held.words)
    return Wrong(says=says, since=held.since, seen_at=held.read_at, concerns=held.leavers + held.joiners)


__all__ = ["of_directory"]
