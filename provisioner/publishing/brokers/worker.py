"""Makes rounds of a broker, and asks who is connected."""

from collections.abc import Callable
from math import inf

from provisioner.model.brokers import BrokerRules, BrokerState
from provisioner.model.ids import Instant
from provisioner.model.status import Status
from provisioner.ports import Clock, ConnectionServer
from provisioner.publishing.brokers.difference import Wanted
from provisioner.publishing.brokers.rounds import BrokerRounds
from provisioner.publishing.round_thread import RoundThread

USES_S = 60.0
"""Between two questions who is connected: as often as desktops push what they say of their sessions."""


class BrokerWorker:
    """Makes a round when desktops have come or gone, and at each interval. Its thread touches nothing but the broker."""

    def __init__(
        self,
        server: ConnectionServer,
        rules: BrokerRules,
        *,
        desired: Callable[[Status], Wanted],
        clock: Clock,
        frozen: Callable[[], bool] = lambda: False,
        notice: Callable[[str, str], None] = lambda _subject, _text: None,
        clock_rate: float = 1.0,
    ) -> None:
        """`frozen`: while it is true, the broker is read and nothing is written. `notice`: is told when it begins or ceases to
        fail. `clock_rate`: seconds of the clock per real second.
        """
        self._rounds, self._rules, self._desired = BrokerRounds(server, rules), rules, desired
        self._clock, self._frozen, self._notice = clock, frozen, notice
        every_s = min(USES_S, rules.interval_s) / clock_rate
        self._thread = RoundThread("broker", lambda status: self.once(status) and self._rounds.has_more, every_s=every_s)
        self._state = self._rounds.state
        self._uses_due: Instant = -inf

    def offer(self, status: Status) -> None:
        """The last status. Called by the control thread: takes a reference, and returns."""
        self._thread.offer(status)

    def now(self) -> tuple[BrokerState, ...]:
        """The state of the broker. Any thread may ask: it is replaced as a whole."""
        return (self._state,)

    def open(self) -> None:
        """Begin."""
        self._thread.open()

    def close(self, within_s: float = 2.0) -> None:
        """End after the request that is under way; wait at most so many real seconds."""
        self._thread.close(within_s)

    def once(self, status: Status) -> bool:
        """One round; returns whether it was whole."""
        now, before = self._clock.now(), self._rounds.state.failing
        may_write = not self._rules.dry_run and not self._frozen()
        state = self._rounds.round(self._desired(status), may_write=may_write, may_remove=status.baseline_accepted, now=now)
        if not state.failing and now >= self._uses_due:
            state, self._uses_due = self._rounds.ask_uses(now), now + USES_S
        if state.failing != before:
            what = f"connections are not kept up: {state.failing}" if state.failing else "connections are kept up again"
            self._notice(f"broker {state.broker}", what)
        self._state = state
        return not state.failing
