"""What follows from an action's end: done, retry later, observe first, another VMID, or give up. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b

from provisioner.actions.registry import spec_named, spec_of
from provisioner.errors import (
    AlreadySo,
    BasculeError,
    Forbidden,
    GuestBusy,
    GuestUnknown,
    HollowClone,
    IdTaken,
    InUse,
    KeepWithTemplate,
    LeftoverImage,
    LockBusy,
    NodeRefuses,
    NoQuorum,
    NotOurs,
    NotSent,
    OtherKey,
    OutcomeUnknown,
    PlaceElsewhere,
    Refused,
    StorageFull,
    Unauthorised,
    Unseen,
    UserConfigBusy,
    WorkerBusy,
    word_for,
)
from provisioner.model.actions import Action, Delete, Outcome, Result
from provisioner.model.budget import Budget
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.machines.desktops import LONGEST_DELETE_WAIT_S, PLACE_TRIES, Attempts
from provisioner.reasons.reason import NONE, Reason, reason_of
from provisioner.reasons.steps import GAVE_UP

_LOG_LINES, _LOG_CHARACTERS = 3, 300
_ERROR = " ERROR: "


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionEnding:
    """The times and the text of an action's end."""

    started_at: Instant
    now: Instant
    reason: Reason = NONE


def done(action: Action, ending: ActionEnding) -> Outcome:
    """The outcome of a success."""
    return _outcome(action, Result.DONE, ending)


def after(error: BasculeError, action: Action, ending: ActionEnding) -> Outcome:
    """The outcome that an error means for this action.

    An answer that was lost does not come here while an observation can still show the result: it stays in flight.
    """
    ending = replace(ending, reason=reason_of(error))
    outcome = _outcome(action, _result(error, action), ending)
    return replace(outcome, error=word_for(type(error)), retire_vmid=isinstance(error, LeftoverImage))


def attempts_after(outcome: Outcome, before: Attempts, budget: Budget) -> Attempts:
    """The desktop's failures in a row after this outcome, and when to retry. The cases, in this order:

    1. success: forget the failures, if it was progress;
    2. unseen: the VM was made, and no listing shows it;
    3. the note proves another key, or not ours: nothing is counted;
    4. an action that holds nothing up: nothing is counted, and the desktop goes on;
    5. a common cause, or not the desktop's fault (not sent, a pause): retry after the shortest wait;
    6. a delete: retry at growing intervals up to hours, never give up;
    7. an action that never gives up: retry after the longest wait;
    8. busy: retry at growing intervals, never give up;
    9. otherwise count the failure, and give up after enough of them: after fewer if the place is to blame.
    """
    spec = spec_named(outcome.action)
    if outcome.result is Result.DONE and spec is not None and not spec.is_progress:
        return before
    if outcome.result is Result.DONE:
        return Attempts(avoid=before.avoid)
    if outcome.error == Unseen.word:
        return replace(before, reason=outcome.reason, error=outcome.error, made=True)
    if outcome.error == OtherKey.word or (outcome.error == NotOurs.word and _may_give_up(outcome)):
        # Another key says nothing about this desktop. Not ours: the proof is void, and the note is read before anything else.
        return before
    if spec is not None and not spec.holds_up:
        return before
    if outcome.common:
        return replace(before, reason=outcome.reason, error=outcome.error, retry_at=outcome.ended_at + budget.retry_base_s)
    misplaced = before.misplaced + (outcome.error in _OF_THE_PLACE)
    after = replace(before, reason=outcome.reason, error=outcome.error, misplaced=misplaced)
    if outcome.error in _BLAMELESS:
        return replace(after, retry_at=outcome.ended_at + budget.retry_base_s)
    if outcome.action == Delete.word:
        wait = min(budget.retry_cap_s * 2.0 ** min(before.waited, _DOUBLINGS), LONGEST_DELETE_WAIT_S)
        return replace(
            before, reason=outcome.reason, error=outcome.error, retry_at=outcome.ended_at + wait, waited=before.waited + 1
        )
    if not _may_give_up(outcome):
        return replace(before, reason=outcome.reason, error=outcome.error, retry_at=outcome.ended_at + budget.retry_cap_s)
    busy = outcome.error in _BUSY
    after = replace(after, waited=before.waited + 1) if busy else replace(after, count=before.count + 1)
    # After an unknown outcome the next observation comes first. It may have been sent before this action ended.
    wait = budget.retry_base_s if outcome.result is Result.UNKNOWN else backoff_s(outcome.desktop, after.tries, budget)
    after = replace(after, retry_at=outcome.ended_at + wait)
    if busy or not (outcome.result is Result.REFUSED or _is_enough(after, budget)):
        return after
    return replace(after, gave_up=True, reason=GAVE_UP(tries=after.count, why=outcome.reason))


def is_passing(outcome: Outcome) -> bool:
    """Whether the failure passes by itself, and soon: it says nothing about the next try."""
    return outcome.error in _PASSING


def log_tail(lines: Iterable[str], *, known: str) -> str:
    """The end of a task's log, without lines that the `known` reason contains; at most 300 characters, perhaps empty.

    Of a log that marks its errors (a move's), the errors, without their times.
    """
    stripped = [line.strip() for line in lines]
    errors = [line.partition(_ERROR)[2] for line in stripped if _ERROR in line and not line.startswith("TASK ERROR")]
    new = [line for line in errors or stripped if line and not line.startswith("TASK ERROR") and line not in known]
    return " / ".join(new[-_LOG_LINES:])[-_LOG_CHARACTERS:]


def backoff_s(desktop: DesktopName, count: int, budget: Budget) -> float:
    """Full jitter: between 0 and the doubled wait, by hash instead of chance, so that a rehearsal gives the same result."""
    ceiling = min(budget.retry_cap_s, budget.retry_base_s * float(2 ** (count - 1)))
    digest = blake2b(f"{desktop}/{count}".encode(), digest_size=8).digest()
    return ceiling * int.from_bytes(digest, "big") / 2**64


def _may_give_up(outcome: Outcome) -> bool:
    spec = spec_named(outcome.action)
    return spec is None or spec.gives_up


def _is_enough(after: Attempts, budget: Budget) -> bool:
    return after.count >= budget.max_attempts or (after.error == _NOT_HERE and after.misplaced >= PLACE_TRIES)


def _words(*errors: type[BasculeError]) -> frozenset[str]:
    return frozenset(word_for(error) for error in errors)


_DOUBLINGS = 16
_NOT_HERE = word_for(PlaceElsewhere)
_BLAMELESS = _words(NotSent, NodeRefuses, NoQuorum, Unauthorised, StorageFull, InUse, GuestUnknown, KeepWithTemplate)
_BUSY = _words(LockBusy, UserConfigBusy, GuestBusy, WorkerBusy, Forbidden)
"""Retried at growing intervals, and never given up. A 403 concerns one path: an operator has to grant the right."""
_PASSING = _BLAMELESS | _BUSY - _words(Forbidden)
_OF_THE_PLACE = _words(PlaceElsewhere, StorageFull)


def _result(error: BasculeError, action: Action) -> Result:
    if isinstance(error, AlreadySo) and spec_of(action).already_so_is_done:
        return Result.DONE
    if isinstance(error, IdTaken | OutcomeUnknown):
        return Result.UNKNOWN
    if isinstance(error, Refused | HollowClone):
        return Result.REFUSED
    return Result.RETRY


def _outcome(action: Action, result: Result, ending: ActionEnding) -> Outcome:
    return Outcome(
        desktop=action.desktop,
        key=action.key,
        action=action.word,
        result=result,
        reason=ending.reason,
        because=action.because,
        started_at=ending.started_at,
        ended_at=ending.now,
    )


__all__ = ["ActionEnding", "after", "attempts_after", "backoff_s", "done", "is_passing", "log_tail"]
