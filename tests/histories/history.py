"""One history: the daemon reads the directory after everything that happens, and desktops are compared with their people."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from provisioner.model.budget import Pace
from provisioner.model.guard import Guard
from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.kept.records import Records
from provisioner.planning.roster.departed import known_in
from tests.builders.core import a_config
from tests.builders.reconciler import Site
from tests.histories.happenings import HAPPENINGS, a_name
from tests.histories.operator import accept, say_who
from tests.histories.world import UNITS, World, person_of

PEOPLE, STEPS = 9, 14
LOOSE = Guard(
    leavers=1_000, joiners=1_000, unit_leavers=1_000, small_site_leavers_percent=100.0, small_site_joiners_percent=1_000.0
)
"""Half of the histories: what the guard would hold back has to be harmless one by one, too."""
LATE, SHARES_MAIL = 0.8, 0.3
"""How often somebody else comes under a typed id after an order, and how many histories have one mailbox for each unit."""
_HOUR = 3600.0


class History:
    """What happened, and who has had which desktop."""

    def __init__(self, seed: int) -> None:
        self.dice, self.late, self.trace = Random(seed), Random(f"late {seed}"), list[str]()
        made = self.dice.random() < 0.5
        self.world = World(numbered=self.dice.random() < 0.5, made=made, shares_mail=self.late.random() < SHARES_MAIL)
        for _ in range(PEOPLE):
            self.world.join(name=a_name(self.dice), unit=self.dice.choice(UNITS))
        guard = self.dice.choice((Guard(), LOOSE))
        config = replace(a_config(), pace=Pace(), ids_are_made=made, guard=guard)
        self.site = Site(agents=self.world.read(0.0), config=config)
        self.first: dict[tuple[DesktopName, Instant], int] = {}
        self.ordered: set[int] = set()

    def play(self) -> Iterator[str]:
        """Everything that is wrong, as soon as it is."""
        self._read()
        yield from self._wrong()
        for _ in range(STEPS):
            happens = self.dice.choice(HAPPENINGS)
            self.trace.append(happens.__name__)
            happens(self.world, self.dice, self._settled())
            about = self._order()
            if about is not None and not self.world.made and self.late.random() < LATE:
                self._happens_late(about)
            self._read()
            if wrong := list(self._wrong()):
                yield from wrong
                return

    def _happens_late(self, key: AgentId) -> None:
        """Whom the operator was shown under the id is not who the daemon reads there next: somebody new, or as it was."""
        self.trace.append(f"another under {key} after the order")
        before = [entries[key] for entries in self.world.earlier if key in entries]
        if before and self.late.random() < 0.5:
            self.world.entries[key] = before[0]
            return
        names = (name for name in iter(lambda: a_name(self.late), "") if name not in {entry.name for entry in before})
        self.world.join(key, name=next(names), unit=self.late.choice(UNITS))

    def _order(self) -> AgentId | None:
        """The id that an order was given about."""
        dice = self.dice.random()
        if dice < 0.4:
            return say_who(self.site, self.world, self.dice)
        if dice < 0.5:
            accept(self.site, self.world)
        elif dice < 0.55:
            self.site.restart()
        return None

    def _read(self) -> None:
        self.site.clock.at += self.dice.choice((0.2, 2.0, 9.0, 40.0)) * _HOUR
        for _ in range(2):  # what is ordered is done before the next reading
            self.site.roster = self.world.read(self.site.clock.at)
            self.site.reconciler.read_directory()
            self.site.settle(cycles=4)

    def _settled(self) -> list[AgentId]:
        roster = self.site.store.load().roster
        agents = roster.agents if roster is not None else {}
        return [key for key in sorted(self.world.entries) if agents.get(key) == self.world.entry(key)]

    def _wrong(self) -> Iterator[str]:
        records = self.site.store.load()
        desktops = defaultdict[int, list[DesktopName]](list)
        for name, person in _people(records):
            record = records.desktops[name]
            key = (name, record.reservation.reserved_at)
            if self.first.setdefault(key, person) != person:
                yield f"{name} was made for {self.first[key]} and is {person}'s: {self.trace}"
            if record.superseded_by is None:
                desktops[person].append(name)
        for person, names in desktops.items():
            if len(names) > 1:
                yield f"{person} has {', '.join(sorted(names))}: {self.trace}"


def _people(records: Records) -> Iterator[tuple[DesktopName, int]]:
    known = known_in(records.roster)
    for name, record in records.desktops.items():
        agent = known.get(record.reservation.agent_id) if record.reservation.agent_id is not None else None
        if agent is not None:
            yield name, person_of(agent)


def wrong_in(seed: int) -> list[str]:
    """What is wrong in this history."""
    return list(History(seed).play())


__all__ = ["wrong_in"]
