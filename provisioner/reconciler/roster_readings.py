"""Readings of the directory: when they are due, and their result: in force, held back by the guard, or failed."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import replace

from provisioner.model.commands import Completion, ReadDirectory
from provisioner.model.guard import GuardRecord, HeldInput
from provisioner.model.ids import AgentId, Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.people.agents import Roster
from provisioner.model.site_config import SiteConfig
from provisioner.planning.roster.alternation import TOLD_AT, Alternation, weigh
from provisioner.planning.roster.guard import GuardVerdict, is_done
from provisioner.planning.roster.judging import configured_rules, judge_reading, order_in
from provisioner.planning.roster.owners import OtherPerson
from provisioner.planning.roster.who import WhoIsWho
from provisioner.ports import Changes, Clock, Events, Store
from provisioner.reasons.directory import NO_ANSWER
from provisioner.reasons.reason import NONE, reason_of
from provisioner.reconciler.durable_state import RecordCache
from provisioner.reconciler.roster_sync import RosterSync
from provisioner.reconciler.said_orders import SaidOrders


class RosterReadings:
    """The reading under way, and the reading that waits to be judged."""

    def __init__(self, cache: RecordCache, *, store: Store, clock: Clock, events: Events) -> None:
        self.error = NONE
        """Why the last reading failed; empty: it did not."""
        self.tried_at: Instant = 0.0
        """When the reading that failed began; 0: it did not fail."""
        self.failing_servers: tuple[str, ...] = ()
        """Servers that gave no complete answer when they were last asked, each with the reason; another server did."""
        self.under_way = False
        self._cache, self._store, self._clock, self._events = cache, store, clock, events
        self._due, self._in_full = True, False
        self._sync = RosterSync()
        self._unjudged: Roster | None = None
        self._served: Roster | None = None
        self._known_order: Intent | None = None
        self._reported: HeldInput | None = None
        """The input that was last reported as held back."""
        self._ordered = False
        self._by_order = False
        """Whether the last reading was compared with nothing, for an operator accepts a change."""
        self._alternation = Alternation()
        self._said: frozenset[tuple[IntentKind, str, str]] = frozenset()
        """Orders that say who is who, each about whom."""
        self._said_orders = SaidOrders(cache, store=store, clock=clock, events=events)
        self._turning: Set[AgentId] = frozenset()
        self.others: Mapping[AgentId, OtherPerson] = {}
        """Ids that seemed to show another person than their desktop's owner in the last judged reading, in force or not."""

    @property
    def roster(self) -> Roster | None:
        """The roster in force. If none was accepted yet, agents of the last reading, provisionally:

        1. during a store rebuild: all of them, because nothing is cloned then;
        2. while the first reading after it is held back: agents who have a desktop.
        """
        return self._cache.state.roster or self._served

    def ask(self, *, in_full: bool = False) -> None:
        """Read the directory at the next step: its changes, or everything (`in_full`)."""
        self._due, self._in_full = True, self._in_full or in_full

    def take_due(self) -> Iterator[ReadDirectory]:
        """The reading to submit now, if it is due."""
        if self._due and not self.under_way:
            if self._in_full:
                self._sync.reset()
            self._due, self._in_full, self.under_way = False, False, True
            # An operator who accepts a change also accepts an older state of the directory.
            in_force = None if self._ordered else self._cache.state.roster
            yield replace(self._sync.next(), in_force=in_force)

    def heed(self, intents: Collection[Intent]) -> None:
        """Read the directory at once for a new intent to accept a change."""
        order = order_in(intents)
        self._ordered = order is not None
        if order is not None and order != self._known_order:
            self._known_order = order
            self.ask(in_full=True)  # a reading of changes does not show agents who have left
        said = (intent for intent in intents if intent.is_of_person)
        orders = frozenset((intent.kind, intent.target, intent.terms.shown) for intent in said)
        if orders - self._said:
            self.ask(in_full=True)
        self._said = orders

    def take_in(self, completion: Completion, config: SiteConfig, intents: Iterable[Intent], *, rebuilding: bool) -> bool:
        """Take in a reading and judge it; returns whether the demand may have changed. There are three cases:

        1. the reading failed: the roster in force stays, and the next reading is a full one;
        2. a store rebuild is under way and no roster was accepted: the guard has nothing to compare the reading with, so it
           waits, and its agents are served provisionally;
        3. otherwise the guard judges it.
        """
        self.under_way, self.tried_at = False, 0.0
        if not isinstance(completion.answer, Roster):
            self.tried_at = completion.started_at
            self.error = reason_of(completion.error) if completion.error else NO_ANSWER()
            self._sync.reset()
            self._events.directory_read(None, self.error)
            return False
        self.error = NONE
        command = completion.command
        self._by_order = isinstance(command, ReadDirectory) and command.in_force is None
        self._note(completion.answer, config)
        self._unjudged = completion.answer
        if rebuilding and self._cache.state.roster is None:
            self._served = completion.answer
            self._events.directory_read(completion.answer, "")
            return True
        return self.judge(config, intents, reported=False)

    def judge_rules(self, config: SiteConfig, intents: Iterable[Intent]) -> SiteConfig:
        """Judge the configured rules; returns the configuration in force: a change that would make too many agents leave
        waits for an operator.
        """
        judgement = judge_reading(None, config, self._cache.state.records(tuple(intents)), now=self._clock.now())
        if judgement is None:
            return self.in_force(config)
        self._store_verdict(judgement.verdict)
        return config.under(judgement.verdict.rules)

    def in_force(self, config: SiteConfig) -> SiteConfig:
        """The configuration, with the rules that were accepted last."""
        return config.under(self._cache.state.guard.rules or configured_rules(config, self._cache.state.records(())))

    def _note(self, reading: Roster, config: SiteConfig) -> None:
        if count := self._sync.compare(reading):
            text = (
                f"{count} agents are otherwise in a full reading than the changes read just before had it: the full one holds; "
                "if this comes again, set directory.full_interval to directory.interval"
            )
            self._events.notice("directory", text)
        self._note_servers(reading)
        self._due |= self._sync.take_in(reading, full_every_s=config.full_directory_s, now=self._clock.now())

    def _note_servers(self, reading: Roster) -> None:
        """Report servers that begin or cease to fail: an operator has to know that a spare server does not work."""
        before, self.failing_servers = self.failing_servers, reading.passed_over
        if new := [reason for reason in reading.passed_over if _address(reason) not in map(_address, before)]:
            self._events.notice("directory", f"{reading.source} was read, for another server gave no roster: {'; '.join(new)}")
        elif before and not reading.passed_over:
            self._events.notice("directory", "every server answers again that had given no roster")

    @property
    def disagreements(self) -> int:
        """Agents that the last full reading showed differently from the readings of changes before it."""
        return self._sync.disagreements

    def judge(self, config: SiteConfig, intents: Iterable[Intent], *, reported: bool = True) -> bool:
        """Judge the waiting reading: put it in force or hold it back. Returns whether there was one.

        `reported`: the reading was published to the listeners when it came.
        """
        if self._unjudged is None:
            return False
        reading, self._unjudged = self._unjudged, None
        records, accepted = self._cache.state.records(tuple(intents)), self._cache.state.roster
        judgement = judge_reading(reading, config, records, now=self._clock.now())
        assert judgement is not None  # there is a reading
        verdict = judgement.verdict
        if order_in(intents) is None and self._alternates(reading, verdict, config.guard.window_s):
            return False
        self._store_verdict(verdict)
        self._end_accepted(verdict, order_in(intents))
        self.others = {other.agent_id: other for other in judgement.who.others}
        self._report_who(judgement.who, accepted)
        self._report_turns(judgement.come_and_go)
        quarantine = verdict.quarantine
        self._said_orders.end(intents, reading, self.others, in_force=verdict.roster is not None or quarantine is None)
        if quarantine is not None and verdict.roster is None:
            self._served = _only(verdict.merged, records.owners)
            self._events.directory_read(verdict.merged, quarantine.reason)
        elif not reported:
            self._events.directory_read(verdict.merged, "")
        return True

    def _alternates(self, reading: Roster, verdict: GuardVerdict, window_s: float) -> bool:
        """Whether the reading has to be confirmed first: it comes from another server, and contradicts the roster in force."""
        now, before = self._clock.now(), self._alternation
        state = before.within(window_s, now)
        self._alternation, self.error = weigh(state, reading, self._cache.state.roster, verdict.changes, now)
        if len(before.turns) < TOLD_AT <= len(self._alternation.turns):
            text = (
                "servers take turns and do not say the same: `bascule check directory` looks at each; leave the wrong one out"
            )
            self._events.notice("directory", text)
        if self.error:
            self.tried_at = reading.read_at
            self._events.directory_read(None, self.error)
        return bool(self.error)

    @property
    def alternations(self) -> int:
        """How often within the guard's window servers with different contents have taken turns."""
        return len(self._alternation.turns)

    def _store_verdict(self, verdict: GuardVerdict) -> None:
        before = self._cache.state.guard
        record = verdict.record if verdict.record != before else None
        self._cache.commit(Changes(roster=verdict.roster, guard=record))
        self._report_verdict(before, verdict)
        if verdict.used_up and verdict.let_through is not None:
            _, changes = verdict.let_through
            counts = f"{len(changes.left)} left, {len(changes.joined)} joined"
            self._store.withdraw(IntentKind.ACCEPT_DIRECTORY, by=f"daemon, done: {counts}", at=self._clock.now())

    def _end_accepted(self, verdict: GuardVerdict, order: Intent | None) -> None:
        """Withdraw an order that no reading needs any more: while it stands, no server's state is compared with what it was."""
        if order is None or not self._by_order or verdict.quarantine is not None or verdict.used_up:
            return
        if is_done(order, verdict.record):
            self._store.withdraw(IntentKind.ACCEPT_DIRECTORY, by="daemon, done", at=self._clock.now())

    def _report_who(self, who: WhoIsWho, before: Roster | None) -> None:
        """Report people who wait for an operator: once, and again when there are more."""
        if self._cache.state.guard.quarantine is not None:
            return
        if who.recreated and _has_new(who, before):
            text = (
                f"{who.recreated.count} agents are there under a new id: their desktops stay, and nothing is made for the new "
                "ids; `bascule directory diff` names them, `bascule directory rekey` carries them over"
            )
            self._events.notice("directory", text)
        held = {entry.agent_id for entry in before.rejected if entry.is_other_person} if before else set()
        if self.others.keys() - held:
            text = (
                f"{len(self.others)} ids seem to show another person than before: nothing changes hands; "
                "`bascule directory diff` names them, `bascule directory rekey --renamed` or `distinct` says who they are"
            )
            self._events.notice("directory", text)

    def _report_turns(self, agents: Set[AgentId]) -> None:
        """Report whoever comes and goes: once in a life of the daemon."""
        before, self._turning = self._turning, self._turning | agents
        if agents - before:
            text = f"{len(agents)} people come and go from reading to reading: their desktops stay as they are"
            self._events.notice("directory", text)

    def _report_verdict(self, before: GuardRecord, verdict: GuardVerdict) -> None:
        """Report a quarantine when it begins, once after each restart, and when it is over."""
        quarantine = verdict.quarantine
        reported, self._reported = self._reported, quarantine.of if quarantine else None
        if quarantine is not None and reported is not quarantine.of:
            how = "`bascule directory diff` names them, `bascule directory accept` lets them through"
            self._events.notice("directory", f"quarantined: {quarantine.words}; {how}")
        if verdict.let_through is not None:
            by, changes = verdict.let_through
            self._events.notice("directory", f"{len(changes.left)} leave and {len(changes.joined)} join, by order of {by}")
        elif quarantine is None and before.quarantine is not None:
            self._events.notice("directory", f"no longer quarantined: {_IN_FORCE[before.quarantine.of]} in force")


_IN_FORCE = {
    HeldInput.DIRECTORY: "the last reading is",
    HeldInput.CONFIGURATION: "the configuration is",
    HeldInput.BOTH: "the last reading and the configuration are",
}


def _has_new(who: WhoIsWho, before: Roster | None) -> bool:
    """Whether agents have appeared under a new id since the last accepted roster."""
    known = {entry.agent_id for entry in before.rejected if entry.same_as} if before else set()
    recreated = who.recreated
    agents = (*(pair.new for pair in recreated.pairs), *(agent for match in recreated.unclear for agent in match.new))
    return any(agent.agent_id not in known for agent in agents)


def _only(roster: Roster, owners: Set[AgentId]) -> Roster:
    return replace(roster, agents={key: agent for key, agent in roster.agents.items() if key in owners})


def _address(reason: str) -> str:
    return reason.partition(": ")[0]
