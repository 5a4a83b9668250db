"""What effects and orders change in the store: the one place where outcomes become kept facts. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from provisioner.errors import IdTaken, NotOurs, Unseen, word_for
from provisioner.execution.executor import Effects
from provisioner.execution.retries import attempts_after, log_tail
from provisioner.model.absence import MANY, is_absent, is_doubtful, is_missing, was_made, why_missing
from provisioner.model.actions import (
    Action,
    Assign,
    Clone,
    Configure,
    Delete,
    Outcome,
    Plan,
    Release,
    Result,
    Retired,
    Start,
    Tag,
    kind,
)
from provisioner.model.budget import Budget
from provisioner.model.cluster import ClusterView, Guest, Power
from provisioner.model.departures import Departure
from provisioner.model.desktops import Attempts, GuestReport, Reservation, Unheard
from provisioner.model.ids import AgentId, ClusterId, DesktopName, GuestKey, Instant
from provisioner.model.records import Memory
from provisioner.model.vm_marks import is_configured
from provisioner.model.words import ActionWord, JournalWord
from provisioner.ports import Changes

_DOUBT_S = 600.0
"""A clone ordered in an earlier life of the daemon may still come out for as long as a profile's `clone_timeout` gives it."""
_STALE_S = 15.0
"""A listing may show a guest as stopped this long after its start: pvestatd passes every 10 s."""

_NEVER = float("inf")
_UNTRIED = Attempts()
_NOT_OURS = word_for(NotOurs)
_PROOF_HOLDS_S = 30.0
"""A cloned desktop is configured within this time after it was proven ours, or proven again: its VMID may change hands."""


def of_orders(plan: Plan, orders: Iterable[Action], memory: Memory, now: Instant) -> Changes:
    """Durable before anything is sent: new reservations, void reports of desktops started anew, assignments, leftovers."""
    orders = tuple(orders)
    clones = [one for one in orders if isinstance(one, Clone)]
    starts = {one.desktop for one in orders if isinstance(one, Start)}
    useless = {one.key for one in plan.leftovers}
    left = tuple(one.name for one in memory.reservations.values() if one.key in useless) if useless else ()
    anew = _made_anew(clones, memory)
    return Changes(
        released=(*left, *plan.given_back),
        reserved=tuple(one.reservation for one in clones if one.desktop not in memory.reservations),
        started={**dict.fromkeys(anew), **dict.fromkeys(starts, now)},
        unheard=_void({*anew, *starts}, memory),
        # What a desktop said before its node went away is void: the listing that shows it back still shows it as it was.
        reports=dict.fromkeys((*starts, *anew, *(one.instead_of for one in clones if one.instead_of)), None),
        assignments={**dict.fromkeys(anew), **_assignments(plan)},
        departures=_departures(plan, memory, now),
        deletions={(one.desktop, one.reservation.reserved_at): now for one in orders if isinstance(one, Delete)},
        retired=plan.leftovers,
        attempts=_attempts_of_moved(clones, memory, now),
        superseded={**plan.superseded, **{one.instead_of: one.desktop for one in clones if one.instead_of}},
        outcomes=tuple(_steps(plan, memory, now)),
    )


def _made_anew(clones: Iterable[Clone], memory: Memory) -> list[DesktopName]:
    """Desktops whose VM was deleted: the one that is made in its place has served nobody yet, and is to be configured."""
    kept = (memory.assignments, memory.reports, memory.started)
    return [clone.desktop for clone in clones if any(clone.desktop in names for names in kept)]


def _assignments(plan: Plan) -> dict[DesktopName, AgentId | None]:
    released = (one.desktop for one in plan.actions if isinstance(one, Release))
    return {**dict.fromkeys(released), **{one.desktop: one.agent_id for one in plan.actions if isinstance(one, Assign)}}


def _departures(plan: Plan, memory: Memory, now: Instant) -> dict[DesktopName, Departure | None]:
    """A desktop is recycled when its release has not been cut from the plan."""
    changed = dict(plan.departures)
    for one in plan.actions:
        if isinstance(one, Release):
            before = changed.get(one.desktop) or memory.departures.get(one.desktop) or Departure(since=now)
            changed[one.desktop] = replace(before, recycled_at=now)
    return changed


def _steps(plan: Plan, memory: Memory, now: Instant) -> Iterator[Outcome]:
    """For the journal: who has left, who is back, what was released."""
    for name, departure in plan.departures.items():
        leaves = _is_leaving(departure)
        if leaves is not _is_leaving(memory.departures.get(name)):
            reason = "its agent is not wanted any more: suspended" if leaves else "its agent is wanted again"
            word = JournalWord.DEPART if leaves else JournalWord.RETURN
            yield _step(memory.reservations[name], word.value, reason, now)
    for one in plan.actions:
        if isinstance(one, Release):
            yield _step(one.reservation, kind(one), one.because, now)


def _is_leaving(departure: Departure | None) -> bool:
    return departure is not None and not departure.ended


def _step(reservation: Reservation, action: str, reason: str, now: Instant) -> Outcome:
    return Outcome(
        desktop=reservation.name, key=reservation.key, action=action, result=Result.DONE, reason=reason,
        started_at=now, ended_at=now,
    )  # fmt: skip


def _attempts_of_moved(clones: Iterable[Clone], memory: Memory, now: Instant) -> dict[DesktopName, Attempts | None]:
    """The new one remembers where it was tried before; of the old one nothing is concluded before its last order has ended."""
    changed: dict[DesktopName, Attempts | None] = {}
    for one in clones:
        if one.instead_of:
            before = memory.attempts.get(one.instead_of, Attempts())
            changed[one.instead_of] = replace(before, retry_at=max(before.retry_at, now + _DOUBT_S))
        if one.avoid:
            changed[one.desktop] = Attempts(avoid=one.avoid)
    return changed


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


def of_retries(names: Iterable[DesktopName], memory: Memory) -> Changes:
    """What has gone wrong with these desktops is forgotten; not how long nothing is concluded of one that was superseded.

    One that a listing lacks is gone, by the operator's word.
    """
    known = {name: memory.attempts[name] for name in names if name in memory.attempts}
    return Changes(
        unproven=tuple(name for name, attempts in known.items() if is_missing(attempts)),
        attempts={
            name: Attempts(retry_at=attempts.retry_at, avoid=attempts.avoid) if name in memory.superseded else None
            for name, attempts in known.items()
        },
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


def of_views(
    views: Iterable[ClusterView],
    memory: Memory,
    in_flight: Mapping[GuestKey, Action],
    *,
    installation: str,
    proved: Mapping[DesktopName, Instant] | None = None,
    among: Iterable[DesktopName] | None = None,
) -> Changes:
    """What was seen, of one or more clusters. A desktop seen powered off has no boot: what its last one reported is void.

    The proof is void of a desktop that is gone, or without our tag unless it was `proved` just now: another VM may stand there.
    One that the listing lacks is gone once Proxmox VE says that its number is free, and only where few are absent at once.
    Looked at are all desktops, or those `among` which alone something may be seen: a ready one that is as it was tells nothing.
    """
    seen = {view.cluster: view for view in views}
    void: list[DesktopName] = []
    unproven: list[DesktopName] = []
    absent: dict[ClusterId, list[Reservation]] = {}
    attempts: dict[DesktopName, Attempts | None] = {}
    proved, started = proved or {}, memory.started
    for name in memory.reservations if among is None else among:
        one = memory.reservations.get(name)
        view = seen.get(one.cluster) if one is not None else None
        if one is None or view is None:
            continue
        guest, order = view.guests.get(one.vmid), in_flight.get(one.key)
        tried = memory.attempts.get(name, _UNTRIED)
        if guest is None and was_made(one, tried) and is_absent(one, view) and not isinstance(order, Clone | Delete):
            absent.setdefault(one.cluster, []).append(one)
        elif guest is not None and is_missing(tried):
            attempts[name] = None
        is_off = guest is not None and guest.power is Power.STOPPED and (name in started or name in memory.reports)
        if is_off and order is None and view.taken_at > started.get(name, _NEVER) + _STALE_S:
            void.append(name)
        if one.proven and _doubtful(guest, order, installation) and not _is_fresh(proved, name, guest, view):
            unproven.append(name)
    for cluster, those in absent.items():
        gone, missing = _judged_absent(those, seen[cluster], memory)
        unproven += gone
        attempts |= dict.fromkeys((name for name in gone if name in memory.attempts), None) | missing
    seen_off = Changes(reports=dict.fromkeys(void, None), started=dict.fromkeys(void, None), unheard=_void(void, memory))
    return replace(seen_off, unproven=tuple(unproven), attempts=attempts)


def _judged_absent(
    absent: list[Reservation], view: ClusterView, memory: Memory
) -> tuple[list[DesktopName], dict[DesktopName, Attempts | None]]:
    """Of what a listing lacks: what is gone, and what an operator has to look at first."""
    on_cluster = sum(one.cluster == view.cluster for one in memory.reservations.values()) if len(absent) >= MANY else 0
    if not is_doubtful(len(absent), on_cluster):
        return [one.name for one in absent if view.existence.get(one.vmid) is False], {}
    tried = {one.name: memory.attempts.get(one.name, _UNTRIED) for one in absent}
    missing = {
        name: replace(before, made=True, error=Unseen.word.value, reason=why_missing(len(absent)))
        for name, before in tried.items()
        if not is_missing(before)
    }
    return [], {**missing}


def _void(names: Iterable[DesktopName], memory: Memory) -> dict[DesktopName, None]:
    """Of those that are started anew or off, why the boot before gave no report."""
    return {name: None for name in names if name in memory.unheard}


def _is_fresh(proved: Mapping[DesktopName, Instant], name: DesktopName, guest: Guest | None, view: ClusterView) -> bool:
    return guest is not None and abs(view.taken_at - proved.get(name, 0.0)) < _PROOF_HOLDS_S


def _doubtful(guest: Guest | None, order: Action | None, installation: str) -> bool:
    """Somebody may delete a desktop and make a VM of their own under its VMID: it must not be configured as ours."""
    if guest is None:
        return False
    return not (is_configured(guest, installation) or isinstance(order, Clone | Configure | Tag))


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
        elif known and outcome.action == ActionWord.DELETE and outcome.result is Result.DONE:
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
        self.unheard |= _void([name], self.memory)
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
    owned = any(one.agent_id == proven.agent_id for one in memory.reservations.values())
    return stored.agent_id if same and dated and not owned else None


def _is_the_same(stored: Reservation, proven: Reservation) -> bool:
    """Also where the note was written before its agent got another id."""
    same = (stored.key, stored.profile, stored.address) == (proven.key, proven.profile, proven.address)
    return same and stored.may_be_noted_as(proven.agent_id)
