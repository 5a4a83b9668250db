"""Desktops that no listing shows. Pure.

A missing right may hide a VM, and a whole listing may be wrong for some seconds. So the listing is judged before a desktop is
made again: Proxmox VE is asked for each number, which needs no right: the VM exists and is hidden, or it is gone. Until it has
answered, a missing desktop waits and proves nothing.

Clones that failed may have left VMs that hold a number of ours. A clone joins its pool at the very end. If the cluster loses
its quorum before, Proxmox VE can remove nothing: the VM stays with our note, where a token with rights on the pool alone does
not see it. What was sent under a number is remembered until Proxmox VE says that the number is free, or a listing shows the VM.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from provisioner.errors import Unseen
from provisioner.model.ids import PoolName, Vmid, rights_path
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.machines.desktops import Attempts, Reservation
from provisioner.reasons.phases import ABSENT_MANY, ABSENT_UNASKED, HIDDEN
from provisioner.reasons.reason import Reason, as_reason
from provisioner.reasons.requests import CLONE_HIDDEN, MAYBE_OURS, TAKEN_HIDDEN

MANY = 3
"""From three missing desktops at once on a cluster, an operator has to look. One or two may have been deleted by hand."""
MANY_SHARE = 0.02
"""They also have to be more than this share of the cluster's desktops."""
ASKED_AT_ONCE = 64
"""Numbers without an answer that one observation asks about, one after the other: calls of about 0.01 s that no worker of
pvedaemon carries out. 1,700 are asked about in 27 observations."""
DOUBT_S = 600.0
"""A clone ordered in an earlier life of the daemon may still come out for as long as a profile's `clone_timeout` gives it."""
_LEFT = frozenset({CLONE_HIDDEN.code, TAKEN_HIDDEN.code})


class Absent(NamedTuple):
    """A desktop that is missing from the listing of its cluster. A tuple: there may be thousands."""

    reservation: Reservation
    attempts: Attempts
    superseded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Absences:
    """Of a cluster's missing desktops, those that count: how many exist, are gone, and were not asked about yet."""

    hidden: int = 0
    never_listed: int = 0
    """Of the hidden ones, clones that succeeded and never appeared."""
    gone: int = 0
    unasked: int = 0
    of: int
    """All desktops of the cluster."""

    @property
    def many_hidden(self) -> bool:
        """Whether the token does not see so many VMs of ours that nothing more is cloned: a right is missing. Three clones that
        succeeded and never appeared are enough, at any size of site."""
        return self.never_listed >= MANY or _is_doubtful(self.hidden, self.of)

    @property
    def many_gone(self) -> bool:
        """Whether so many are gone at once that an operator has to look before they are made again."""
        return _is_doubtful(self.gone, self.of)

    @property
    def closes(self) -> bool:
        """Whether nothing is cloned on the cluster until somebody has acted."""
        return self.many_hidden or self.many_gone

    @property
    def asked(self) -> int:
        """How many Proxmox VE has answered for."""
        return self.hidden + self.gone

    def asked_within_s(self, pause_s: float) -> float:
        """Until it has answered for all, if one observation comes each `pause_s`."""
        return ceil(self.unasked / ASKED_AT_ONCE) * pause_s

    @property
    def undecided(self) -> bool:
        """Whether so many are missing that nothing is cloned before Proxmox VE has answered for all of them."""
        return self.unasked > 0 and _is_doubtful(self.asked + self.unasked, self.of)


def absences(absent: Iterable[Absent], existence: Mapping[Vmid, bool], *, of: int) -> Absences:
    """What the missing desktops of one cluster mean; `existence`: what Proxmox VE has said of their numbers."""
    answers = [(each.reservation, existence.get(each.reservation.vmid)) for each in absent if counts(each)]
    return Absences(
        hidden=sum(there is True for _, there in answers),
        never_listed=sum(there is True and not reservation.proven for reservation, there in answers),
        gone=sum(there is False for _, there in answers),
        unasked=sum(there is None for _, there in answers),
        of=of,
    )


def counts(absent: Absent) -> bool:
    """Whether it says something about the listing. Three kinds do not:

    1. superseded ones: after a node's return they are deleted by hand, as `bascule report drift` says: nobody waits for them;
    2. what may be half made: a clone that failed before its pool, or whose end nobody saw, is in no listing of a sound token;
    3. what was given up: it waits for a person, and nobody asks about it.
    """
    attempts = absent.attempts
    return not (absent.superseded or attempts.gave_up or as_reason(attempts.reason).code == MAYBE_OURS.code)


def was_made(reservation: Reservation, attempts: Attempts) -> bool:
    """Whether its VM existed at some time."""
    return reservation.proven or attempts.made


def is_absent(reservation: Reservation, view: ClusterView) -> bool:
    """Whether its VM is missing from the listing although its node is online."""
    return reservation.vmid not in view.guests and view.complete_on(reservation.node)


def is_missing(attempts: Attempts) -> bool:
    """Whether an operator has to confirm that the desktop is gone."""
    return attempts.error == Unseen.word


def why_absent(reservation: Reservation, view: ClusterView, pool: PoolName | None = None) -> Reason:
    """Why a desktop is absent: hidden by a missing right, or not asked about yet. `pool`: where rights are given."""
    vmid = reservation.vmid
    if view.existence.get(vmid):
        return HIDDEN(vmid=vmid, place=rights_path(vmid, pool))
    return ABSENT_UNASKED(vmid=vmid)


def why_missing(gone: int) -> Reason:
    """Why an operator has to look: so many are gone at once."""
    return ABSENT_MANY(absent=gone)


def _is_doubtful(missing: int, of: int) -> bool:
    return missing >= MANY and missing > MANY_SHARE * of


def is_left_behind(why_retired: str) -> bool:
    """Whether a number was retired for a VM that no listing shows, and that was not seen to be gone since."""
    return as_reason(why_retired).code in _LEFT


def was_tried(record: DesktopRecord) -> bool:
    """Whether a clone was sent under its number that is not known to have come out: it may have left something there."""
    return not record.reservation.proven and bool(record.attempts.error)
