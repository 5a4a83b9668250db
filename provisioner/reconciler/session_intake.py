"""What desktops say of their sessions, by push and by pull: into the book of sessions, and the records that planning reads."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace
from math import inf

from provisioner.execution.executor import Effects
from provisioner.ledger import trimmed_sessions_entry
from provisioner.model.departures import DAY_S
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import FirstBoot, GuestReport, Identity
from provisioner.model.machines.guest_bounds import MAX_AGE_S, Flow
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import ReadinessLevel
from provisioner.model.session_counts import Heard, SessionCounts, SessionTotals
from provisioner.model.site_config import SiteConfig
from provisioner.model.status import Status
from provisioner.model.status_document import BootSecret
from provisioner.model.words import FirstBootWord, PushWord, SessionOrderWord
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.ports import Changes, Events
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.known_boots import KnownBoots, Signers, most_sessions
from provisioner.reconciler.session_places import SessionPlaces
from provisioner.sessions.book import DesktopSessions, Hearing, SessionBook
from provisioner.sessions.gate import PushGate
from provisioner.sessions.push import SOURCE, KnownBoot, Push, PushVerdict

SESSIONS_KEPT_S = 30 * DAY_S
"""Who was logged on when is kept of open sessions, and of what a desktop said last, at most so long."""

PUSHED_WITHIN_S = 75.0
"""A desktop that pushes does so each minute."""


class SessionIntake:
    """Feeds both. Only the control thread uses it."""

    def __init__(self, cache: RecordCache, *, events: Events) -> None:
        self._cache, self._events = cache, events
        self._gate = PushGate()
        self._book, self._places = SessionBook(gate=self._gate), SessionPlaces()
        self._on: set[DesktopName] = set()
        """Desktops whose sessions are in the count."""
        self._last_known: dict[DesktopName, int] = {}
        """Of the desktops whose sessions are unknown: how many they had when they last said."""
        self._unstored: dict[DesktopName, GuestReport] = {}
        """What desktops have pushed that says nothing new."""
        self._boots = KnownBoots(cache, known=self.known)
        self.signers = Signers()
        """Any thread may ask it."""
        self._news: dict[DesktopName, GuestReport] = {}
        self._counted: SessionCounts | None = None
        """The counts as stored last."""
        self._purge_at: Instant = -inf

    def open(self, config: SiteConfig, now: Instant, roster: Roster | None = None) -> None:
        """Go on from what is stored."""
        self._places.read(roster, config.rules, config.desktop_pools)
        for name, record in self._cache.state.desktops.items():
            self._places.follow(name, record.reservation)
        self._places.judge(self._leased)
        self._counted = counts = self._cache.state.session_counts
        if max((counts.settled_at, *(at for at, _, _ in counts.recent))) > now:  # the clock was set back
            counts = SessionCounts(peaks=counts.peaks, readings=counts.readings)
        self._book = SessionBook(counts, gate=self._gate)
        for name, record in self._cache.state.desktops.items():
            report = record.report
            if report is not None:
                self.signers.learn(record.reservation, report.boot_id, report.push_secret)
            if report is not None and now - report.read_at <= sessions_known_for_s(config.pace):
                self._book.resume(name, self._places.shown(record.reservation), report)
        self._book.balance(now)

    def pulled(self, effects: Effects, config: SiteConfig, *, source: str) -> Effects:
        """Take in a report that was fetched; if a push has brought a newer one, the effects have that instead.

        A desktop that says of itself that it was restarted, again and again, is as one that has said nothing.
        """
        if effects.report is None:
            return effects
        name, report = effects.report
        record = self._cache.state.desktops.get(name)
        if record is None:
            return effects
        before = record.report
        if before is not None and report.is_of_other_boot(before) and not self._gate.may(name, Flow.BOOT, report.read_at):
            return replace(effects, report=None)
        if before is not None and before.boot_id == report.boot_id and not report.push_secret:
            report = replace(report, push_secret=before.push_secret)
        self.signers.learn(record.reservation, report.boot_id, report.push_secret)
        heard = self._hear(record, report, config, source=source)
        if heard is not Hearing.TAKEN and not self._is_known(name, report):
            newer = self._unstored.pop(name, None)
            return replace(effects, report=None if newer is None else (name, newer))
        self._unstored.pop(name, None)
        report = replace(report, events=())
        if before is not None and before.ready and _content(report) != _content(before):
            self._news[name] = report
        return replace(effects, report=(name, report))

    def missed(self, name: DesktopName, boot: BootSecret, now: Instant) -> None:
        """A document was read whose time is wrong, or that is old: it is not evidence, but the boot's pushes can be."""
        self._boots.missed(name, boot, now)
        if (record := self._cache.state.desktops.get(name)) is not None:
            self.signers.learn(record.reservation, boot[0], boot[1])

    def pushed(self, pushes: Iterable[tuple[Push, Instant]], config: SiteConfig) -> None:
        """Take in pushes, each with the time at which it was heard. Only its own desktop's record can change by one."""
        for push, heard_at in pushes:
            known = {boot.desktop: boot for boot in self._boots.of(push, config)}
            verdict = self._gate.push(push, known.values(), heard_at=heard_at)
            word = verdict.word
            if word in _TO_BE_READ and verdict.desktop is not None:
                self._ask(verdict.desktop, config, heard_at)
            elif word is PushWord.ACCEPTED and verdict.desktop is not None:
                word = self._accept(verdict, known[verdict.desktop], config)
            self._book.tally.pushes[word] += 1

    def asked(self, push: Push, config: SiteConfig, heard_at: Instant) -> tuple[FirstBootWord, KnownBoot | None]:
        """Whose request it is: for first-boot data, or about sessions. An unknown boot is read soon, as after a push."""
        word, sender = self._gate.question(push, self._boots.of(push, config), heard_at=heard_at)
        if isinstance(sender, KnownBoot):
            return word, sender
        if sender.word is PushWord.UNKNOWN_BOOT and sender.desktop is not None:
            self._ask(sender.desktop, config, heard_at)
        return word, None

    def answered(self, word: FirstBootWord) -> None:
        """Count a request for first-boot data."""
        self._book.tally.first_boots[word] += 1

    def may_write(self, name: DesktopName, at: Instant, config: SiteConfig) -> bool:
        """Whether one more line may be written because of what this desktop says."""
        record = self._cache.state.desktops[name]
        return self._gate.may(name, Flow.LINE, at, sessions=most_sessions(record.reservation, config))

    def cut_lately(self, now: Instant) -> tuple[DesktopName, ...]:
        """Desktops that have said, or asked, more than a desktop has to, within the last hour; in order."""
        return self._gate.cut_lately(now)

    def counted_order(self, word: SessionOrderWord) -> None:
        """Count a question about sessions, or what was ordered."""
        self._book.tally.orders[word] += 1

    def refused(self, word: PushWord, count: int) -> None:
        """Count what the receiver has refused itself."""
        self._book.tally.pushes[word] += count

    def follow(self, status: Status, config: SiteConfig) -> None:
        """Close the sessions of desktops that are off, gone or silent: the count is that of the status. Then count each in its
        groups.
        """
        names = status.moved if status.moved is not None else tuple(self._book.names())
        for name in names:
            known, state = self._book.known(name), status.desktops.get(name)
            if known is not None and known.open and (state is None or not state.sessions):
                self._book.close(name, status.at)
        self._forget(
            {name for name in names if name not in status.desktops and name not in self._cache.state.desktops}, status.at
        )
        self._count_on(status)
        self._group(status, config)

    def _forget(self, gone: Set[DesktopName], now: Instant) -> None:
        """A name is given again: what the desktop that had it has said, and how much, is not the next one's."""
        for name in gone:
            self._book.drop(name, now)
            self._gate.forget(name)
            self._boots.forget(name)
            self._unstored.pop(name, None)
        if gone:
            self.signers.forget(gone)

    def _count_on(self, status: Status) -> None:
        if status.moved is None:
            self._on.clear()
            self._last_known.clear()
        for name in status.desktops if status.moved is None else status.moved:
            self._on.discard(name)
            self._last_known.pop(name, None)
            state, record = status.desktops.get(name), self._cache.state.desktops.get(name)
            if state is None or record is None:
                continue
            if state.counted:
                self._on.add(name)
            elif state.sessions is None and (report := self._cache.report_of(record)) is not None:
                self._last_known[name] = len(report.sessions)

    def _group(self, status: Status, config: SiteConfig) -> None:
        """If roster or rules have changed, every desktop is followed; if other groups are shown, each counts anew."""
        states, names = status.desktops, status.moved
        if self._places.read(status.roster, config.rules, config.desktop_pools) or names is None:
            self._places.forget_desktops()
            names = states.keys()
        for name in names:
            self._places.follow(name, states[name].reservation if name in states else None)
        for name in states if self._places.judge(self._leased) else names:
            if name in states:
                self._book.regroup(name, self._places.shown(states[name].reservation), status.at)

    def purge(self, now: Instant) -> None:
        """Once a day: forget who was logged on to a desktop that has been silent for long. Its sessions stay unknown.

        Raises StoreError.
        """
        if now < self._purge_at:
            return
        self._purge_at, before = now + DAY_S, now - SESSIONS_KEPT_S
        self._gate.purge(now)
        silent = {name: record for name, record in self._cache.state.desktops.items() if _names_people(record, before)}
        for name in silent:
            self._unstored.pop(name, None)
        if silent:
            entry = trimmed_sessions_entry(desktops=len(silent), at=now, before=before)
            self._cache.commit(
                Changes(desktops={name: _without_people(each) for name, each in silent.items()}, entries=(entry,))
            )

    @property
    def has_news(self) -> bool:
        """Whether a desktop that lets people in has said anything new since `take_news`."""
        return bool(self._news)

    def take_news(self) -> Mapping[DesktopName, GuestReport]:
        """What desktops have said that is new, by desktop, since the last call."""
        news, self._news = self._news, {}
        return news

    def figures(self, now: Instant) -> SessionTotals:
        """What metrics show."""
        figures = self._book.figures(now, self._places.groups, self._on)
        return replace(figures, last_known=sum(self._last_known.values()), cut=dict(self._gate.cut))

    def heard(self) -> Mapping[DesktopName, Heard]:
        """When desktops have last said their sessions. News is shown before it is stored, and at rest not stored."""
        return self._book.heard()

    def pushing(self) -> frozenset[DesktopName]:
        """The desktops that say their sessions themselves."""
        return self._book.pushing()

    def counts(self) -> SessionCounts:
        """How many sessions are and were open."""
        return replace(self._book.timeline.kept(), readings=self._book.readings.kept())

    def known(self, name: DesktopName) -> DesktopSessions | None:
        """What is known of a desktop's sessions."""
        return self._book.known(name)

    def changed_counts(self) -> SessionCounts | None:
        """The counts to store; None: they are stored."""
        counts = self.counts()
        known = self._counted
        if known is not None and counts == replace(known, settled_at=counts.settled_at):
            return None
        self._counted = counts
        return counts

    @property
    def _leased(self) -> Iterable[DesktopName]:
        """Desktops of pools that somebody has."""
        return self._cache.state.leased.values()

    def _hear(self, record: DesktopRecord, report: GuestReport, config: SiteConfig, *, source: str) -> Hearing:
        name = record.reservation.name
        if self._cache.report_of(record) is None:
            self._book.forget(name, report.read_at)
        most = most_sessions(record.reservation, config)
        heard = self._book.hear(name, self._places.shown(record.reservation), report, source=source, most=most)
        is_other = heard is Hearing.TAKEN and _other_host_keys(record.identity, report)
        if is_other and self.may_write(name, report.read_at, config):
            self._book.tally.host_key_changes += 1
            self._events.notice(f"desktop {name}", "shows other SSH host keys than before")
        return heard

    def _is_known(self, name: DesktopName, report: GuestReport) -> bool:
        """Whether it is the document that is known, read again: a desktop writes one every ten seconds, and none stays new."""
        known = self._book.known(name)
        is_same = known is not None and (known.boot_id, known.sequence) == (report.boot_id, report.sequence)
        return is_same and known is not None and report.read_at - known.heard_at <= MAX_AGE_S

    def _accept(self, verdict: PushVerdict, boot: KnownBoot, config: SiteConfig) -> PushWord:
        """What has become of it after all."""
        report = verdict.report
        assert report is not None, "an accepted push has a report"
        record = self._cache.state.desktops[boot.desktop]
        heard = self._hear(record, report, config, source=SOURCE)
        if heard is Hearing.CUT:
            return PushWord.CUT
        if heard is Hearing.TAKEN:
            self._record(report, boot, record, config)
        return PushWord.ACCEPTED

    def _record(self, report: GuestReport, boot: KnownBoot, record: DesktopRecord, config: SiteConfig) -> None:
        """For planning, unless the next readiness check is to prove it: that reads it, and tries its port."""
        before = self._cache.report_of(record)
        report = replace(report, events=(), push_secret=boot.secret)
        if _claims_ready(report, before) and _is_to_be_proven(record, config):
            return
        # At rest a desktop pushes each minute: what says nothing new is stored only so often that no pull becomes due.
        old = (
            before is None or before.ask_at is not None or report.read_at - before.read_at >= config.pace.session_interval_s / 2
        )
        self._unstored[boot.desktop] = report
        if old or before is None or _content(report) != _content(before):
            del self._unstored[boot.desktop]
            self._news[boot.desktop] = report
            self._cache.take(Effects(report=(boot.desktop, report)), config.budget)

    def _ask(self, name: DesktopName, config: SiteConfig, heard_at: Instant) -> None:
        """Have a desktop read soon that pushes from another boot; whoever sends such pushes cannot have it read more often.

        One that is heard by push is read when that fails: its next one withdraws what somebody else has said of its boot.
        """
        known, record = self._book.known(name), self._cache.state.desktops[name]
        report = self._cache.report_of(record)
        if report is not None and report.ask_at is None and record.unheard is None:
            pushed_at = known.heard_at if known is not None and known.source == SOURCE else -inf
            at = max(heard_at, report.read_at + config.pace.session_first_s, pushed_at + PUSHED_WITHIN_S)
            self._cache.take(Effects(report=(name, replace(report, ask_at=at))), config.budget)


_TO_BE_READ = (PushWord.UNKNOWN_BOOT, PushWord.AHEAD)
"""Only a reading says what is so: it does not know this boot; or how long it has lasted."""


def _names_people(record: DesktopRecord, before: Instant) -> bool:
    report = record.report
    return report is not None and bool(report.sessions) and report.read_at < before


def _without_people(record: DesktopRecord) -> DesktopRecord:
    assert record.report is not None
    return replace(record, report=replace(record.report, sessions=()))


def _claims_ready(report: GuestReport, before: GuestReport | None) -> bool:
    """Whether it has become ready by its own word."""
    known = before is not None and before.ready and not report.is_of_other_boot(before)
    return report.ready and not known


def _is_to_be_proven(record: DesktopRecord, config: SiteConfig) -> bool:
    """Whether its own word is not enough (`readiness`): then it is read, and its log-on port tried."""
    profile = config.profiles.get(record.reservation.profile)
    return profile is not None and profile.readiness is not ReadinessLevel.REPORT


def _other_host_keys(before: Identity, now: GuestReport) -> bool:
    """In its first boot a desktop shows what it was cloned from."""
    keys, earlier = now.identity.host_keys, before.host_keys
    return now.first_boot is FirstBoot.DONE and bool(keys and earlier) and keys != earlier


def _content(report: GuestReport) -> tuple[object, ...]:
    """All that planning and people see of it, without times."""
    sessions = tuple(sorted((session.login, session.state) for session in report.sessions))
    ready = report.first_boot, report.logon_port_open, report.ready_at is None
    return report.boot_id, ready, sessions, report.connections, report.event_number, report.identity, report.first_boot_error
