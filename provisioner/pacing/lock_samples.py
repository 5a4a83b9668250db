"""Computes the samples of lock domains from each observation. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from provisioner.errors import LockBusy, UserConfigBusy
from provisioner.model.actions import Clone, Outcome, Result
from provisioner.model.cluster import ClusterView, membership_domain
from provisioner.model.ids import GuestKey, Instant, LockDomain
from provisioner.model.profiles import CloneKind
from provisioner.model.work import Work
from provisioner.pacing.clone_samples import CloneRun

_LOCKS = frozenset({LockBusy.word, UserConfigBusy.word})


def clone_runs_of(
    before: Mapping[GuestKey, Work], outcomes: Iterable[Outcome], view: ClusterView
) -> dict[LockDomain, list[CloneRun]]:
    """The clones of each lock domain that this observation shows ended; `before` is the work in flight until then."""
    runs: defaultdict[LockDomain, list[CloneRun]] = defaultdict(list)
    for clone in outcomes:
        work = before.get(clone.key)
        if clone.action == Clone.word and work is not None and isinstance(work.action, Clone):
            for domain in work.action.lock_domains:
                if _is_evidence(clone, domain):
                    timed_out, copied = clone.result is not Result.DONE, work.action.profile.clone is CloneKind.FULL
                    run = CloneRun(began_at=work.ordered_at, ended_at=view.taken_at, timed_out=timed_out, copied=copied)
                    runs[domain].append(run)
    return runs


def _is_evidence(clone: Outcome, domain: LockDomain) -> bool:
    """Whether it shows something of this lock: a clone that waited in vain for the other lock does not."""
    if clone.error in _LOCKS:
        return (clone.error == UserConfigBusy.word) is (domain == membership_domain(clone.key.cluster))
    return clone.result is Result.DONE


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
