"""Leases: who has a desktop of a pool, and what is left of the last person in one that nobody has."""

import enum
from dataclasses import dataclass

from provisioner.model.ids import AgentId, Instant


class LeaseState(enum.StrEnum):
    """What a lease says of its desktop. Without a lease a desktop of a pool is free."""

    LENT = "lent"
    """Somebody has it."""
    KEPT = "kept"
    """Nobody has it now; it waits for the person who had it last, and for nobody else."""
    TO_RESET = "to_reset"
    """Nobody has it, and nobody gets it before what the last person left in it is gone."""
    IN_DOUBT = "in_doubt"
    """The store is an older copy: who has had it since is not known. Nobody gets it before the desktop, or a person, says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One desktop of a pool, lent or not yet free again."""

    state: LeaseState
    since: Instant
    """When this state began."""
    agent_id: AgentId | None = None
    """For whom it is, and at most one desktop is for one person; None: for nobody, it is to be reset."""
    key: str = ""
    """The idempotency key of the order that lent it; empty: it had none, or is not known."""


def in_doubt(before: Lease | None, at: Instant) -> Lease:
    """Of a desktop of a pool after a backup was restored: the copy may know who had it then, and not who has it now."""
    return Lease(state=LeaseState.IN_DOUBT, since=at, agent_id=None if before is None else before.agent_id)


def unknown_past(at: Instant) -> Lease:
    """Of a desktop of a pool that is known from its note alone: somebody may have used it."""
    return Lease(state=LeaseState.TO_RESET, since=at)
