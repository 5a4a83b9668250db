"""The thread that keeps the zones up."""

from collections.abc import Callable, Iterable

from provisioner.model.status import Status
from provisioner.model.zones import ZoneRules, ZoneState
from provisioner.ports import Clock, ZoneServer
from provisioner.publishing.desired import desired_records
from provisioner.publishing.rounds import ZoneRounds
from provisioner.publishing.thread import StatusThread


def no_notice(_: str, __: str) -> None:
    """For those who want none."""


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
        super().__init__("dns", interval_s=rules.interval_s / clock_rate)
        self._rounds = [ZoneRounds(server, rules, installation=installation) for server in servers]
        self._rules, self._clock = rules, clock
        self._frozen, self._notice = frozen, notice
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
