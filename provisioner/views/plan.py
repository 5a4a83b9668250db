"""The last plan that the daemon acted by: what it ordered, what waits, and what the safety gate stopped."""

from dataclasses import dataclass

from provisioner.model.actions import Action
from provisioner.model.deferrals import Deferral
from provisioner.model.status import Status
from provisioner.views.reasons import ReasonDocument, reason_document, reason_documents
from provisioner.views.times import stamp, stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDocument:
    """One action that was ordered."""

    action: str
    """`clone`, `configure`, `start`, …"""
    desktop: str | None
    """None: a VM whose desktop is not known yet."""
    cluster: str
    vmid: int
    because: ReasonDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralDocument:
    """Something wanted that was not done in that cycle."""

    what: str
    """A desktop's name, or an agent's login."""
    because: ReasonDocument
    binds: str | None
    """What it waits for, in one word."""
    retry_at: str | None
    """None: in each cycle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftoverDocument:
    """A VM that is not touched."""

    cluster: str
    vmid: int
    because: ReasonDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """The plan of the last cycle."""

    at: str
    """When it was made; before the first cycle the time of the answer."""
    actions: tuple[ActionDocument, ...]
    """What was ordered."""
    deferred: tuple[DeferralDocument, ...]
    """What waits, in its order."""
    blocked: tuple[ReasonDocument, ...]
    """What the safety gate stopped, with the arithmetic."""
    leftovers: tuple[LeftoverDocument, ...]
    """VMs that are not touched, and why."""


def plan_document(status: Status) -> PlanDocument:
    """The plan of the last cycle."""
    plan = status.plan
    return PlanDocument(
        at=stamp(status.at if status.planned_at is None else status.planned_at),
        actions=tuple(map(action_document, plan.actions)),
        deferred=tuple(map(_deferral, plan.deferred)),
        blocked=reason_documents(status.blocked),
        leftovers=tuple(
            LeftoverDocument(cluster=left.key.cluster, vmid=left.key.vmid, because=reason_document(left.reason))
            for left in plan.leftovers
        ),
    )


def action_document(action: Action) -> ActionDocument:
    """One action."""
    return ActionDocument(
        action=action.word,
        desktop=action.desktop or None,
        cluster=action.key.cluster,
        vmid=action.key.vmid,
        because=reason_document(action.because),
    )


def _deferral(deferral: Deferral) -> DeferralDocument:
    return DeferralDocument(
        what=deferral.what,
        because=reason_document(deferral.reason),
        binds=deferral.binds or None,
        retry_at=stamp_or_none(deferral.retry_at),
    )
