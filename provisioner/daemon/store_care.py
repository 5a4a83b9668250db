"""What the store needs from time to time: to be read whole, to lose old lines, and to get what is kept in memory meanwhile."""

from collections.abc import Callable
from math import inf

from provisioner.daemon.progress_log import ProgressLog
from provisioner.errors import StoreError
from provisioner.model.actions import Outcome
from provisioner.model.machines.seats import is_trial
from provisioner.model.people.agents import Roster
from provisioner.model.scenario.etas import Measurement
from provisioner.model.status import Status
from provisioner.ports import ApiCall, Clock, Store
from provisioner.reasons.reason import NONE, Reason, reason_of
from provisioner.rehearsal.measuring import Measuring


class StoreCare:
    """Each is one short call, by a tick of the daemon. None raises: a fault of the store does not end the daemon."""

    def __init__(
        self,
        store: Callable[[], Store],
        *,
        measuring: Measuring,
        progress: ProgressLog,
        keep_s: Callable[[], float],
        clock: Clock,
        notice: Callable[[str, str], None],
    ) -> None:
        """`store` is asked at each call: a clock that is set back replaces it. `keep_s`: the journal lines' greatest age."""
        self._store, self._measuring, self._progress = store, measuring, progress
        self._keep_s, self._clock, self._notice = keep_s, clock, notice
        self.fault: Reason = NONE
        """Of the last reading of the whole store; empty: it can be read."""

    def verify(self) -> None:
        """Read the whole store, for `fault`."""
        try:
            self._store().verify()
        except StoreError as error:
            self.fault = reason_of(error)
        else:
            self.fault = NONE

    def trim_journal(self) -> None:
        """Erase what is older than the settings say."""
        now, keep_s = self._clock.now(), self._keep_s()
        if keep_s == inf:
            return
        try:
            self._store().trim_journal(before=now - keep_s, at=now)
        except StoreError as error:  # tomorrow again
            self._notice("store", f"old lines of the journal are not erased: {error}")

    def keep(self) -> None:
        """All that is in memory alone."""
        self.keep_measured()
        self.keep_progress()

    def keep_measured(self) -> None:
        """Durations, for forecasts."""
        self._write_measured(self._measuring.take(self._clock.now()))

    def keep_tried(self) -> None:
        """The same of clones and boots, at once: whoever has had a trial made asks for a forecast as soon as it is over."""
        if measured := self._measuring.take_runs():
            self._write_measured(measured)

    def _write_measured(self, measured: tuple[Measurement, ...]) -> None:
        try:
            self._store().keep_measured(measured)
        except StoreError:  # a forecast then knows less; a fault of the store is noticed by those who need it
            return

    def keep_progress(self) -> None:
        """How far the surge is, for its report."""
        noted = self._progress.take()
        try:
            self._store().keep_progress(noted)
        except StoreError:  # the next time; a fault of the store is noticed by those who need it
            self._progress.give_back(noted)


class TrialEnds:
    """A listener (ports.Events): calls `keep` at each cycle's end while there is a trial desktop. One is there for minutes."""

    def __init__(self, keep: Callable[[], None]) -> None:
        """`keep` is called by the control thread; it must not raise."""
        self._keep = keep

    def status(self, status: Status) -> None:
        """Not after the cycle that finds it deleted: then whoever ordered it no longer waits."""
        if any(is_trial(desktop.reservation.seat) for desktop in status.desktops.values()):
            self._keep()

    def api_call(self, call: ApiCall) -> None:
        """Nothing to keep."""

    def outcome(self, outcome: Outcome) -> None:
        """Kept at the cycle's end."""

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """Nothing to keep."""

    def notice(self, subject: str, text: str) -> None:
        """Nothing to keep."""


__all__ = ["StoreCare", "TrialEnds"]
