"""The pools of desktops, in numbers."""

from collections import Counter, defaultdict

from provisioner.model.ids import DesktopPoolName
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import pool_of
from provisioner.model.status import PoolState
from provisioner.planning.inputs import Situation
from provisioner.planning.survey.survey import Survey

_OUT = frozenset({Phase.FAILED, Phase.UNKNOWN})


def pool_states(situation: Situation, survey: Survey) -> tuple[PoolState, ...]:
    """Every configured pool, by name. Superseded desktops and those in quarantine are of no seat, and not counted."""
    pools = situation.config.desktop_pools
    if not pools:
        return ()
    counts: defaultdict[DesktopPoolName, Counter[str]] = defaultdict(Counter)
    for seat, desktop in survey.of_seat.items():
        if (name := pool_of(seat)) is not None and desktop.name in situation.records.desktops:
            record, wanted = situation.records.desktops[desktop.name], seat in situation.demand.ahead
            counts[name][_word(record, survey.phases[desktop.name][0], wanted=wanted)] += 1
    return tuple(_state(situation, name, counts[name]) for name in sorted(pools))


def _state(situation: Situation, name: DesktopPoolName, counts: Counter[str]) -> PoolState:
    return PoolState(
        pool=situation.config.desktop_pools[name],
        ready=counts["ready"],
        off=counts["off"],
        coming=counts["coming"],
        lent=counts["lent"],
        waiting=counts["waiting"],
        kept=counts["kept"],
        to_reset=counts["to_reset"],
        in_doubt=counts["in_doubt"],
        failed=counts["failed"],
        surplus=counts["surplus"],
    )


def _word(record: DesktopRecord, phase: Phase, *, wanted: bool) -> str:
    if record.lease is not None:
        if record.lease.state is not LeaseState.LENT:
            return record.lease.state.value
        return "lent" if phase is Phase.READY else "waiting"
    if not wanted:
        return "surplus"
    if phase in _OUT:
        return "failed"
    return "ready" if phase is Phase.READY else "off" if phase is Phase.STOPPED else "coming"
