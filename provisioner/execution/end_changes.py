"""What the ends of actions change in the store: the one place where outcomes become kept facts. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from provisioner.errors import IdTaken, NotOurs, Unseen, word_for
from provisioner.execution.executor import Effects
from provisioner.execution.order_changes import void_unheard
from provisioner.execution.retries import attempts_after, log_tail
from provisioner.model.actions import (
    Delete,
    Outcome,
    Result,
    Retired,
)
from provisioner.model.budget import Budget
from provisioner.model.desktops import Attempts, GuestReport, Reservation, Unheard
from provisioner.model.ids import AgentId, DesktopName, GuestKey, Instant
from provisioner.model.records import Memory
from provisioner.model.words import JournalWord
from provisioner.ports import Changes

_NOT_OURS = word_for(NotOurs)


def of_effects(effects: Effects, memory: Memory, budget: Budget) -> Changes:
    """What an absorbed end or observation changes."""
    return of_all([effects], memory, budget)


def of_all(all_effects: Iterable[Effects], memory: Memory, budget: Budget) -> Changes:
    """What several change that are about different desktops: durable in one step, which costs what one alone does."""
    all_effects = tuple(all_effects)
    book = _Book(memory=memory, budget=budget)
    for effects in all_effects:
        book.take(effects)
    return Changes(
        reserved=tuple(book.reserved),
        rekeyed=book.rekeyed,
        noted=book.noted,
        unproven=tuple(book.unproven),
        proven=(*(name for effects in all_effects for name in effects.proven), *book.proven),
        released=tuple(book.released),
        retired=tuple(book.retired.values()),
        reports=book.reports,
        unheard=book.unheard,
        attempts=book.attempts,
        assignments=book.assignments,
        outcomes=tuple(book.outcomes),
    )


def of_log(desktop: DesktopName, lines: Iterable[str], memory: Memory) -> Changes:
    """The end of a failed task's log, told as the reason why the desktop was given up."""
    attempts = memory.attempts.get(desktop)
    if attempts is None or not attempts.gave_up:
        return Changes()
    tail = log_tail(lines, said=attempts.reason)
    if not tail:
        return Changes()
    return Changes(attempts={desktop: replace(attempts, reason=f"{attempts.reason} (task log: {tail})")})


@dataclass(slots=True, kw_only=True)
class _Book:
    memory: Memory
    budget: Budget
    reserved: list[Reservation] = field(default_factory=list)
    unproven: list[DesktopName] = field(default_factory=list)
    proven: list[DesktopName] = field(default_factory=list)
    released: list[DesktopName] = field(default_factory=list)
    retired: dict[GuestKey, Retired] = field(default_factory=dict)
    reports: dict[DesktopName, GuestReport | None] = field(default_factory=dict)
    unheard: dict[DesktopName, Unheard | None] = field(default_factory=dict)
    attempts: dict[DesktopName, Attempts | None] = field(default_factory=dict)
    rekeyed: dict[AgentId, AgentId] = field(default_factory=dict)
    noted: dict[DesktopName, AgentId | None] = field(default_factory=dict)
    assignments: dict[DesktopName, AgentId | None] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)

    def take(self, effects: Effects) -> None:
        for outcome in effects.outcomes:
            self.enter(outcome)
        for reservation in effects.adopted:
            self.adopt(reservation)
        if effects.noted:
            self.noted[effects.noted[0]] = effects.noted[1]
        if effects.report:
            self.read(*effects.report)
        for name, error in effects.revived:
            self.revive(name, error)
        if effects.unheard:
            self.miss(*effects.unheard)

    def enter(self, outcome: Outcome) -> None:
        known = outcome.desktop in self.memory.reservations
        before = self.memory.attempts.get(outcome.desktop, Attempts())
        outcome = self._of_number(outcome, before)
        attempts = attempts_after(outcome, before, self.budget)
        if known and outcome.error == _NOT_OURS:
            self.unproven.append(outcome.desktop)
        if outcome.retire_vmid:
            self.retired[outcome.key] = Retired(key=outcome.key, reason=outcome.reason, at=outcome.ended_at)
            self.released += [outcome.desktop] if known else []
        elif known and outcome.action == Delete.word and outcome.result is Result.DONE:
            self.released.append(outcome.desktop)
        elif known:
            self.attempts[outcome.desktop] = attempts
        retry_at = attempts.retry_at if attempts and not attempts.gave_up else None
        gave_up = attempts is not None and attempts.gave_up and outcome.result is not Result.REFUSED
        result = Result.FAILED if gave_up else outcome.result
        self.outcomes.append(replace(outcome, retry_at=retry_at, result=result))

    def _of_number(self, outcome: Outcome, before: Attempts) -> Outcome:
        """Refused again, in the same words, after an observation that did not show it: it is somebody's, where we cannot look.

        Unless a clone of ours may have come out there: then another number would be a second desktop for its agent.
        """
        if outcome.error != IdTaken.word or outcome.reason != before.reason or before.made:
            return outcome
        if outcome.desktop not in self.memory.maybe_made:
            return replace(outcome, retire_vmid=True)
        vmid = outcome.key.vmid
        why = f"{outcome.reason}; it may be a clone of ours whose answer never came: give the token VM.Audit on /vms/{vmid}"
        return replace(outcome, error=Unseen.word, reason=why)

    def adopt(self, reservation: Reservation) -> None:
        """The note is the truth: where the store said otherwise, it was older."""
        stored = self.memory.reservations.get(reservation.name)
        if stored is not None and _is_the_same(stored, reservation):
            self.proven.append(reservation.name)
            if stored.noted_as:
                self.noted[reservation.name] = reservation.agent_id
            return
        if stored is not None and (old := _rekeyed_from(stored, reservation, self.memory)) and reservation.agent_id:
            self.rekeyed[old], self.noted[reservation.name] = reservation.agent_id, reservation.agent_id
            self.proven.append(reservation.name)
            return
        if stored is not None:
            self.released.append(reservation.name)
        self.released += [one.name for one in self.memory.reservations.values() if _gives_way(one, reservation)]
        self.reserved.append(reservation)

    def revive(self, name: DesktopName, error: str) -> None:
        """Given up for what has turned out to be nobody's own failure, and is gone."""
        attempts = self.memory.attempts.get(name)
        if attempts is not None and attempts.gave_up and attempts.error == error:
            self.attempts[name] = None

    def read(self, name: DesktopName, report: GuestReport) -> None:
        reservation = self.memory.reservations.get(name)
        if reservation is None:
            return
        self.reports[name] = report
        self.unheard |= void_unheard([name], self.memory)
        before = self.memory.reports.get(name)
        if report.ready and not (before and before.ready):
            self.attempts[name] = None
            self.outcomes.append(self._became_ready(reservation, report, began=self.memory.started.get(name)))
        elif report.ready and before and report.is_of_other_boot(before):
            self.outcomes.append(self._became_ready(reservation, report, began=report.booted_at))

    def miss(self, name: DesktopName, unheard: Unheard) -> None:
        """Of the same reason again nothing new is kept: a dead agent is asked for days."""
        before = self.memory.unheard.get(name)
        if name in self.memory.reservations and (before is None or before.word is not unheard.word):
            self.unheard[name] = unheard

    def _became_ready(self, reservation: Reservation, report: GuestReport, *, began: Instant | None) -> Outcome:
        ready_at = min(report.ready_at or report.read_at, report.read_at)  # the guest's clock may be ahead
        began = ready_at if began is None else began
        return Outcome(
            desktop=reservation.name,
            key=reservation.key,
            action=JournalWord.READY.value,
            result=Result.DONE,
            reason="first boot has finished and its log-on port answers",
            started_at=min(began, ready_at),
            ended_at=ready_at,
        )


def _gives_way(one: Reservation, proven: Reservation) -> bool:
    """Another name for the same VM, or somebody to whom only an older store has promised the same address."""
    if one.name == proven.name:
        return False
    return one.key == proven.key or (not one.proven and bool(one.address) and one.address == proven.address)


def _rekeyed_from(stored: Reservation, proven: Reservation, memory: Memory) -> AgentId | None:
    """The id that an older store knows its agent by: nothing but a rekey writes another id into the note of one desktop.

    None: it is another desktop, made under the same name and number later, or the new id has one already.
    """
    same = (stored.key, stored.profile, stored.address) == (proven.key, proven.profile, proven.address)
    dated = int(stored.reserved_at) == int(proven.reserved_at)
    owned = any(one.seat == proven.seat for one in memory.reservations.values())
    return stored.agent_id if same and dated and not owned else None


def _is_the_same(stored: Reservation, proven: Reservation) -> bool:
    """Also where the note was written before its agent got another id."""
    same = (stored.key, stored.profile, stored.address) == (proven.key, proven.profile, proven.address)
    return same and stored.may_be_noted_as(proven.seat)
