"""How many people a shortage concerns: who has less than the own profile, and who is refused."""

from dataclasses import dataclass

from provisioner.model.scenarios import Shortage
from provisioner.model.status import Status
from provisioner.reasons.shortage import REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortOf:
    """People whom a shortage concerns."""

    lesser: int = 0
    """Who have a desktop of another profile than their own, because none of their own fitted."""
    refused: int = 0
    """Who get none, as long as none fits."""


def short_of(status: Status | None, shortage: Shortage) -> ShortOf:
    """By the last status; of people who are wanted now."""
    if status is None or not shortage:
        return ShortOf()
    wants = status.demand.wants
    made = (state.reservation for state in status.desktops.values() if state.wanted and state.superseded_by is None)
    profiles = ((desktop.profile, wants[seat].profile) for desktop in made if (seat := desktop.seat) and seat in wants)
    return ShortOf(
        lesser=sum(has != own and has in shortage.profiles for has, own in profiles),
        refused=sum(count for reason, _, count in status.plan.reasons if reason.code == REFUSED.code),
    )


__all__ = ["ShortOf", "short_of"]
