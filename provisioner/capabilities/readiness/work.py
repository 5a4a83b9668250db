"""Asks each night how ready the site is, by a command in a process of its own.

A rehearsal of 1,700 desktops computes for minutes, and the control loop would wait for it. The command keeps its answer in the
store. A run that ends without one is not an answer of the site, and one without the trial that was asked for is half of one:
there is one more. Only what that does not answer is kept here as 0, with why.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from provisioner.capabilities.readiness.history import ANSWERS, DRILLS
from provisioner.capabilities.readiness.model import STATE, Cause, Readiness, StandingState
from provisioner.capabilities.readiness.reasons import ENDED_SILENT, NO_ANSWER_WITHIN, NOT_STARTED
from provisioner.capabilities.readiness.settings import READINESS, ReadinessSettings
from provisioner.daemon.beside import OwnCommand, SideWork, Surroundings
from provisioner.daemon.rounds import RoundThread
from provisioner.errors import StoreError
from provisioner.model.ids import Instant
from provisioner.ports import Clock, Store
from provisioner.reasons.reason import Reason

LATE_S = 6 * 3600.0
"""A night that the daemon has missed is made up for within this time; later, people would be at work."""
AGAIN_S = 600.0
"""By the daemon's clock, from a run without an answer to the only other one of the night: what has made it fail, such as a
restart or a small surge, is mostly over by then."""
_LOOK_S = 60.0
"""Seconds of the daemon's clock between two looks at whether a night is due."""
_NICE = 10
"""The loop, and whoever is at work, come first."""
_END_S = 10.0
"""Real seconds from SIGTERM to SIGKILL: the command takes its trial desktops back meanwhile."""


def last_due(now: Instant, rules: ReadinessSettings) -> Instant:
    """When the night that is last past was due. Without a zone, by this machine's."""
    zone = None if rules.zone is None else ZoneInfo(rules.zone)
    today = datetime.fromtimestamp(now, zone)
    due = today.replace(hour=rules.at // 60, minute=rules.at % 60, second=0, microsecond=0, fold=0)  # once, if it comes twice
    if due.timestamp() > now:
        due = (due.replace(tzinfo=None) - timedelta(days=1)).replace(tzinfo=zone)
    return due.timestamp()


class ReadinessWatch(RoundThread):
    """One look a minute at whether a night is due, and at what the store keeps; a run has a thread of its own."""

    def __init__(
        self,
        command: OwnCommand,
        *,
        rules: Callable[[], ReadinessSettings | None],
        store: Store,
        clock: Clock,
        rate: float,
        notice: Callable[[str, str], None],
        start: Callable[[Callable[[], None]], object] = lambda work: threading.Thread(target=work, daemon=True).start(),
    ) -> None:
        """`store`: not the owner's, for reading and keeping answers. `rate`: seconds of the clock per real second. `start`: has
        the run done, which takes up to hours, and returns at once."""
        super().__init__("readiness", notice=notice)
        self._command, self._rules, self._start = command, rules, start
        self._store, self._clock, self._rate = store, clock, rate
        self._state = StandingState()
        self._process: subprocess.Popen[str] | None = None
        self._asked: Instant | None = None
        """The night that this daemon has asked for: a store that keeps nothing would be asked each minute."""
        self._again_at: Instant | None = None
        """When that night is asked for once more."""

    def now(self) -> StandingState:
        """What the store kept a minute ago."""
        return self._state

    def pause(self) -> None:
        """A minute."""
        self._over.wait(_LOOK_S / self._rate)

    def round(self) -> None:
        """See what is kept, and ask if a night is due and not answered."""
        self._read()
        self._ask_if_due()

    def _read(self) -> None:
        """Without an answer of the store it is as before."""
        with suppress(StoreError):
            answer = next(iter(self._store.latest(ANSWERS, 1)), None) if self._rules() is not None else None
            drills = {drill.place: drill for drill in reversed(self._store.latest(DRILLS, DRILLS.most))}
            self._state = StandingState(answer=answer, drills=drills)

    def _ask_if_due(self) -> None:
        rules, now = self._rules(), self._clock.now()
        if rules is None or not self._command.words or self._over.is_set():
            return
        due = last_due(now, rules)
        again = due == self._asked and self._again_at is not None and not 0 < self._again_at - now <= AGAIN_S
        if (due == self._asked and not again) or now - due > LATE_S:
            return
        self._asked, self._again_at = due, None
        try:
            if self._newest() >= due:
                return
        except StoreError as error:
            self._notice("readiness", f"the answers that are kept cannot be read: {error}")
        self._start(lambda: self._ask(rules, now, again_until=0.0 if again else due + LATE_S))

    def close(self, within_s: float = 2.0) -> None:
        """End what runs. What it has made is taken back by the command, or after the next start."""
        self._over.set()
        process = self._process
        if process is not None and process.poll() is None:
            _end(process)
        super().close(within_s)

    def _newest(self) -> Instant:
        return max((answer.at for answer in self._store.latest(ANSWERS, 1) if not answer.untried), default=0.0)

    def _ask(self, rules: ReadinessSettings, now: Instant, *, again_until: Instant) -> None:
        """`again_until`: until when there may be another run, if this one fails or leaves its trial out."""
        why = self._run(rules)
        if self._over.is_set():
            return
        try:
            self._note(rules, now, why, again_until=again_until)
        except StoreError as error:
            self._notice("readiness", f"no answer is kept: {error}")
        self._read()

    def _note(self, rules: ReadinessSettings, now: Instant, why: Reason, *, again_until: Instant) -> None:
        """What the command has kept; if nothing, that there is another run, or that there was no answer. Raises StoreError."""
        answer = next((answer for answer in self._store.latest(ANSWERS, 1) if answer.at >= now), None)
        lacks = why if answer is None else answer.untried
        at = self._clock.now() + AGAIN_S
        if lacks and at <= again_until and lacks.code != NO_ANSWER_WITHIN.code:  # that run had all the time there is
            self._again_at = at
            self._notice("readiness", f"{lacks}; it is asked once more in {AGAIN_S / 60:.0f} min")
            return
        if answer is None:
            answer = _unanswered(rules, now, why)
            self._store.add(ANSWERS, answer)
        self._notice("readiness", _in_words(answer))

    def _run(self, rules: ReadinessSettings) -> Reason:
        """Why there may be no answer."""
        scenario = [] if rules.scenario is None else [str(rules.scenario)]
        trial = ["--trial"] if rules.trial else []
        words = [*self._command.words, "surge", "readiness", *scenario, "--keep", "--json", *trial, *self._command.options]
        try:
            process = self._process = subprocess.Popen(  # noqa: S603 (our own command, with paths of the configuration)
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                env=dict(self._command.environment),
                start_new_session=True,
            )
        except OSError as error:
            return NOT_STARTED(said=error.strerror or "")
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
        try:
            said = process.communicate(timeout=rules.within_s / self._rate)[1]
        except subprocess.TimeoutExpired:
            _end(process)
            process.communicate()
            return NO_ANSWER_WITHIN(within_s=round(rules.within_s))
        last = (said.strip().splitlines() or [""])[-1]
        return ENDED_SILENT(code=process.returncode, said=last)


def _unanswered(rules: ReadinessSettings, now: Instant, why: Reason) -> Readiness:
    """How many are wanted is not known either."""
    scenario = "" if rules.scenario is None else rules.scenario.stem
    return Readiness(at=now, scenario=scenario, wanted=0, ready=0, causes=(Cause(what=why, people=0),))


def _in_words(answer: Readiness) -> str:
    people = f"{answer.ready} of {answer.wanted} people"
    causes = "".join(f"; {cause.what}" for cause in answer.causes)
    if answer.untried:
        return f"not known, for {answer.untried}; otherwise {people}{causes}"
    return f"{answer.percent} of 100: {people}{causes}"


def _end(process: subprocess.Popen[str]) -> None:
    """With everything that it has started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_S)
            return


def _make(around: Surroundings) -> ReadinessWatch:
    """Always: a reload may bring the section, and drills are made without it."""
    return ReadinessWatch(
        around.command,
        rules=lambda: around.settings().sections[READINESS],
        store=around.reader,
        clock=around.clock,
        rate=around.rate,
        notice=around.notice,
    )


WORK = SideWork(part=STATE, make=_make)
