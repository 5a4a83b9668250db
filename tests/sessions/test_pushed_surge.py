"""A surge with people who come and go over its length: what is counted is what is true, as old as it says, or unknown."""

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import HangDesktops, LogOns, PushSpec
from provisioner.model.session_counts import GroupKind
from tests.builders.core import an_agent
from tests.builders.rehearsal import FIRST_VMID
from tests.builders.twin import a_spec
from tests.sessions.surge import Change, PushedSurge

AGENTS, LASTS_S = 100, 3_900.0
PEOPLE = LogOns(concurrent=90, spread_s=1_500.0, stay_s=900.0, away_after_s=200.0, away_s=100.0)
HANG_AT_S = 1_200.0
BY_PUSH_S, WRITTEN_S, SAMPLE_S, SUMS_S = 2.0, 10.0, 3.0, 120.0
"""A desktop that is only read writes its document each ten seconds."""
KNOWN_FOR_S, CYCLE_S = 120.0, 15.0
"""What a desktop has said counts for two minutes (docs/en/sessions.md); a cycle comes each ten seconds at rest."""


class Judge:
    """Compares what is shown with what was true."""

    def __init__(self, surge: PushedSurge) -> None:
        self._surge = surge
        self.wrong: list[str] = []
        self.cases: set[str] = set()
        """Which cases there were."""

    def look(self, now_s: float) -> None:
        phases = {state.reservation.vmid: state.phase for state in self._surge.status.desktops.values()}
        by_vmid: dict[int, list[Change]] = {}
        for change in self._surge.truth:
            by_vmid.setdefault(change.vmid, []).append(change)
        for vmid, (count, read_at, source) in self._surge.shown().items():
            if phases[vmid] is Phase.READY and (why := self._fault(vmid, count, read_at, source, by_vmid.get(vmid, []))):
                self.wrong.append(f"{now_s:.1f} s, {vmid}: {why}")

    def _fault(self, vmid: int, count: int | None, read_at: float, source: str | None, changes: list[Change]) -> str:
        guest, now = self._surge.guest(vmid), self._surge.events.now
        silent_s = now - read_at
        if count is None:
            self.cases.add("unknown")
            return "" if guest.hung and silent_s > KNOWN_FOR_S else f"unknown, and silent for {silent_s:.0f} s"
        if guest.hung and silent_s > KNOWN_FOR_S + CYCLE_S:
            return f"{count} sessions, and silent for {silent_s:.0f} s"
        kind = "pushed" if guest.pushes and not guest.hung else "hangs" if guest.hung else "read"
        self.cases.add(kind)
        at_once = kind == "pushed" and read_at > self._surge.began_at
        until, lag_s = (now, BY_PUSH_S) if at_once else (read_at, WRITTEN_S + 1.0)
        possible = _counts(changes, until - lag_s, until)
        return "" if count in possible else f"{kind}: {count} shown by {source}, {sorted(possible)} true"


def _counts(changes: list[Change], since: float, until: float) -> set[int]:
    """How many were open at some moment in between."""
    total, found = 0, set()
    for change in sorted(changes, key=lambda change: change.at):
        if change.at > since:
            found.add(total)
        if change.at > until:
            return found
        total += change.by
    return found | {total}


def surge_of(push: PushSpec, *, seed: int) -> PushedSurge:
    """People of desktops that are only read work elsewhere: their peak is another one."""
    spec = a_spec(nodes=4, seed=seed, log_ons=PEOPLE, push=push, faults=[HangDesktops(share=0.05, at_s=HANG_AT_S)])
    draws = PushedSurge(spec, agents=()).twin.cluster.draws
    read = {number for number in range(AGENTS) if draws.share(FIRST_VMID + number, "pushes") >= push.share}
    agents = [an_agent(number, site="Torcy" if number in read else "Melun") for number in range(AGENTS)]
    return PushedSurge(spec, agents=agents)


@pytest.mark.long
def test_metric_api_and_truth_agree_through_restarts_and_what_nobody_says_is_unknown():
    surge = surge_of(PushSpec(share=0.93, delay_s=1.25, doubled=0.02, skew_s=120.0), seed=3)
    judge, looked_s, summed_s = Judge(surge), 0.0, 0.0
    most: set[int] = set()
    for now_s in surge.play(until_s=LASTS_S, killed_at_s=(700.0, 2_000.0)):
        if now_s >= looked_s + SAMPLE_S:
            looked_s = now_s
            judge.look(now_s)
        if now_s >= summed_s + SUMS_S:
            summed_s = now_s
            sums = surge.sums()
            assert len(set(sums.values())) == 1, (now_s, sums)
            most |= {int(total) for total in sums.values()}
        figures = surge.figures

    assert judge.wrong == []
    assert judge.cases == {"pushed", "read", "hangs", "unknown"}
    pushing, well = (
        (lambda vmid: surge.guest(vmid).pushes),
        (lambda vmid: surge.guest(vmid).pushes and not surge.guest(vmid).hung),
    )
    assert surge.true_peak(well) <= figures.day_peaks[GroupKind.SITE, "Melun"] <= surge.true_peak(pushing), (
        "who hangs is unknown"
    )
    assert max(most) > 20
    assert sum(change.by < 0 for change in surge.truth) > 60, "people go while others come"
