"""The thread that makes rounds of a broker, and asks who is connected; and the grants that open lent desktops."""

from collections.abc import Callable
from dataclasses import replace
from math import inf

from provisioner.capabilities.brokers.decide import Wanted, desired_connections
from provisioner.capabilities.brokers.evidence import disagreements, fresh_uses
from provisioner.capabilities.brokers.model import STATES, BrokerRules, BrokerState, ConnectionServer
from provisioner.capabilities.brokers.rounds import BrokerRounds
from provisioner.capabilities.brokers.settings import GUACAMOLE
from provisioner.daemon.beside import GRANT, SideWork, Surroundings
from provisioner.daemon.rounds import StatusThread, no_notice
from provisioner.extensions import Parts
from provisioner.model.ids import Instant
from provisioner.model.status import Status
from provisioner.ports import Clock

USES_S = 60.0
"""Between two questions who is connected: as often as desktops push what they say of their sessions."""


class BrokerWorker(StatusThread):
    """Makes a round when desktops have come or gone, and at each interval. Its thread touches nothing but the broker."""

    def __init__(
        self,
        server: ConnectionServer,
        rules: BrokerRules,
        *,
        desired: Callable[[Status], Wanted],
        clock: Clock,
        frozen: Callable[[], bool] = lambda: False,
        notice: Callable[[str, str], None] = no_notice,
        clock_rate: float = 1.0,
    ) -> None:
        """`frozen`: while it is true, the broker is read and nothing is written. `notice`: is told when it begins or ceases to
        fail. `clock_rate`: seconds of the clock per real second.
        """
        super().__init__("broker", interval_s=min(USES_S, rules.interval_s) / clock_rate, notice=notice)
        self._rounds, self._rules, self._desired = BrokerRounds(server, rules), rules, desired
        self._clock, self._frozen = clock, frozen
        self._state = self._rounds.state
        self._uses_due: Instant = -inf

    def now(self) -> tuple[BrokerState, ...]:
        """The state of the broker. Any thread may ask: it is replaced as a whole."""
        return (self._state,)

    def once(self, status: Status) -> BrokerState:
        """One round. If it has left something for the next, that follows at once."""
        now, before = self._clock.now(), self._rounds.state.failing
        may_write = not self._rules.dry_run and not self._frozen()
        state = self._rounds.round(self._desired(status), may_write=may_write, may_remove=status.baseline_accepted, now=now)
        if not state.failing and now >= self._uses_due:
            state, self._uses_due = self._rounds.ask_uses(now), now + USES_S
        sessions = {name: desktop.sessions for name, desktop in status.desktops.items()}
        state = replace(state, disagreements=disagreements(fresh_uses((state,), now), sessions, now))
        if state.failing != before:
            what = f"connections are not kept up: {state.failing}" if state.failing else "connections are kept up again"
            self._notice(f"broker {state.broker}", what)
        self._state = state
        if self._rounds.has_more and not state.failing:
            self._changed.set()
        return state


def _make(around: Surroundings) -> BrokerWorker | None:
    settings = around.settings()
    section = settings.sections[GUACAMOLE]
    if section is None or section.connections is None:
        return None
    from provisioner.capabilities.brokers.outside import GuacamoleConnections

    def desired(status: Status) -> Wanted:
        connections = {name: profile.connection for name, profile in around.settings().profiles.items()}
        return desired_connections(status, connections, zone=settings.desktop_zone, parameters=section.parameters)

    return BrokerWorker(
        GuacamoleConnections(section, section.connections, installation=settings.installation),
        section.connections.rules,
        desired=desired,
        clock=around.clock,
        frozen=around.frozen,
        notice=around.notice,
        clock_rate=around.rate,
    )


def _services(around: Surroundings, _: object) -> Parts:
    section = around.settings().sections[GUACAMOLE]
    if section is None or section.grants is None:
        return Parts()
    from provisioner.capabilities.brokers.grants import GuacamoleGrants

    return Parts().having(GRANT, GuacamoleGrants(section, section.grants).grant)


WORK = SideWork(part=STATES, make=_make, services=_services)
