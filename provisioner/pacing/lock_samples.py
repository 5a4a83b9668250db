"""What each observation says of the lock domains: the measurements that limits are made from. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set

from provisioner.errors import LockBusy, UserConfigBusy
from provisioner.model.actions import Clone, Outcome, Result
from provisioner.model.cluster import ClusterView, membership_domain
from provisioner.model.ids import GuestKey, Instant, LockDomain, NodeKey
from provisioner.model.work import Work
from provisioner.pacing.clone_samples import LockSample

_TAKE_THE_LOCK = frozenset({
    "qmclone", "qmcreate", "qmrestore", "qmmove", "qmdestroy", "resize", "move_volume", "imgcopy", "imgdel",
    "vzclone", "vzcreate", "vzrestore", "vzdestroy",
})  # fmt: skip
"""Tasks of Proxmox VE that allocate, copy or free a disk."""
_LOCKS = frozenset({LockBusy.word, UserConfigBusy.word})
KEPT = 72
"""Spells of a domain that are kept: in each of them something ended, but for the last. Half of so many are what an estimate is
made of at most."""


def lock_samples_of(
    before: Mapping[GuestKey, Work],
    outcomes: Iterable[Outcome],
    view: ClusterView,
    *,
    last_seen_at: Mapping[LockDomain, Instant],
) -> dict[LockDomain, LockSample]:
    """One spell for each domain that had answered clones in flight when the observation was made.

    `before` is what was under way until it came; `last_seen_at` is when each domain's last spell ended.
    """
    cloning = _cloning(before, view)
    ended: Counter[LockDomain] = Counter()
    timeouts: Counter[LockDomain] = Counter()
    lost_s: defaultdict[LockDomain, float] = defaultdict(float)
    membership = membership_domain(view.cluster)
    clones = [outcome for outcome in outcomes if outcome.action == Clone.word]
    for domain, outcome in ((domain, one) for domain, works in cloning.items() for one in clones if one.key in works):
        ended[domain] += outcome.result is Result.DONE
        if outcome.error in _LOCKS:
            # Whichever lock it waited for, it kept a place of the other one as well.
            timeouts[domain] += (outcome.error == UserConfigBusy.word) is (domain == membership)
            lost_s[domain] += (view.taken_at - cloning[domain][outcome.key].ordered_at) / len(cloning[domain])
    return {
        domain: LockSample(
            began_at=max(last_seen_at.get(domain, 0.0), min(work.ordered_at for work in works.values())),
            seen_at=view.taken_at,
            ended=ended[domain],
            timeouts=timeouts[domain],
            lost_s=lost_s[domain],
            at_once=len(works),
        )
        for domain, works in cloning.items()
    }


def _cloning(under_way: Mapping[GuestKey, Work], view: ClusterView) -> dict[LockDomain, dict[GuestKey, Work]]:
    found: dict[LockDomain, dict[GuestKey, Work]] = {}
    for key, work in under_way.items():
        if key.cluster != view.cluster or work.answered_at is None or work.answered_at > view.taken_at:
            continue
        if isinstance(work.action, Clone):
            for domain in work.action.lock_domains:
                found.setdefault(domain, {})[key] = work
    return found


def rivals_of(under_way: Mapping[GuestKey, Work], view: ClusterView) -> Counter[NodeKey]:
    """By node, the tasks not ours that take a storage's lock there; a clone of an earlier life of the daemon is one, too."""
    ours = {work.upid for work in under_way.values() if work.upid}
    return Counter(one.node for one in view.running or () if one.kind in _TAKE_THE_LOCK and one.upid not in ours)


def clones_of(
    under_way: Mapping[GuestKey, Work], view: ClusterView, *, without: Set[GuestKey]
) -> dict[LockDomain, list[Instant]]:
    """By lock domain of this cluster, when each clone under way was ordered; `without` are those that have ended."""
    found: dict[LockDomain, list[Instant]] = {}
    for key, work in under_way.items():
        if key.cluster != view.cluster or key in without or not isinstance(work.action, Clone):
            continue
        if view.complete_on(work.action.reservation.node):  # what a dead node was at keeps nobody waiting
            for domain in work.action.lock_domains:
                found.setdefault(domain, []).append(work.ordered_at)
    return found
