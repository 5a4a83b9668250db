"""Sites with a rotation: people who share a pool's desktops by half-days."""

from dataclasses import replace
from typing import Any

from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.lending import LeaseState
from provisioner.model.people.profiles import Selection
from provisioner.model.pools import AfterPerson, Lend
from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.rotation import Rotation, RotationState
from provisioner.model.scenario.scenarios import Scenario
from tests.builders.core import a_session, an_agent_id
from tests.builders.pools import DESK, with_desk
from tests.builders.reconciler import Site

AM, PM = 12 * 3600.0, 15 * 3600.0
"""When the half-days begin, after midnight in UTC; each takes two hours."""
HALF_DAYS = (HalfDay(name="am", begins=720, ends=840), HalfDay(name="pm", begins=900, ends=1020))
CALENDAR = Calendar(zone="UTC", working_days=frozenset(range(5)), half_days=HALF_DAYS)


def a_rotation(**changed: Any) -> Rotation:
    """One of two half-days of a Friday, for everybody."""
    values = {"pool": DESK, "share": Share(slots=1, of=2), "who": Selection()}
    return Rotation(**{**values, **changed})


def a_scenario(rotation: Rotation | None = None, **changed: Any) -> Scenario:
    """It begins by itself."""
    values = {"name": "rotation", "waves": (), "planned": True, "calendar": CALENDAR, "rotation": rotation or a_rotation()}
    return Scenario(**{**values, **changed})


class RotatingSite(Site):
    """A daemon whose people come by half-days. It begins on a Friday at 08:00 UTC."""

    def __init__(self, agents: int, size: int, *, scenario: Scenario | None = None, **pool: Any) -> None:
        self.midnight = 0.0
        desk = {"lend": Lend.BY_PLAN, "after_person": AfterPerson.RESTART, **pool}
        super().__init__(agents=agents, config=with_desk(size=size, **desk), scenario=scenario or a_scenario())
        self.midnight = self.clock.at // 86400.0 * 86400.0
        self.come_to_rest()

    def until(self, after_midnight: float, *, cycles: int = 6) -> None:
        """Go on to this time of the day, and let it settle: reports are fresh, and what was ordered is done."""
        self.clock.at = max(self.clock.at, self.midnight + after_midnight)
        for _ in range(cycles):
            self.carry_out(self.look(after=5))
            self.cluster.come_out()

    def has(self, number: int) -> DesktopName | None:
        """The desktop that is lent to the agent."""
        for name, record in self.store.load().desktops.items():
            lease = record.lease
            if lease is not None and lease.state is LeaseState.LENT and lease.agent_id == an_agent_id(number):
                return name
        return None

    def log_on(self, number: int, *, name: DesktopName | None = None) -> DesktopName:
        """The agent logs on to the lent desktop."""
        found = name or self.has(number)
        assert found is not None, "there is nothing to log on to"
        vmid = self.store.load().desktops[found].reservation.vmid
        self.cluster.sessions[vmid] = (a_session(f"login{number:04}"),)
        return found

    def log_off(self, name: DesktopName) -> None:
        """Nobody is logged on there any more."""
        self.cluster.sessions.pop(self.store.load().desktops[name].reservation.vmid)

    @property
    def rotation(self) -> RotationState:
        """As the last status has it."""
        assert self.status.rotation is not None
        return self.status.rotation

    def of_slot(self, index: int) -> list[int]:
        """The numbers of the people who are planned for a half-day of the first day, by its place."""
        begins = self.midnight + (AM, PM)[index]
        weeks = self.store.load().half_days.values()
        found = [week.agent_id for week in weeks if any(slot.begins == begins for slot in week.slots)]
        return sorted(numbers[agent_id] for agent_id in found)


numbers: dict[AgentId, int] = {an_agent_id(number): number for number in range(1, 100)}


def resized(site: RotatingSite, size: int) -> None:
    """The pool has another size from the next cycle on."""
    pool = replace(site.config.desktop_pools[DESK], size=size)
    site.config = replace(site.config, desktop_pools={DESK: pool})
    site.reconciler.follow(site.config)
