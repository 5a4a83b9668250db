"""Each cycle: leases that nobody uses end, doubts are resolved, what was reset is free again, and overnight what was used is
made anew. Pure.
"""

from collections.abc import Mapping, Set

from provisioner.model.desktops import Phase
from provisioner.model.ids import AgentId, DesktopName, Instant
from provisioner.model.lending import Lease, LeaseState, unknown_past
from provisioner.model.pools import AfterPerson
from provisioner.planning.lending.choice import to_make_anew
from provisioner.planning.lending.doubts import resolved
from provisioner.planning.lending.draft import LeaseDraft, LeaseProposal
from provisioner.planning.lending.facts import LendFacts
from provisioner.reasons import pools as reasons

EmptySince = Mapping[DesktopName, Instant]
"""Lent desktops on which nobody is logged on, as they say, and since when."""


def lend_round(facts: LendFacts, empty_since: EmptySince, held: Set[AgentId]) -> tuple[LeaseProposal, EmptySince]:
    """What is proposed, and the same of the next round. `held`: who keeps an unused desktop."""
    draft, records = LeaseDraft(facts), facts.situation.records.desktops
    empty = {name: at for name, at in empty_since.items() if name in records}
    for name, lease in [(name, record.lease) for name, record in records.items() if record.lease is not None]:
        if lease.state is LeaseState.LENT and lease.agent_id not in held:
            _end_if_unused(name, lease, draft, empty)
        elif lease.state is LeaseState.IN_DOUBT:
            _resolve(name, lease, draft)
        elif lease.state is LeaseState.TO_RESET and _is_reset(facts, name, lease):
            draft.free(name, reasons.FREE_AGAIN())
    _overnight(draft)
    return draft.proposal(), empty


def _end_if_unused(name: DesktopName, lease: Lease, draft: LeaseDraft, empty: dict[DesktopName, Instant]) -> None:
    """Two readings so far apart have to show nobody: one may be from before a person came."""
    facts = draft.facts
    report, pool = facts.reports.get(name), facts.pool(facts.record(name))
    if report is None or facts.phase(name) is not Phase.READY or not facts.is_empty(name) or report.read_at < lease.since:
        empty.pop(name, None)
        return
    since = empty.setdefault(name, report.read_at)
    if pool is not None and report.read_at - since >= pool.unused_after_s:
        draft.end(name, reasons.UNUSED(minutes=round(pool.unused_after_s / 60)))
        del empty[name]


def _resolve(name: DesktopName, lease: Lease, draft: LeaseDraft) -> None:
    found = resolved(name, lease, draft.facts.pool(draft.facts.record(name)), draft.facts)
    if found is not None:
        draft.change(name, *found)


def _is_reset(facts: LendFacts, name: DesktopName, lease: Lease) -> bool:
    """Whether it was seen off after its person gave it back, and its pool asks no more. A deleted one has no lease any more."""
    record = facts.record(name)
    pool, view = facts.pool(record), facts.situation.snapshot.clusters.get(record.reservation.cluster)
    if pool is None or pool.after(facts.now) is not AfterPerson.RESTART or view is None:
        return False
    return facts.phase(name) is Phase.STOPPED and view.taken_at > lease.since and facts.now >= facts.held_until(lease)


def _overnight(draft: LeaseDraft) -> None:
    """Desktops that were only restarted after somebody are made anew, some at a time: nobody gets them before."""
    for _, pool in sorted(draft.facts.situation.config.desktop_pools.items()):
        for name in list(to_make_anew(pool, draft.facts)):
            draft.change(name, unknown_past(draft.facts.now), reasons.ANEW_OVERNIGHT())


__all__ = ["EmptySince", "lend_round"]
