"""Who is listed under an id, and whose desktop is under it: what an operator is shown before an order about one id."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from provisioner.daemon.composition import OutsideSystems, site_config_of
from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.intents import OF_PERSONS, Intent, Rekey
from provisioner.model.kept.records import Records
from provisioner.model.kept.rekeying import FORMER
from provisioner.model.people.agents import Agent, Roster
from provisioner.planning.roster.changes import AcceptedState
from provisioner.planning.roster.departed import known_in
from provisioner.planning.roster.judging import in_force_of
from provisioner.planning.roster.owners import OtherPerson
from provisioner.planning.roster.rekeys import apply_rekeys
from provisioner.planning.roster.shown import shown_as
from provisioner.planning.roster.traits import Likeness, compare_entries
from provisioner.planning.roster.who import WhoIsWho, who_is_who
from provisioner.reasons.reason import NONE, Reason
from provisioner.settings.values import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Whoever is listed under an id, and the people who may be meant."""

    entry: Agent
    held: OtherPerson | None = None
    """The owner of the desktop, who stays until an operator says who is who; None: nobody doubts it."""
    alike: tuple[Likeness, ...] = ()
    """Owners of desktops under other ids, who may be the same person."""
    taken_up: OtherPerson | None = None
    """Whoever had the desktop before this person was declared to be the same, as a kept roster has it; None: nobody."""
    parted: Agent | None = None
    """Whoever was declared to be somebody else, under the present id; None: nobody."""
    not_joined: Reason = NONE
    """Why `parted` cannot have the id again; empty: that can be."""
    desktop: DesktopName | None = None
    """The desktop of the id."""
    first: DesktopName | None = None
    """The first half of `parted`."""
    standing: Intent | None = None
    """An order about the id that waits for the next reading."""

    @property
    def owner(self) -> Agent | None:
        """From whom `distinct` tells the person apart, under this id; None: whoever it is has another id."""
        other = self.held or self.taken_up
        return None if other is None else other.entries.old

    @property
    def is_new(self) -> bool:
        """Whether there is anything for `distinct` to say."""
        return self.owner is not None or bool(self.alike)

    @property
    def is_same(self) -> bool:
        """Whether there is anything for `rekey --renamed` to say."""
        return self.held is not None or (self.parted is not None and not self.not_joined)

    @property
    def rekeys(self) -> tuple[Rekey, ...]:
        """What the order `rekey --renamed` carries over."""
        key = self.entry.agent_id
        moved = () if self.held is not None or self.parted is None else (Rekey(self.parted.agent_id, key),)
        return (*moved, Rekey(key, key))

    def shown(self, *, same: bool) -> str:
        """The order's answer about whom it concerns."""
        owner = self.owner if not same or self.held is not None else self.parted
        return shown_as(self.entry, owner)


def who_is(settings: Settings, outside: OutsideSystems, ids: Iterable[AgentId]) -> dict[AgentId, Listed]:
    """Read the directory once; ids under which nobody is listed are left out. Raises DirectoryError and StoreError."""
    records, reading = outside.store.load(), outside.directory.read()
    in_force = in_force_of(records, site_config_of(settings))
    who = who_is_who(reading, in_force, everybody=True)
    found = {key: _listed(reading.agents[key], who, records) for key in ids if key in reading.agents}
    return {
        key: replace(each, taken_up=_taken_up(key, reading, in_force, outside.store.rosters()))
        if key in records.owners and not each.is_new
        else each
        for key, each in found.items()
    }


def _listed(entry: Agent, who: WhoIsWho, records: Records) -> Listed:
    key = entry.agent_id
    former = max(_former(key, records), key=lambda each: int(each.rpartition("-")[2]), default=None)
    parted = None if former is None else known_in(records.roster).get(former)
    done = apply_rekeys((Rekey(parted.agent_id, key),), records) if parted is not None else None
    return Listed(
        entry=entry,
        held=next((other for other in who.others if other.agent_id == key), None),
        alike=tuple(_alike(key, who)),
        parted=parted,
        not_joined=next(iter(done.refused), NONE) if done is not None else NONE,
        desktop=_desktop_of(key, records),
        first=None if parted is None else _desktop_of(parted.agent_id, records),
        standing=next((each for each in records.intents if each.kind in OF_PERSONS and each.target == key), None),
    )


def _former(key: AgentId, records: Records) -> Iterator[AgentId]:
    """The ids of whoever had the id before, and still has a desktop."""
    return (each for each in records.owners if each.startswith(f"{key}{FORMER}"))


def _alike(key: AgentId, who: WhoIsWho) -> Iterator[Likeness]:
    yield from (pair for pair in (*who.recreated.pairs, *who.twice) if pair.new.agent_id == key)
    for group in who.recreated.unclear:
        yield from (compare_entries(old, new) for new in group.new if new.agent_id == key for old in group.old)


def _taken_up(key: AgentId, reading: Roster, in_force: AcceptedState, kept: Iterable[Roster]) -> OtherPerson | None:
    """The newest kept roster in which the id seems to show somebody else."""
    before = (who_is_who(reading, replace(in_force, accepted=roster)).others for roster in kept)
    return next((other for others in before for other in others if other.agent_id == key), None)


def _desktop_of(key: AgentId, records: Records) -> DesktopName | None:
    own = (record for record in records.desktops.values() if record.reservation.agent_id == key)
    return next((record.reservation.name for record in own if record.superseded_by is None), None)


__all__ = ["Listed", "who_is"]
