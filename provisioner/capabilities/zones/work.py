"""Rounds of the zones: read, compare, write; and the thread that makes them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from provisioner.capabilities.zones.decide import ZoneDifference, desired_records, difference
from provisioner.capabilities.zones.model import STATES, ZoneRecord, ZoneRules, ZoneServer, ZoneState
from provisioner.capabilities.zones.settings import DNS
from provisioner.daemon.beside import SideWork, Surroundings
from provisioner.daemon.rounds import StatusThread, no_notice
from provisioner.errors import PublishingError
from provisioner.model.ids import Instant
from provisioner.model.status import Status
from provisioner.ports import Clock


class ZoneRounds:
    """One zone, from round to round. One thread uses it."""

    def __init__(self, server: ZoneServer, rules: ZoneRules, *, installation: str) -> None:
        self._server, self._rules, self._installation = server, rules, installation
        self._gone_since: Mapping[str, Instant] = {}
        """Since when names of ours have not been wanted, in this life of the daemon."""
        self.state = ZoneState(zone=server.zone, dry_run=rules.dry_run)

    def round(self, wanted: Mapping[str, ZoneRecord], *, may_write: bool, may_remove: bool, now: Instant) -> ZoneState:
        """Bring the zone up to what is wanted. A failure is in the state, and the next round begins anew."""
        try:
            found = self._compare(wanted, may_remove=may_remove, now=now)
            undone = self._server.apply(found.changes) if may_write else found.changes
        except PublishingError as error:
            self.state = replace(self.state, wanted=len(wanted), failing=error.reason)
            return self.state
        writes = [change for change in undone if change.record is not None]
        self.state = ZoneState(
            zone=self._server.zone,
            wanted=len(wanted),
            published=len(wanted) - len(found.foreign) - len(writes),
            waiting=len(undone),
            foreign=found.foreign,
            read_at=now,
            dry_run=self._rules.dry_run,
        )
        return self.state

    def _compare(self, wanted: Mapping[str, ZoneRecord], *, may_remove: bool, now: Instant) -> ZoneDifference:
        due = now - self._rules.remove_after_s

        held, used = self._server.read(), {record.value for record in wanted.values()}

        def may_go(name: str) -> bool:
            """At once, if another desktop has its address now: the name would lead to somebody else's desktop."""
            leads_elsewhere = any(value in used for _, value in held[name].values)
            return may_remove and (leads_elsewhere or self._gone_since.get(name, now) <= due)

        found = difference(wanted, held, installation=self._installation, may_go=may_go)
        self._gone_since = {name: min(now, self._gone_since.get(name, now)) for name in found.gone}
        return found


class ZoneWorker(StatusThread):
    """Makes a round when desktops have come or gone, and at each interval. Its thread touches nothing but the zones."""

    def __init__(
        self,
        servers: Iterable[ZoneServer],
        rules: ZoneRules,
        *,
        installation: str,
        clock: Clock,
        frozen: Callable[[], bool] = lambda: False,
        notice: Callable[[str, str], None] = no_notice,
        clock_rate: float = 1.0,
    ) -> None:
        """`frozen`: while it is true, zones are read and nothing is written. `notice`: is told when a zone begins or ceases to
        fail. `clock_rate`: seconds of the clock per real second.
        """
        super().__init__("dns", interval_s=rules.interval_s / clock_rate, notice=notice)
        self._rounds = [ZoneRounds(server, rules, installation=installation) for server in servers]
        self._rules, self._clock = rules, clock
        self._frozen = frozen
        self._states: tuple[ZoneState, ...] = tuple(zone.state for zone in self._rounds)

    def now(self) -> tuple[ZoneState, ...]:
        """The state of every zone. Any thread may ask: they are replaced as a whole."""
        return self._states

    def once(self, status: Status) -> tuple[ZoneState, ...]:
        """One round of every zone, each for itself."""
        desired = desired_records(status, self._rules)
        states = []
        for zone in self._rounds:
            if self._over.is_set():
                return self._states
            before, wanted = zone.state.failing, desired[zone.state.zone]
            may_write = not self._rules.dry_run and not self._frozen()
            state = zone.round(wanted, may_write=may_write, may_remove=status.baseline_accepted, now=self._clock.now())
            if state.failing != before:
                self._notice(f"zone {state.zone}", f"not kept up: {state.failing}" if state.failing else "kept up again")
            states.append(state)
        self._states = tuple(states)
        return self._states


def _make(around: Surroundings) -> ZoneWorker | None:
    settings = around.settings()
    section = settings.sections[DNS]
    if section is None:
        return None
    # Only if configured: loading dnspython takes time that every start would lose.
    from provisioner.capabilities.zones.outside import zones_of

    return ZoneWorker(
        zones_of(section),
        section.zones,
        installation=settings.installation,
        clock=around.clock,
        frozen=around.frozen,
        notice=around.notice,
        clock_rate=around.rate,
    )


WORK = SideWork(part=STATES, make=_make)
