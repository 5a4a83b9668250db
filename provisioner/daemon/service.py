"""The running daemon: the control loop, with ticks, signals, the watchdog and an orderly end."""

import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from monitors.exposition import MAX_CYCLE_AGE_S, Exposition
from monitors.health import liveness_problems
from provisioner import gc_tuning
from provisioner.api.server import ApiServer
from provisioner.api.site import ApiSite, Noticeboard
from provisioner.daemon.beside import OwnCommand
from provisioner.daemon.callers import Callers
from provisioner.daemon.certificate_watch import watched_certificates
from provisioner.daemon.composition import (
    OutsideSystems,
    named_groups,
    outside_of,
    recorder_of,
    site_config_of,
)
from provisioner.daemon.disk_space import TRIED_S, free_mib, is_there, may_mend_itself, next_try_s, prove_writable
from provisioner.daemon.facts import facts_of
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.daemon.keeping import store_of
from provisioner.daemon.order_desk import OrderDesk, ReloadDesk
from provisioner.daemon.progress_log import ProgressLog
from provisioner.daemon.publishing import VERSION, ConfigWatch, StatusPublisher
from provisioner.daemon.push_desk import PushDesk
from provisioner.daemon.report_facts import report_facts
from provisioner.daemon.site_file import site_file_beside, write_site_file
from provisioner.daemon.steady_clock import SteadyClock
from provisioner.daemon.store_care import StoreCare, TrialEnds
from provisioner.daemon.systemd import Systemd
from provisioner.daemon.workers import Workers
from provisioner.daemon.wrong_log import LINES, WrongLog
from provisioner.errors import ExpositionError, SettingsError, StoreErased, StoreError
from provisioner.execution.thread_runner import ThreadCalls
from provisioner.model.freeze import intents_in_force
from provisioner.model.ids import Instant
from provisioner.model.intents import IntentKind
from provisioner.model.kept.known_people import KnownPerson
from provisioner.model.people.plain_text import one_line
from provisioner.model.status import ConfigState, Status
from provisioner.planning.report.status import with_intents
from provisioner.ports import Clock, Events, all_of
from provisioner.reasons.orders import STORE_WAITED_FOR
from provisioner.reasons.reason import Reason
from provisioner.reconciler import Order, Reconciler, run
from provisioner.rehearsal.measuring import Measuring, recall_days
from provisioner.settings.bascule import load_settings
from provisioner.settings.reload import needs_restart, reload_settings
from provisioner.settings.site_zone import site_zone
from provisioner.views.daemon import ReloadDocument
from provisioner.views.times import stamp
from provisioner.wrong.keeping import WrongList

DRAIN_S = 8.0
"""Real seconds from SIGTERM until the daemon ends, even with answers outstanding: the next start observes what happened."""
_WATCHDOG_S = 10.0
"""Real seconds between signs of life to systemd; the unit's WatchdogSec is several times that."""
STORE_CHECK_S = 900.0
"""Real seconds between two readings of the whole store. A reading takes 0.3 s of processor time for 160 MB."""
_MEASURED_S = 60.0
"""Real seconds between two writings of measurements: a few hundred rows at most, in one transaction."""
_PROGRESS_S = 10.0
"""Real seconds between two writings of how far the surge is: what a kill loses of its report."""
_DAY_S = 86_400.0
_TICK_GRACE_S = 60
"""A late tick on a busy machine still counts (APScheduler's default of 1 s would drop it)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceContext:
    """The differences between a site and a demonstration."""

    environment: Mapping[str, str]
    clock: Clock
    elapsed: Callable[[], float] | None = None
    """Seconds by a clock that nobody can set; None: `clock` is such a clock."""
    clock_rate: float = 1.0
    """Seconds of the clock per real second."""
    listeners: tuple[Events, ...] = ()
    """Get all events, in addition to the metrics: a log, a progress display."""
    done: Callable[[Reconciler], bool] = lambda _: False
    """True ends the daemon as SIGTERM does; called after each completion."""
    store_answers: Callable[[], None] = lambda: None
    """Called each time that the store can be used again, before anything is read from it; at a start only if it could not."""
    command: OwnCommand = OwnCommand(words=())
    """For what the daemon asks in a process of its own."""
    store_check_s: float = STORE_CHECK_S
    """Real seconds from one reading of the whole store to the next."""
    signals: bool = True
    """Whether SIGTERM, SIGINT and SIGHUP are handled; only possible in the main thread."""


class Service:
    """One daemon, from a configuration file to its end."""

    def __init__(self, config: Path, surroundings: ServiceContext) -> None:
        """Raises SettingsError with every problem of the configuration."""
        self.settings = load_settings(config, environment=surroundings.environment)
        self._config, self._surroundings = config, surroundings
        self._clock = SteadyClock(surroundings.clock, surroundings.elapsed)
        wrong = WrongList(self.settings.clusters)  # clusters change by a restart only
        self.recorder = recorder_of(self.settings, clock=self._clock, wrong=wrong)
        self._board = Noticeboard()
        self._reader = store_of(self.settings, clock=self._clock)
        site = ("--config", str(config.absolute()), "--socket", str(self.settings.api.socket.absolute()))
        self._workers = Workers(
            lambda: self.settings,
            store=lambda: self._outside.store,
            reader=self._reader,
            command=replace(surroundings.command, options=site),
            clock=self._clock,
            rate=surroundings.clock_rate,
            frozen=lambda: self._frozen(),
            notice=lambda subject, text: self._events.notice(subject, text),
        )
        self._publisher = StatusPublisher(self._board, lambda: self.reconciler, wrong=wrong.of, offer=self._workers.offer)
        measuring, progress = Measuring(lambda: self.settings.profiles), ProgressLog()
        tried = TrialEnds(lambda: self._care.keep_tried())
        self._wrong_log = WrongLog(wrong.of, clock_rate=surroundings.clock_rate)
        own = (self.recorder, self._publisher, measuring, progress, tried, self._wrong_log)
        self._events = all_of((*own, *surroundings.listeners))
        self._care = StoreCare(
            lambda: self._outside.store,
            measuring=measuring,
            progress=progress,
            keep_s=lambda: self.settings.store.journal_keep_s,
            clock=self._clock,
            notice=self._events.notice,
        )
        self._config_watch = ConfigWatch(config, environment=surroundings.environment, clock=self._clock)
        self._config_watch.in_force(self.settings)
        oldest_s = MAX_CYCLE_AGE_S * surroundings.clock_rate
        self.exposition = Exposition(self.recorder, self.settings.exposition, clock=self._clock, max_cycle_age_s=oldest_s)
        self._config_state = ConfigState(read_at=self._clock.now())
        self._freeze_files = FreezeFiles.of(self.settings.freeze_file, environment=surroundings.environment)
        self._set_up()
        self._orders = OrderDesk(self._freeze_files, nudge=lambda: self._calls.nudge())
        self._reloads = ReloadDesk(nudge=lambda: self._calls.nudge())
        rate = surroundings.clock_rate
        self._pushes = PushDesk(
            self.settings.receiver,
            clock=self._clock,
            clock_rate=rate,
            nudge=lambda: self._calls.nudge(),
            join=self._workers.join,
        )
        self._callers = Callers(self.settings.api)
        self.api = ApiServer(self._api_site(), self.settings.api, self._callers)
        self._api_is_open = False
        self._systemd = Systemd(surroundings.environment)
        self._end_by: float | None = None
        self._store_tried_s, self._store_back_at, self._store_is_away = TRIED_S, -inf, False
        self._reload = threading.Event()
        self._stop = threading.Event()

    def run(self) -> None:
        """Run until SIGTERM, SIGINT or `done`; then wait for outstanding answers, at most 8 s. Raises StoreError."""
        self._handle_signals()
        ticks = self._scheduler = self._ticks()
        try:
            self._open_exposition()
            self._begin_once_the_store_answers()
            if self._end_by is not None:
                return
            self._open_wrong_log()
            self._care.trim_journal()
            self._open_api()
            self._pushes.open()
            ticks.start()
            self._workers.open()
            self._systemd.tell("READY=1")
            self._events.notice("daemon", f"metrics at {self.exposition.url}/metrics")
            begin_anew = self._work()
            while self._end_by is None:
                begin_anew()
                begin_anew = self._work()
        finally:
            if begun := ticks.running:
                ticks.shutdown(wait=False)
            self._systemd.tell("STOPPING=1")  # no sign of life comes after it
            if begun:
                self._keep_the_last()
            self._workers.close()
            self._calls.close()
            self._pushes.close()
            self.api.close()
            self.exposition.close()
            self._outside.close()
            self._reader.close()
            self._systemd.close()

    def _keep_the_last(self) -> None:
        """Unless the store is away: each try of one that is silent lasts ten seconds, and systemd waits for twenty."""
        if self._store_is_away:
            return
        self._care.keep()
        self._wrong_log.end(self._clock.now())
        self._wrong_log.keep(self._outside.store)

    def _work(self) -> Callable[[], None]:
        """Until the end, or until it has to begin anew: how."""
        try:
            run(self.reconciler, self._calls, until=self._over)
        except StoreErased:
            return self._begin_after_erasure
        except StoreError as error:
            if not may_mend_itself(error, self.settings.store):
                raise
            return partial(self._begin_after_store_fault, error.reason)
        return self._begin_after_clock_change

    def known_people(self) -> tuple[KnownPerson, ...]:
        """Everybody who has ever had a desktop; nobody, if there is no store yet that can be read."""
        try:
            return self._reader.people()
        except StoreError:
            return ()

    def stop(self) -> None:
        """End in an orderly way; safe from any thread and from a signal handler."""
        self._stop.set()
        self._calls.nudge()

    def _set_up(self) -> None:
        """Create the adapters, and a reconciler without state."""
        self._outside = outside_of(self.settings, clock=self._clock, on_call=self._events.api_call)
        self.reconciler = Reconciler(
            site_config_of(self.settings),
            store=self._outside.store,
            clock=self._clock,
            events=self._events,
            freeze_mark=self._freeze_files.mark,
        )
        self.reconciler.board.config_state = self._config_state
        self._workers.shown_by(self.reconciler)
        self._calls = self._thread_calls(self._outside)

    def _begin_once_the_store_answers(self) -> None:
        """For systemd the start is over while it waits: it would end a start that takes longer than 90 s. Raises StoreError."""
        try:
            self._begin()
        except StoreError as error:
            if not may_mend_itself(error, self.settings.store):
                raise
            with suppress(OSError):  # the site's file may be on the same full disk: it is written once there is room
                self._open_api()
            self._systemd.tell("READY=1")
            self._begin_after_store_fault(error.reason)

    def _open_exposition(self) -> None:
        """Raises ExpositionError; StoreOwned if another daemon has the store: it has the port, and another would not help."""
        try:
            self.exposition.open()
        except ExpositionError:
            if is_there(self.settings.store):
                self._outside.store.claim()
            raise

    def _begin(self, *, set_back_s: float = 0.0) -> None:
        self.reconciler.open(set_back_s=set_back_s)
        recall_days(self.reconciler.flight.meter, self._outside.store.measured(), self.settings.profiles)
        self._name_groups()
        gc_tuning.settle()

    def _open_wrong_log(self) -> None:
        """Find out what stood before, and since when no daemon was there."""
        reports = (record.report for record in self.reconciler.records.desktops.values())
        heard_at = max((report.read_at for report in reports if report is not None), default=0.0)
        try:
            lines = tuple(self._outside.store.journal(limit=LINES))
        except StoreError:  # a journal that cannot be read keeps nobody from a desktop, and is noticed by those who need it
            return
        self._wrong_log.begin(lines, heard_at=heard_at, now=self._clock.now())

    def _open_api(self) -> None:
        """A second call writes the site's file again."""
        if not self._api_is_open:
            self.api.open()
            self._api_is_open = True
            self._events.notice("daemon", f"answers at {self.api.socket}")
        facts = {"version": VERSION, "installation": self.settings.installation, "socket": str(self.api.socket.absolute())}
        facts |= {"config": str(self._config.absolute()), "freeze_file": str(self.settings.freeze_file.absolute())}
        write_site_file(site_file_beside(self.api.socket, self._surroundings.environment), facts)

    def _api_site(self) -> ApiSite:
        return ApiSite(
            installation=self.settings.installation,
            version=VERSION,
            started_at=self._clock.now(),
            cycle_within_s=self._cycle_within_s,
            clock=self._clock,
            board=self._board,
            # Not the owner's store: the control thread would wait for a reader.
            journal=lambda lines, subject: self._reader.journal(limit=lines, subject=subject),
            journal_after=lambda sequence, lines: self._reader.journal_after(sequence, limit=lines),
            report=lambda number: report_facts(self._reader, number, now=self._clock.now()),
            latest=lambda history, limit: self._reader.latest(history, limit),
            session_counts=lambda: self._reader.session_counts(),
            config=self._config_watch.document,
            zone=lambda: site_zone(self.settings.timezone, self._surroundings.environment),
            order=self._orders.hand_in,
            grant=self._workers.grant,
            reload=self._reloads.hand_in,
            lend=self._orders.hand_in_lending,
        )

    def _begin_after_erasure(self) -> None:
        """What was read before is not written any more, for it may name the person. Raises StoreError."""
        self._events.notice("daemon", "a person was forgotten: begun anew from what is kept, as after a restart")
        self._begin_anew(set_back_s=0.0)
        self.api.forget()

    def _begin_after_clock_change(self) -> None:
        """Raises StoreError."""
        set_by_s = self._clock.set_by_s
        which = "back" if set_by_s < 0 else "forward"
        text = f"the clock was set {which} by {abs(set_by_s):.0f} s: begun anew from what is kept, as after a restart"
        self._events.notice("daemon", text)
        self._begin_anew(set_back_s=max(0.0, -set_by_s))

    def _begin_after_store_fault(self, why: Reason) -> None:
        """Wait until it can be written to. Nothing is ordered or taken up meanwhile; what was known is shown, as old as it is.

        Raises StoreError for what does not mend itself.
        """
        since, before, away_at = time.monotonic(), self.reconciler, self._clock.now()
        self._store_is_away = True
        self._store_tried_s = next_try_s(self._store_tried_s, lasted_s=since - self._store_back_at)
        self._events.notice("store", f"nothing is ordered until it can be written to: {why}")
        reload_noticed = False
        while self._end_by is None:
            self._take_nothing_up(STORE_WAITED_FOR(waited_s=self._clock.now() - away_at, why=why))
            self._show_store_fault(why, away_at)
            reload_noticed = reload_noticed or self._notice_reload_waits()
            if self._stop.wait(self._store_tried_s):
                self._end_by = time.monotonic()
                return
            try:
                prove_writable(self._outside.store, self.settings.store)
                self._surroundings.store_answers()
                self._begin_anew(set_back_s=max(0.0, -self._clock.set_by_s))
            except StoreError as error:
                if not may_mend_itself(error, self.settings.store):
                    raise
                self.reconciler, why = before, error.reason
            else:
                self._go_on(away_s=time.monotonic() - since)
                return

    def _take_nothing_up(self, why: Reason) -> None:
        """Whoever orders is answered at once, and the receiver keeps what desktops push. A freeze is in force by its file."""
        self._orders.wait(why)
        self._reloads.wait(why)
        self._pushes.wait()

    def _notice_reload_waits(self) -> bool:
        """Whether SIGHUP has ordered one: nobody waits for its answer."""
        if self._reload.is_set():
            self._events.notice("settings", "a reload was ordered: it is taken up once the store answers")
        return self._reload.is_set()

    def _go_on(self, *, away_s: float) -> None:
        """The store answers, and everything is begun anew."""
        self._store_is_away = False
        if self._care.fault:  # read whole while it was away; the next such reading is far off
            self._care.verify()
        self._orders.go_on()
        self._reloads.go_on()
        self._systemd.tell("STATUS=")
        self._store_back_at = time.monotonic()
        self._events.notice("store", f"answers again after {away_s:.0f} s: begun anew from what is kept, as after a restart")

    def _show_store_fault(self, why: Reason, since: Instant) -> None:
        """The status of the last cycle as it is by now, or of none, with every cluster paused for this."""
        now = self._clock.now()
        status = self.reconciler.aged_status()
        if status is None:
            status = Status(at=now, config=self._config_state, disk_free_mib=free_mib(self.settings.store))
        intents = intents_in_force(status.intents, mark=self._freeze_files.mark(), now=now)
        paused = dict.fromkeys(self.settings.clusters, why)
        status = replace(with_intents(status, intents), at=now, paused=paused, store_away=why, store_away_since=since)
        self._events.status(status)
        self._systemd.tell(f"STATUS=waits for the store: {one_line(why)} (since {stamp(since)})")
        self._sign_of_life()

    def _begin_anew(self, *, set_back_s: float) -> None:
        """Start again from the store, as after a kill; work in flight is found by observation. Raises StoreError."""
        self._calls.close()
        self._outside.close()
        self._clock.start()
        self._wrong_log.begin_anew()
        self._set_up()
        self._begin(set_back_s=set_back_s)

    def _over(self) -> bool:
        if self._reload.is_set():
            self._reload.clear()
            self._take_up_changes()
        self._reloads.take_up(self._take_up_changes)
        self._notice_store_fault()
        if self._orders.take_up_lending(self.reconciler.lend):  # before everything else: a person waits
            self._publish()
        self.reconciler.board.lends_shed = self._orders.shed
        self._orders.take_up(self._obey)
        self._pushes.take_up(self.reconciler)
        self._wrong_log.keep(self._outside.store)
        if self._end_by is None and (self._stop.is_set() or self._surroundings.done(self.reconciler)):
            self._end_by = time.monotonic() + DRAIN_S
            self.reconciler.drain()
            self._events.notice(
                "daemon", f"draining: {self.reconciler.answers_awaited} answers awaited, nothing new is ordered"
            )
        if self._end_by is None:
            return self._clock.set_by_s != 0
        return not self.reconciler.answers_awaited or time.monotonic() >= self._end_by

    def _obey(self, order: Order) -> Reason:
        refused = self.reconciler.obey(order)
        self._publish()
        return refused

    def _publish(self) -> None:
        """What an order has changed, before the next cycle."""
        if self.reconciler.status is not None:
            self._publisher.status(self.reconciler.status)

    def _take_up_changes(self, by: str = "") -> ReloadDocument | Reason:
        """What the reload has taken up, or why nothing has changed. `by`: who has ordered it; empty: SIGHUP."""
        self._take_up_certificates()
        self._scheduler.modify_job("facts", next_run_time=_at_once())
        now = self._clock.now()
        try:
            changed = load_settings(self._config, environment=self._surroundings.environment)
        except SettingsError as wrong:
            self._events.notice("settings", f"not reloaded, the old ones stay in force:\n{wrong}")
            since = self._config_state.rejected_at or now
            self._note_config(replace(self._config_state, rejected=wrong.reason, rejected_at=since))
            return wrong.reason
        taken_up = self._config_watch.reload_document(self.settings, changed)
        waiting = needs_restart(self.settings, changed)
        self._note_config(ConfigState(read_at=now, waits_for_restart=tuple(waiting)))
        self.settings = reload_settings(self.settings, changed)
        self._config_watch.in_force(self.settings)
        self.reconciler.follow(site_config_of(self.settings))
        self._follow_directory()
        # An operator who reloads wants the current state, and only a full reading shows deleted entries.
        self.reconciler.read_directory(in_full=True)
        text = f"reloaded; a restart is needed for: {', '.join(waiting)}" if waiting else "reloaded"
        self._events.notice("settings", f"{text} (ordered by {by})" if by else text)
        return taken_up

    def _note_config(self, state: ConfigState) -> None:
        """For the status of the next cycles."""
        self._config_state = self.reconciler.board.config_state = state

    def _notice_store_fault(self) -> None:
        """Notice a fault of the store once, and its end. Nothing is ordered in between."""
        fault, reported = self._care.fault, self.reconciler.parts.store_fault
        if fault != reported:
            self.reconciler.parts.store_fault = fault
            self._events.notice("store", f"nothing is ordered: {fault}" if fault else "can be read again: orders go on")

    def _name_groups(self) -> None:
        """Read the groups of both configurations: while the guard holds a change back, another one is in force."""
        self._outside.directory.name_groups(named_groups(self.settings) | self.reconciler.config.rules.groups)

    def _follow_directory(self) -> None:
        """Read it by the new settings, and as often: the guard judges what comes of them like any reading."""
        self._outside.directory.follow(self.settings.directory)
        self._name_groups()
        every_s = self.settings.directory.interval_s / self._surroundings.clock_rate
        self._scheduler.reschedule_job("directory", trigger="interval", seconds=every_s)

    def _thread_calls(self, outside: OutsideSystems) -> ThreadCalls:
        return ThreadCalls(
            hypervisors=outside.hypervisors,
            probes=outside.probes,
            directory=outside.directory,
            clock=self._clock,
            frozen=self._frozen,
            workers=sum(cluster.connections for cluster in self.settings.clusters.values()),
            clock_rate=self._surroundings.clock_rate,
        )

    def _frozen(self) -> bool:
        status = self.reconciler.status
        standing = status is not None and any(intent.kind is IntentKind.FREEZE for intent in status.intents)
        return standing or self._freeze_files.standing()

    def _ticks(self) -> BackgroundScheduler:
        """Short ticks that only wake the loop, which does all work."""
        scheduler = BackgroundScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": _TICK_GRACE_S, "coalesce": True, "max_instances": 1}
        )
        rate = self._surroundings.clock_rate
        scheduler.add_job(self._read_directory, "interval", seconds=self.settings.directory.interval_s / rate, id="directory")
        scheduler.add_job(self._verify_store, "interval", seconds=self._surroundings.store_check_s, id="store")
        scheduler.add_job(self._care.trim_journal, "interval", seconds=_DAY_S / rate, id="journal")
        scheduler.add_job(self._care.keep_measured, "interval", seconds=_MEASURED_S, id="measured")
        scheduler.add_job(self._care.keep_progress, "interval", seconds=_PROGRESS_S, id="progress")
        # At once, and not in the loop's way: it may read some nights. Not by a job of its own: a job that is over is removed,
        # and a scheduler that is stopped meanwhile does not find it.
        at_once = _at_once()
        scheduler.add_job(self._look_at_itself, "interval", seconds=_MEASURED_S, next_run_time=at_once, id="facts")
        if self.settings.prometheus is not None:
            every_s = self.settings.prometheus.interval_s / rate
            scheduler.add_job(self._look_at_ceilings, "interval", seconds=every_s, next_run_time=at_once, id="ceilings")
        scheduler.add_job(self._sign_of_life, "interval", seconds=_WATCHDOG_S, id="watchdog")
        return scheduler

    def _look_at_itself(self) -> None:
        self._take_up_certificates()
        served = {"api.certificate": self.api.served, "exposition.certificate": self.exposition.served}
        certificates = watched_certificates(self.settings, served)
        now, before = self._clock.now(), self.recorder.facts
        self.recorder.facts = facts_of(self.api, self._reader, before, certificates=certificates, now=now)
        self.reconciler.board.certificates = certificates
        self.reconciler.board.disk_free_mib = free_mib(self.settings.store)
        self.reconciler.board.callers = self._callers.doubts()

    def _take_up_certificates(self) -> None:
        """Serve with the files as they are now. Any thread may call."""
        for served in (self.api.served, self.exposition.served):
            if served is not None:
                served.take_up()

    def _look_at_ceilings(self) -> None:
        self._workers.look_at_ceilings(self.reconciler.config.scenario)
        self._calls.nudge()

    def _read_directory(self) -> None:
        self.reconciler.read_directory()
        self._calls.nudge()

    def _verify_store(self) -> None:
        self._care.verify()
        self._calls.nudge()

    def _sign_of_life(self) -> None:
        """Only while `/healthz` is good: systemd must notice a loop that hangs."""
        if not liveness_problems(self.recorder.state, now=self._clock.now(), max_cycle_age_s=self._cycle_within_s):
            self._systemd.tell("WATCHDOG=1")

    @property
    def _cycle_within_s(self) -> float:
        """By the daemon's own clock."""
        return MAX_CYCLE_AGE_S * self._surroundings.clock_rate

    def _handle_signals(self) -> None:
        if not self._surroundings.signals:
            return
        signal.signal(signal.SIGTERM, self._on_end)
        signal.signal(signal.SIGINT, self._on_end)
        signal.signal(signal.SIGHUP, self._on_hangup)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})  # since the process began: see `cli/entry`

    def _on_end(self, _: int, __: FrameType | None) -> None:
        self.stop()

    def _on_hangup(self, _: int, __: FrameType | None) -> None:
        self._reload.set()
        self._calls.nudge()


def _at_once() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 (the scheduler's time is the machine's, whatever the daemon's clock says)


__all__ = ["DRAIN_S", "STORE_CHECK_S", "Service", "ServiceContext"]
