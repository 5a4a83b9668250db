"""How many people a shortage concerns: who has less than the own profile or share, and who is refused."""

from dataclasses import dataclass

from provisioner.model.scenario.scenarios import Shortage
from provisioner.model.status import Status
from provisioner.reasons.placement import REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortOf:
    """People whom a shortage concerns."""

    lesser: int = 0
    """Who have a desktop of another profile than their own, because none of their own fitted."""
    refused: int = 0
    """Who get none, as long as none fits."""
    fewer: int = 0
    """Who share by half-days, and have fewer than they should, because more do not suffice."""
    left_out: int = 0
    """Who should share, and get no half-days, as long as they do not suffice."""


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
        fewer=0 if status.rotation is None else status.rotation.fewer,
        left_out=0 if status.rotation is None else len(status.rotation.refused),
    )


__all__ = ["ShortOf", "short_of"]
