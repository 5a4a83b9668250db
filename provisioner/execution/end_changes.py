"""What the ends of actions change in the store. Only here outcomes become records. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from provisioner.errors import IdTaken, NoQuorum, NotOurs, Unauthorised, Unseen, word_for
from provisioner.execution.executor import Effects
from provisioner.execution.retries import attempts_after, log_tail
from provisioner.model.actions import (
    Delete,
    Outcome,
    Result,
    Retired,
)
from provisioner.model.budget import Budget
from provisioner.model.ids import AgentId, DesktopName, GuestKey, Instant
from provisioner.model.kept.identities import Identities
from provisioner.model.kept.records import DesktopRecord, RecordEdits, Records
from provisioner.model.kept.rekeying import rekeyed_record, with_note
from provisioner.model.lending import unknown_past
from provisioner.model.machines.desktops import UNTRIED, Attempts, FirstBoot, GuestReport, Reservation, Unheard
from provisioner.model.machines.seats import pool_of
from provisioner.model.words import JournalWord
from provisioner.ports import Changes
from provisioner.reasons.phases import READY
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.requests import CLONE_HIDDEN, MAYBE_OURS, TAKEN_HIDDEN, TASK_LOG

_NOT_OURS = word_for(NotOurs)
_PAUSES = frozenset({word_for(NoQuorum), word_for(Unauthorised)})
"""Errors after which the end of the cluster's pause decides when it is tried again."""


def effect_changes(all_effects: Iterable[Effects], records: Records, budget: Budget) -> Changes:
    """The changes from effects, all in one transaction: it costs as much as the transaction of a single effect."""
    builder = _ChangeBuilder(records=records, budget=budget, edits=RecordEdits(records.desktops))
    for effects in all_effects:
        builder.take(effects)
    return Changes(
        desktops=builder.edits.made,
        rekeyed=builder.rekeyed,
        retired=tuple(builder.retired.values()),
        outcomes=tuple(builder.outcomes),
    )


def log_changes(desktop: DesktopName, lines: Iterable[str], records: Records, *, said: Reason = NONE) -> Changes:
    """Add the end of a failed task's log to the reason why the desktop was given up.

    `said`: to this reason, if it still is that of the last failure.
    """
    record = records.desktops.get(desktop)
    if record is None or not (record.attempts.reason == said if said else record.attempts.gave_up):
        return Changes()
    reason = record.attempts.reason
    tail = log_tail(lines, known=reason)
    if not tail:
        return Changes()
    attempts = replace(record.attempts, reason=TASK_LOG(why=reason, log=tail))
    return Changes(desktops={desktop: replace(record, attempts=attempts)})


@dataclass(kw_only=True)
class _ChangeBuilder:
    records: Records
    budget: Budget
    edits: RecordEdits
    retired: dict[GuestKey, Retired] = field(default_factory=dict)
    rekeyed: dict[AgentId, AgentId] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)

    def take(self, effects: Effects) -> None:
        for outcome in effects.outcomes:
            self.end(outcome)
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

    def end(self, outcome: Outcome) -> None:
        name, record = outcome.desktop, self.edits.get(outcome.desktop)
        before = UNTRIED if record is None else record.attempts
        outcome = self._judge_taken_id(outcome, before)
        attempts = attempts_after(outcome, before, self.budget)
        if outcome.error == _NOT_OURS:
            self.edits.prove(name, False)
        if outcome.retire_vmid:
            self.retired[outcome.key] = Retired(key=outcome.key, reason=outcome.reason, at=outcome.ended_at)
        if outcome.retire_vmid or (outcome.action == Delete.word and outcome.result is Result.DONE):
            self.edits.release([name])
        else:
            self.edits.change(name, attempts=attempts)
        waits = attempts and not attempts.gave_up and outcome.error not in _PAUSES
        retry_at = attempts.retry_at if waits else None
        gave_up = attempts.gave_up and outcome.result is not Result.REFUSED
        result = Result.FAILED if gave_up else outcome.result
        self.outcomes.append(replace(outcome, retry_at=retry_at, result=result))

    def _judge_taken_id(self, outcome: Outcome, before: Attempts) -> Outcome:
        """A VMID was refused as taken twice in the same words, and no observation has shown its VM. There are three cases:

        1. one of our clones may have succeeded there: an operator has to look. Another VMID could mean a second desktop;
        2. our clones have failed there, as their tasks say: what holds the VMID is half made. Retire it, and remember why;
        3. otherwise a VM that the token cannot see has the VMID: the same.
        """
        if outcome.error != IdTaken.word or outcome.reason != before.reason or before.made:
            return outcome
        why, desktop = outcome.reason, outcome.desktop
        if desktop in self.records.unended:
            return replace(outcome, error=Unseen.word, reason=MAYBE_OURS(why=why, vmid=outcome.key.vmid))
        if desktop in self.records.maybe_made:
            record = self.edits.get(desktop)
            node = record.reservation.node if record is not None else ""
            return replace(outcome, retire_vmid=True, reason=CLONE_HIDDEN(why=why, name=desktop, node=node))
        return replace(outcome, retire_vmid=True, reason=TAKEN_HIDDEN(why=why))

    def adopt(self, reservation: Reservation) -> None:
        """Take a desktop over from its note, which overrides the store: a store that differs is older than the note.

        There are three cases: the store has the same desktop, under the same id or before a rekey; the store has another
        desktop of that name; the store has none. In the last two the note's desktop replaces what is in its way.
        """
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
        in_the_way = (desktop.name for desktop in self.records.reservations if _gives_way(desktop, reservation))
        self.edits.release([name, *in_the_way])
        self.edits.reserve(reservation)
        self.edits.change(name, logged_on=True)  # for all that is known
        if pool_of(reservation.seat) is not None:  # who had it is lost with the store
            self.edits.change(name, lease=unknown_past(reservation.reserved_at))

    def note(self, name: DesktopName, agent_id: AgentId | None) -> None:
        """Record the id that the desktop's note names."""
        if record := self.edits.get(name):
            self.edits.change(name, reservation=with_note(record.reservation, agent_id))

    def revive(self, name: DesktopName, error: str) -> None:
        """Retry a desktop that was given up by a common cause which is gone."""
        record = self.edits.get(name)
        if record is not None and record.attempts.gave_up and record.attempts.error == error:
            self.edits.change(name, attempts=UNTRIED)

    def read(self, name: DesktopName, report: GuestReport) -> None:
        record = self.edits.get(name)
        if record is None:
            return
        before, began = record.report, record.started_at
        report = self._judge_identity(record, report)
        self.edits.change(name, report=report, unheard=None)
        if report.sessions or report.events:
            self.edits.change(name, logged_on=True)
        if report.ready and not (before and before.ready):
            self.edits.change(name, attempts=UNTRIED)
            self.outcomes.append(self._became_ready(record.reservation, report, began=began))
        elif report.ready and before and report.is_of_other_boot(before):
            booted_at = max(report.booted_at or report.read_at, before.read_at)  # the boot before it was there then
            self.outcomes.append(self._became_ready(record.reservation, report, began=booted_at))

    def _judge_identity(self, record: DesktopRecord, report: GuestReport) -> GuestReport:
        """A desktop that shares its identity with another one does not become ready. It is judged when it says that it is.

        Nobody loses a desktop because another one copies its identity: what is ready, or was given to somebody, stays so.
        """
        name, before = record.reservation.name, record.report
        if report.first_boot is not FirstBoot.DONE:  # until then it shows what it was cloned from
            return report
        settled = record.assigned_to is not None or (before is not None and before.ready)
        clash = NONE
        if report.ready and not settled and report.identity:
            clash = self._identities.keeps_back(name, report.identity)
        self.edits.change(name, identity=report.identity)
        if "_identities" in vars(self):
            self._identities.add(name, report.identity)
        return replace(report, clash=clash) if clash else report

    @cached_property
    def _identities(self) -> Identities:
        """Of all desktops. Made only for a desktop that becomes ready."""
        desktops = {**self.records.desktops, **self.edits.made}
        return Identities(record for record in desktops.values() if record is not None)

    def miss(self, name: DesktopName, unheard: Unheard) -> None:
        """Record why there was no report; the same reason again changes nothing: a dead guest agent is asked for days.

        But for once: when a desktop that was ready counts as silent from now on.
        """
        record = self.edits.get(name)
        before = None if record is None else record.unheard
        if record is None or before is None or before.word is not unheard.word:
            self.edits.change(name, unheard=unheard)
        elif not before.silent and record.report is not None and before.falls_silent(record.report, unheard.since):
            self.edits.change(name, unheard=replace(before, silent=True))

    def _became_ready(self, reservation: Reservation, report: GuestReport, *, began: Instant | None) -> Outcome:
        earliest = reservation.reserved_at if began is None else began  # the guest's clock may be wrong, and so may its word
        ready_at = min(max(report.ready_at or report.read_at, earliest), report.read_at)
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


def _gives_way(stored: Reservation, proven: Reservation) -> bool:
    """Whether a stored desktop has another name for the same VM, or is unproven and has the same address."""
    if stored.name == proven.name:
        return False
    return stored.key == proven.key or (not stored.proven and bool(stored.address) and stored.address == proven.address)


def _rekeyed_from(stored: Reservation, proven: Reservation, records: Records) -> AgentId | None:
    """The agent's earlier id in an older store: only a rekey changes the id in the note of a desktop.

    None: it is another desktop, made later under the same name and VMID, or the new id has a desktop already.
    """
    same = (stored.key, stored.profile, stored.address) == (proven.key, proven.profile, proven.address)
    same_date = int(stored.reserved_at) == int(proven.reserved_at)
    has_desktop = any(desktop.seat == proven.seat for desktop in records.reservations)
    return stored.agent_id if same and same_date and not has_desktop else None


def _is_the_same(stored: Reservation, proven: Reservation) -> bool:
    """Whether both are the same desktop; the note may name an earlier id of its agent."""
    same = (stored.key, stored.profile, stored.address) == (proven.key, proven.profile, proven.address)
    return same and stored.may_be_noted_as(proven.seat)
