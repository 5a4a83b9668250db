"""People borrow desktops of a pool on a twin, in virtual time: the whole reconciler, and two weeks of arrivals in its store.

A person asks for a desktop, logs on once it is ready, and gives it back when they leave. A person who finds none that is ready
asks again every few seconds, as a broker does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from provisioner.model.autoscale import AutoscaleMode, AutoscaleRules, AutoscaleState, PoolAutoscale
from provisioner.model.ids import ClusterId, DesktopName, DesktopPoolName
from provisioner.model.lending import GiveBackOrder, LendOrder
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.pools import AfterPerson, DesktopPool
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.session_counts import PoolQuarter, quarters_of
from provisioner.model.site_config import SiteConfig
from provisioner.reconciler import run
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.twin.model.guests import TwinGuest, TwinSession
from tests.bench.stage import PROFILE, a_config_on, a_roster
from tests.builders.arrivals import CALENDAR, Visit

DESK = DesktopPoolName("desk")
_AGAIN_S, _LOG_ON_S, _SAMPLE_S = 5.0, 3.0, 10.0


@dataclass
class Borrowers:
    """What came of the people."""

    came: int = 0
    waited: int = 0
    longest_s: float = 0.0
    served: int = 0
    running_s: float = 0.0
    """Desktop-seconds that desktops of the pool ran, from the first look on."""
    in_use_s: float = 0.0
    """Desktop-seconds between a person's log-on and log-off."""
    most_on_one: int = 0
    """The most people who were logged on to one desktop at once."""
    had: dict[DesktopName, list[str]] = field(default_factory=dict)
    """Who had each desktop, one after the other."""

    @property
    def waited_percent(self) -> float:
        """Of all people."""
        return 100.0 * self.waited / max(1, self.came)


def a_pool(size: int, *, mode: AutoscaleMode = AutoscaleMode.ON, **rules: object) -> DesktopPool:
    """So many desktops at most, all of which are made; it follows its people."""
    sizes = AutoscaleRules(**{"min": size, "max": size, **rules})  # type: ignore[arg-type]  # a test's rules
    return DesktopPool(
        name=DESK,
        profile=PROFILE,
        size=size,
        after_person=AfterPerson.RESTART,
        autoscale=PoolAutoscale(mode=mode, rules=sizes, calendar=CALENDAR),
    )


class Borrowing:
    """One run. The twin and the reconciler can be inspected afterwards."""

    def __init__(
        self,
        spec: TwinSpec,
        pool: DesktopPool,
        *,
        earlier: Iterable[Sequence[Visit]] = (),
        people: int,
        begins_at: float,
        change: SiteConfig | None = None,
    ) -> None:
        config = change or a_config_on(spec)
        nobody = Scenario(name="nobody", waves=())
        config = replace(config, desktop_pools={pool.name: pool}, scenario=nobody)
        stage = Stage(config=config, roster=a_roster(people), twins={ClusterId(spec.name): spec}, begins_at=begins_at)
        self.rehearsal = Rehearsal(stage)
        self.reconciler, self.events = self.rehearsal.reconciler, self.rehearsal.events
        self._guests = self.rehearsal.twins[ClusterId(spec.name)].cluster.guests
        self._learn(earlier)
        self.found = Borrowers()
        self._sampling = False

    def _learn(self, earlier: Iterable[Sequence[Visit]]) -> None:
        quarters = quarters_of(visit.came for day in earlier for visit in day)
        self.rehearsal.store.keep_arrivals([PoolQuarter(pool=DESK, quarter=quarter) for quarter in quarters])
        self.reconciler.parts.arrivals.open()

    @property
    def state(self) -> AutoscaleState:
        """What was decided last."""
        status = self.reconciler.status
        assert status is not None, "after the first cycle"
        return status.autoscale[DESK]

    def go_on(self, until: float) -> None:
        """Until then, in virtual seconds since the epoch."""
        self.events.after(until - self.events.now, self.rehearsal.calls.nudge)
        run(self.reconciler, self.rehearsal.calls, until=lambda: self.events.now >= until)

    def play(self, visits: Iterable[Visit], until: float) -> Borrowers:
        """These people come, each an agent of their own."""
        for number, visit in enumerate(visits):
            self._at(visit.came, lambda number=number, visit=visit: self._arrive(f"u{number:06}", visit))  # type: ignore[misc]  # bound now
        self._sample()
        self.go_on(until)
        return self.found

    def _at(self, when: float, what: object) -> None:
        self.events.after(max(0.0, when - self.events.now), what)  # type: ignore[arg-type]  # no arguments

    def _arrive(self, login: str, visit: Visit) -> None:
        self.found.came += 1
        if not self._ask(login, visit, since=self.events.now):
            self.found.waited += 1

    def _ask(self, login: str, visit: Visit, *, since: float) -> bool:
        """Whether the person has a desktop that is ready."""
        answer = self.reconciler.lend(LendOrder(who=login, by="broker", at=self.events.now))
        self.rehearsal.calls.nudge()
        if answer.desktop is None or not answer.ready:
            self.events.after(_AGAIN_S, lambda: self._ask(login, visit, since=since))
            return False
        waited_s = self.events.now - since
        self.found.longest_s = max(self.found.longest_s, waited_s)
        self.found.served += 1
        self.found.had.setdefault(answer.desktop, []).append(login)
        guest = self._guest(answer.desktop)
        self.events.after(_LOG_ON_S, lambda: self._log_on(guest, login, visit.left + waited_s))
        return True

    def _guest(self, name: DesktopName) -> TwinGuest:
        return self._guests[self.rehearsal.store.load().desktops[name].reservation.vmid]

    def _log_on(self, guest: TwinGuest, login: str, leaves: float) -> None:
        now = self.events.now
        session = TwinSession(login=login, since=now, came_at=now)
        guest.log_on(session)
        self.found.most_on_one = max(self.found.most_on_one, len(guest.sessions))
        self.events.after(max(1.0, leaves - now), lambda: self._log_off(guest, session))

    def _log_off(self, guest: TwinGuest, session: TwinSession) -> None:
        self.found.in_use_s += self.events.now - session.since
        if session in guest.sessions:
            guest.log_off(session)
        self.reconciler.lend(GiveBackOrder(who=session.login, by="broker", at=self.events.now))
        self.rehearsal.calls.nudge()

    def _sample(self) -> None:
        running = sum(guest.desktop and guest.power == Power.RUNNING.value for guest in self._guests.values())
        self.found.running_s += running * _SAMPLE_S
        self.events.after(_SAMPLE_S, self._sample)


__all__ = ["DESK", "Borrowers", "Borrowing", "a_pool"]
