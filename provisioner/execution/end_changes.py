"""What the ends of actions change in the store: the one place where outcomes become kept facts. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from provisioner.errors import IdTaken, NotOurs, Unseen, word_for
from provisioner.execution.executor import Effects
from provisioner.execution.retries import attempts_after, log_tail
from provisioner.model.actions import (
    Delete,
    Outcome,
    Result,
    Retired,
)
from provisioner.model.budget import Budget
from provisioner.model.desktops import UNTRIED, Attempts, GuestReport, Reservation, Unheard
from provisioner.model.ids import AgentId, DesktopName, GuestKey, Instant
from provisioner.model.records import RecordEdits, Records
from provisioner.model.rekeying import rekeyed_record, with_note
from provisioner.model.words import JournalWord
from provisioner.ports import Changes
from provisioner.reasons.outcomes import MAYBE_OURS, TASK_LOG
from provisioner.reasons.phases import READY

_NOT_OURS = word_for(NotOurs)


def effect_changes(all_effects: Iterable[Effects], records: Records, budget: Budget) -> Changes:
    """What absorbed ends and observations change: durable in one step, which costs what one alone does."""
    book = _ChangeBuilder(records=records, budget=budget, edits=RecordEdits(records.desktops))
    for effects in all_effects:
        book.take(effects)
    return Changes(
        desktops=book.edits.made,
        rekeyed=book.rekeyed,
        retired=tuple(book.retired.values()),
        outcomes=tuple(book.outcomes),
    )


def log_changes(desktop: DesktopName, lines: Iterable[str], records: Records) -> Changes:
    """The end of a failed task's log, told as the reason why the desktop was given up."""
    record = records.desktops.get(desktop)
    if record is None or not record.attempts.gave_up:
        return Changes()
    said = record.attempts.reason
    tail = log_tail(lines, said=said)
    if not tail:
        return Changes()
    attempts = replace(record.attempts, reason=TASK_LOG(why=said, log=tail))
    return Changes(desktops={desktop: replace(record, attempts=attempts)})


@dataclass(slots=True, kw_only=True)
class _ChangeBuilder:
    records: Records
    budget: Budget
    edits: RecordEdits
    retired: dict[GuestKey, Retired] = field(default_factory=dict)
    rekeyed: dict[AgentId, AgentId] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)

    def take(self, effects: Effects) -> None:
        for outcome in effects.outcomes:
            self.enter(outcome)
        for reservation in effects.adopted:
            self.adopt(reservation)
        for name in effects.proven:
            self.edits.prove(name)
        if effects.noted:
            self.note(*effects.noted)
        if effects.report:
            self.read(*effects.report)
        for name, error in effects.revived:
            self.revive(name, error)
        if effects.unheard:
            self.miss(*effects.unheard)

    def enter(self, outcome: Outcome) -> None:
        name, record = outcome.desktop, self.edits.get(outcome.desktop)
        before = UNTRIED if record is None else record.attempts
        outcome = self._of_number(outcome, before)
        attempts = attempts_after(outcome, before, self.budget)
        if outcome.error == _NOT_OURS:
            self.edits.prove(name, False)
        if outcome.retire_vmid:
            self.retired[outcome.key] = Retired(key=outcome.key, reason=outcome.reason, at=outcome.ended_at)
        if outcome.retire_vmid or (outcome.action == Delete.word and outcome.result is Result.DONE):
            self.edits.release([name])
        else:
            self.edits.change(name, attempts=attempts)
        retry_at = attempts.retry_at if attempts and not attempts.gave_up else None
        gave_up = attempts.gave_up and outcome.result is not Result.REFUSED
        result = Result.FAILED if gave_up else outcome.result
        self.outcomes.append(replace(outcome, retry_at=retry_at, result=result))

    def _of_number(self, outcome: Outcome, before: Attempts) -> Outcome:
        """Refused again, in the same words, after an observation that did not show it: it is somebody's, where we cannot look.

        Unless a clone of ours may have come out there: then another number would be a second desktop for its agent.
        """
        if outcome.error != IdTaken.word or outcome.reason != before.reason or before.made:
            return outcome
        if outcome.desktop not in self.records.maybe_made:
            return replace(outcome, retire_vmid=True)
        vmid = outcome.key.vmid
        why = MAYBE_OURS(why=outcome.reason, vmid=vmid)
        return replace(outcome, error=Unseen.word, reason=why)

    def adopt(self, reservation: Reservation) -> None:
        """The note is the truth: where the store said otherwise, it was older."""
        name, record = reservation.name, self.edits.get(reservation.name)
        stored = None if record is None else record.reservation
        if stored is not None and not _is_the_same(stored, reservation):
            old = _rekeyed_from(stored, reservation, self.records)
            if old and reservation.agent_id:
                rekeys = {old: reservation.agent_id}
                self.rekeyed |= rekeys
                self.edits.each(lambda record: rekeyed_record(record, rekeys))
            else:
                stored = None
        if stored is not None:
            self.edits.prove(name)
            self.note(name, reservation.agent_id)
            return
        self.edits.release([name, *(one.name for one in self.records.reservations if _gives_way(one, reservation))])
        self.edits.reserve(reservation)

    def note(self, name: DesktopName, agent_id: AgentId | None) -> None:
        """Its note names this id."""
        if record := self.edits.get(name):
            self.edits.change(name, reservation=with_note(record.reservation, agent_id))

    def revive(self, name: DesktopName, error: str) -> None:
        """Given up for what has turned out to be nobody's own failure, and is gone."""
        record = self.edits.get(name)
        if record is not None and record.attempts.gave_up and record.attempts.error == error:
            self.edits.change(name, attempts=UNTRIED)

    def read(self, name: DesktopName, report: GuestReport) -> None:
        record = self.edits.get(name)
        if record is None:
            return
        before, began = record.report, record.started_at
        self.edits.change(name, report=report, unheard=None)
        if report.ready and not (before and before.ready):
            self.edits.change(name, attempts=UNTRIED)
            self.outcomes.append(self._became_ready(record.reservation, report, began=began))
        elif report.ready and before and report.is_of_other_boot(before):
            self.outcomes.append(self._became_ready(record.reservation, report, began=report.booted_at))

    def miss(self, name: DesktopName, unheard: Unheard) -> None:
        """Of the same reason again nothing new is kept: a dead agent is asked for days."""
        record = self.edits.get(name)
        if record is not None and (record.unheard is None or record.unheard.word is not unheard.word):
            self.edits.change(name, unheard=unheard)

    def _became_ready(self, reservation: Reservation, report: GuestReport, *, began: Instant | None) -> Outcome:
        ready_at = min(report.ready_at or report.read_at, report.read_at)  # the guest's clock may be ahead
        began = ready_at if began is None else began
        return Outcome(
            desktop=reservation.name,
            key=reservation.key,
            action=JournalWord.READY.value,
            result=Result.DONE,
            reason=READY(),
            started_at=min(began, ready_at),
            ended_at=ready_at,
        )


def _gives_way(one: Reservation, proven: Reservation) -> bool:
    """Another name for the same VM, or somebody to whom only an older store has promised the same address."""
    if one.name == proven.name:
        return False
    return one.key == proven.key or (not one.proven and bool(one.address) and one.address == proven.address)


def _rekeyed_from(stored: Reservation, proven: Reservation, records: Records) -> AgentId | None:
    """The id that an older store knows its agent by: nothing but a rekey writes another id into the note of one desktop.

    None: it is another desktop, made under the same name and number later, or the new id has one already.
    """
    same = (stored.key, stored.profile, stored.address) == (proven.key, proven.profile, proven.address)
    dated = int(stored.reserved_at) == int(proven.reserved_at)
    owned = any(one.seat == proven.seat for one in records.reservations)
    return stored.agent_id if same and dated and not owned else None


def _is_the_same(stored: Reservation, proven: Reservation) -> bool:
    """Also where the note was written before its agent got another id."""
    same = (stored.key, stored.profile, stored.address) == (proven.key, proven.profile, proven.address)
    return same and stored.may_be_noted_as(proven.seat)
