"""When the directory is read, and what becomes of each reading: put in force, held back by the guard, or not to be had."""

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import replace

from provisioner.model.agents import Roster
from provisioner.model.commands import Completion, ReadDirectory
from provisioner.model.guard import GuardRecord, HeldInput
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.site_config import SiteConfig
from provisioner.planning.roster.alternation import TOLD_AT, Alternation, weigh
from provisioner.planning.roster.guard import GuardVerdict
from provisioner.planning.roster.recreated import Recreations
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.reasons.directory import NO_ANSWER
from provisioner.reasons.reason import NONE, reason_of
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.judging import distinct_in, judge_reading, order_in
from provisioner.reconciler.roster_sync import RosterSync


class RosterReadings:
    """The one under way, and the one that waits to be judged."""

    def __init__(self, books: RecordCache, *, store: Store, clock: Clock, events: Events) -> None:
        self.error = NONE
        """Why the last reading could not be had; empty: it could."""
        self.failing_servers: tuple[str, ...] = ()
        """Servers that gave no whole answer when they were last asked, though another one did; each with the reason."""
        self.under_way = False
        self._books, self._store, self._clock, self._events = books, store, clock, events
        self._due, self._in_full = True, False
        self._sequels = RosterSync()
        self._unjudged: Roster | None = None
        self._served: Roster | None = None
        self._heeded: Intent | None = None
        self._told: HeldInput | None = None
        """What is held back, as it was told last."""
        self._ordered = False
        self._alternation = Alternation()
        self._distinct: frozenset[AgentId] = frozenset()

    @property
    def roster(self) -> Roster | None:
        """The one in force; where none was ever accepted, whom a reading lists who may be served by it provisionally.

        That is everybody while a lost store is rebuilt, for nothing is cloned then; and while the first reading after it is
        held back, whoever has a desktop already.
        """
        return self._books.kept.roster or self._served

    def ask(self, *, in_full: bool = False) -> None:
        """Have the directory read with the next step; what has changed in it, or `in_full`."""
        self._due, self._in_full = True, self._in_full or in_full

    def take_due(self) -> Iterator[ReadDirectory]:
        """The reading to be submitted now, if any."""
        if self._due and not self.under_way:
            if self._in_full:
                self._sequels.broken()
            self._due, self._in_full, self.under_way = False, False, True
            # Who has ordered a change lets an older state through too: it is theirs to know that it is right.
            in_force = None if self._ordered else self._books.kept.roster
            yield replace(self._sequels.next(), in_force=in_force)

    def heed(self, intents: Collection[Intent], now: Instant) -> None:
        """An operator's order to let a change through is worth a reading at once; one whose time is over is withdrawn."""
        order = order_in(intents)
        self._ordered = order is not None
        if order is not None and order.until is not None and order.until <= now:
            self._store.withdraw(order.kind, by="daemon, its time is over", at=now)
        elif order is not None and order != self._heeded:
            self._heeded = order
            self.ask(in_full=True)  # whom the operator lets go shows in no reading of changes
        if (distinct := distinct_in(intents)) - self._distinct:
            self.ask(in_full=True)
        self._distinct = distinct

    def take_in(self, completion: Completion, config: SiteConfig, intents: Iterable[Intent], *, rebuilding: bool) -> bool:
        """Judge what was read; whether other people may be wanted now. What nobody can judge yet waits for the desktops."""
        self.under_way = False
        if not isinstance(completion.answer, Roster):
            self.error = reason_of(completion.error) if completion.error else NO_ANSWER()
            self._sequels.broken()
            self._events.directory_read(None, self.error)
            return False
        self.error = NONE
        self._note(completion.answer, config)
        self._unjudged = completion.answer
        if rebuilding and self._books.kept.roster is None:
            self._served = completion.answer
            self._events.directory_read(completion.answer, "")
            return True
        return self.judge(config, intents, told=False)

    def judge_rules(self, config: SiteConfig, intents: Iterable[Intent]) -> SiteConfig:
        """What is configured as far as it is in force: a change by which too many would leave waits for an operator."""
        judgement = judge_reading(None, config, self._books.kept.records(tuple(intents)), now=self._clock.now())
        if judgement is None:
            return self.in_force(config)
        self._keep(judgement.verdict)
        return config.under(judgement.verdict.rules)

    def in_force(self, config: SiteConfig) -> SiteConfig:
        """What is configured, with the rules that were judged last."""
        return config.under(self._books.kept.guard.rules or config.rules)

    def _note(self, reading: Roster, config: SiteConfig) -> None:
        if count := self._sequels.proof(reading):
            text = (
                f"{count} agents are otherwise in a full reading than the changes read just before had it: the full one holds; "
                "if this comes again, set directory.full_interval to directory.interval"
            )
            self._events.notice("directory", text)
        self._note_servers(reading)
        self._due |= self._sequels.came(reading, full_every_s=config.full_directory_s, now=self._clock.now())

    def _note_servers(self, reading: Roster) -> None:
        """Told when another server begins or ceases to fail: a spare is of use only while it works."""
        before, self.failing_servers = self.failing_servers, reading.passed_over
        if new := [reason for reason in reading.passed_over if _address(reason) not in map(_address, before)]:
            self._events.notice("directory", f"{reading.source} was read, for another server gave no roster: {'; '.join(new)}")
        elif before and not reading.passed_over:
            self._events.notice("directory", "every server answers again that had given no roster")

    @property
    def disagreements(self) -> int:
        """Agents of whom the last full reading showed something else than the readings of changes before it."""
        return self._sequels.disagreements

    def judge(self, config: SiteConfig, intents: Iterable[Intent], *, told: bool = True) -> bool:
        """Put the reading that waits in force, or hold it back; whether there was one. `told`: it was reported when it came."""
        if self._unjudged is None:
            return False
        reading, self._unjudged = self._unjudged, None
        records, accepted = self._books.kept.records(tuple(intents)), self._books.kept.roster
        judgement = judge_reading(reading, config, records, now=self._clock.now())
        assert judgement is not None  # there is a reading
        verdict = judgement.verdict
        if order_in(intents) is None and self._takes_turns(reading, verdict, config.guard.window_s):
            return False
        self._keep(verdict)
        self._tell_of(judgement.recreated, accepted)
        self._end_distinct(intents)
        held = verdict.quarantine
        if held is not None and verdict.roster is None:
            self._served = _only(verdict.merged, records.owners)
            self._events.directory_read(verdict.merged, held.reason)
        elif not told:
            self._events.directory_read(verdict.merged, "")
        return True

    def _takes_turns(self, reading: Roster, verdict: GuardVerdict, window_s: float) -> bool:
        """Whether another server than the one in force has to say so once more, or several times."""
        now, before = self._clock.now(), self._alternation
        state = before.within(window_s, now)
        self._alternation, self.error = weigh(state, reading, self._books.kept.roster, verdict.changes, now)
        if len(before.turns) < TOLD_AT <= len(self._alternation.turns):
            text = (
                "servers take turns and do not say the same: `bascule check directory` looks at each; leave the wrong one out"
            )
            self._events.notice("directory", text)
        if self.error:
            self._events.directory_read(None, self.error)
        return bool(self.error)

    @property
    def alternations(self) -> int:
        """How often within the guard's window servers have taken turns that do not say the same."""
        return len(self._alternation.turns)

    def _keep(self, verdict: GuardVerdict) -> None:
        before = self._books.kept.guard
        record = verdict.record if verdict.record != before else None
        self._books.commit(Changes(roster=verdict.roster, guard=record))
        self._tell(before, verdict)
        if verdict.used_up and verdict.let_through is not None:
            _, changes = verdict.let_through
            counts = f"{len(changes.left)} left, {len(changes.joined)} joined"
            self._store.withdraw(IntentKind.ACCEPT_DIRECTORY, by=f"daemon, done: {counts}", at=self._clock.now())

    def _tell_of(self, found: Recreations, before: Roster | None) -> None:
        """Of those who wait for an operator: once, and again when there are more."""
        if found and self._books.kept.guard.quarantine is None and _news(found, before):
            text = (
                f"{found.count} agents are there under a new id: their desktops stay, and nothing is made for the new ids; "
                "`bascule directory diff` names them, `bascule directory rekey` carries them over"
            )
            self._events.notice("directory", text)

    def _end_distinct(self, intents: Iterable[Intent]) -> None:
        """Once somebody is in force under an id, no order is needed to tell them from another."""
        there = self._books.kept.roster.agents if self._books.kept.roster else {}
        for key in distinct_in(intents) & there.keys():
            self._store.withdraw(IntentKind.DISTINCT, by="daemon, done", at=self._clock.now(), target=key)

    def _tell(self, before: GuardRecord, verdict: GuardVerdict) -> None:
        """Once when it begins, or in each life of the daemon, and once when it is over."""
        held = verdict.quarantine
        told, self._told = self._told, held.of if held else None
        if held is not None and told is not held.of:
            text = (
                f"quarantined: {held.words}; `bascule directory diff` names them, `bascule directory accept` lets them through"
            )
            self._events.notice("directory", text)
        if verdict.let_through is not None:
            by, changes = verdict.let_through
            self._events.notice("directory", f"{len(changes.left)} leave and {len(changes.joined)} join, by order of {by}")
        elif held is None and before.quarantine is not None:
            self._events.notice("directory", f"no longer quarantined: {_IN_FORCE[before.quarantine.of]} in force")


_IN_FORCE = {
    HeldInput.DIRECTORY: "the last reading is",
    HeldInput.CONFIGURATION: "the configuration is",
    HeldInput.BOTH: "the last reading and the configuration are",
}


def _news(found: Recreations, before: Roster | None) -> bool:
    """Whether somebody is among them who was not when the roster before was accepted."""
    told = {one.agent_id for one in before.rejected if one.same_as} if before else set()
    people = (*(pair.new for pair in found.pairs), *(one for group in found.unclear for one in group.new))
    return any(one.agent_id not in told for one in people)


def _only(roster: Roster, owners: Set[AgentId]) -> Roster:
    return replace(roster, agents={key: one for key, one in roster.agents.items() if key in owners})


def _address(reason: str) -> str:
    return reason.partition(": ")[0]
