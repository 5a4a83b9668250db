"""One action under way, and how its times stand to those of an observation."""

from dataclasses import dataclass, replace

from provisioner.model.actions import Action
from provisioner.model.cluster import ClusterView
from provisioner.model.ids import Instant, Upid

ARRIVAL_S = 35.0
"""After this long without a trace a request whose answer was lost did not arrive: Proxmox VE's proxy gives up after 30 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One action under way."""

    action: Action
    ordered_at: Instant
    answered_at: Instant | None = None
    """When its call ended; from then on observations tell."""
    upid: Upid | None = None
    """Its task (of Configure and Tag, which have none: any word); None after the answer was lost."""


def is_answered_before(work: Work, view: ClusterView, now: Instant) -> bool:
    """Whether its call had been answered when the observation was made.

    One that is dated later than now was under way while the clock was put back: it says nothing of what was answered since.
    """
    if work.answered_at is None or work.answered_at > view.taken_at:
        return False
    return view.taken_at <= now or work.answered_at > now


def is_dated_later(work: Work, now: Instant) -> bool:
    """Whether it is dated later than now, by more than a lost answer is waited for: the clock was put back since."""
    return work.answered_at is not None and max(work.ordered_at, work.answered_at) > now + ARRIVAL_S


def as_ordered_now(work: Work, now: Instant) -> Work:
    """The same, as if it had been ordered and answered now: it may take as long as ever."""
    deadline = now + work.action.deadline - work.ordered_at
    return replace(work, ordered_at=now, answered_at=now, action=replace(work.action, deadline=deadline))
