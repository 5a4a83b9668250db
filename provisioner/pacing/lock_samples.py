"""Computes the samples of lock domains from each observation. Pure."""

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
"""Proxmox VE's tasks that allocate, copy or free a disk."""
_LOCKS = frozenset({LockBusy.word, UserConfigBusy.word})
MAX_SAMPLES = 72
"""Samples stored for a lock domain. In each except the last at least one clone ended. An estimate uses half of them at most."""


def lock_samples_of(
    before: Mapping[GuestKey, Work],
    outcomes: Iterable[Outcome],
    view: ClusterView,
    *,
    last_seen_at: Mapping[LockDomain, Instant],
) -> dict[LockDomain, LockSample]:
    """One sample for each lock domain with answered clones in flight at the time of the observation.

    `before` is the work in flight until the observation; `last_seen_at` is when each domain's last sample ended.
    """
    cloning = _cloning(before, view)
    ended: Counter[LockDomain] = Counter()
    timeouts: Counter[LockDomain] = Counter()
    lost_s: defaultdict[LockDomain, float] = defaultdict(float)
    membership = membership_domain(view.cluster)
    clones = [outcome for outcome in outcomes if outcome.action == Clone.word]
    for domain, outcome in ((domain, clone) for domain, works in cloning.items() for clone in clones if clone.key in works):
        ended[domain] += outcome.result is Result.DONE
        if outcome.error in _LOCKS:
            # While it waited for one lock, it took a slot of the other lock's domain, too.
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


def _cloning(in_flight: Mapping[GuestKey, Work], view: ClusterView) -> dict[LockDomain, dict[GuestKey, Work]]:
    clones: dict[LockDomain, dict[GuestKey, Work]] = {}
    for key, work in in_flight.items():
        if key.cluster != view.cluster or work.answered_at is None or work.answered_at > view.taken_at:
            continue
        if isinstance(work.action, Clone):
            for domain in work.action.lock_domains:
                clones.setdefault(domain, {})[key] = work
    return clones


def rivals_of(in_flight: Mapping[GuestKey, Work], view: ClusterView) -> Counter[NodeKey]:
    """Tasks on each node that take a storage's lock and are not ours; clones from before a restart of the daemon count, too."""
    ours = {work.upid for work in in_flight.values() if work.upid}
    return Counter(task.node for task in view.running or () if task.kind in _TAKE_THE_LOCK and task.upid not in ours)


def clones_of(
    in_flight: Mapping[GuestKey, Work], view: ClusterView, *, without: Set[GuestKey]
) -> dict[LockDomain, list[Instant]]:
    """When each clone in flight was ordered, by lock domain of this cluster; `without` are clones that have ended."""
    ordered_at: dict[LockDomain, list[Instant]] = {}
    for key, work in in_flight.items():
        if key.cluster != view.cluster or key in without or not isinstance(work.action, Clone):
            continue
        if view.complete_on(work.action.template.node):  # clones on a dead node hold no lock
            for domain in work.action.lock_domains:
                ordered_at.setdefault(domain, []).append(work.ordered_at)
    return ordered_at
