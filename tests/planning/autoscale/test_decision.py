from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.model.autoscale import (
    AutoscaleRules,
    Buffers,
    ExpectedDemand,
    LeadDemand,
    Leads,
    OutsideHours,
    PoolCounts,
    Spare,
    Use,
    Warmth,
)
from provisioner.model.ids import DesktopName
from provisioner.planning.autoscale.decision import counts_of, decide
from provisioner.planning.autoscale.targets import PoolInputs, Sizing, with_recent
from tests.builders.arrivals import CALENDAR

NOON = 1_793_700_000.0
"""A Tuesday, 11:00 in Paris."""
NIGHT = NOON + 12 * 3600.0
LEADS = Leads(boot_s=45.0, clone_s=60.0)
QUIET = ExpectedDemand(boot=LeadDemand(mean=0.0), boot_soon=LeadDemand(mean=0.0), clone=LeadDemand(mean=0.0))
RUSH = ExpectedDemand(boot=LeadDemand(mean=46.5), boot_soon=LeadDemand(mean=46.5), clone=LeadDemand(mean=62.0))


def inputs(rules: AutoscaleRules, demand: ExpectedDemand = QUIET, now: float = NOON, **counts: int) -> PoolInputs:
    """One pool at one moment."""
    return PoolInputs(now=now, rules=rules, calendar=CALENDAR, counts=PoolCounts(**counts), leads=LEADS, demand=demand)


def desktops(**counts: int) -> dict[DesktopName, Use]:
    """So many of each use, with names in this order."""
    uses = [Use(use) for use, count in counts.items() for _ in range(count)]
    return {DesktopName(f"vd-{number:04}"): use for number, use in enumerate(uses)}


def test_the_buffer_of_a_rush_is_the_base_stock_beside_what_is_in_use() -> None:
    sizing = Sizing(inputs(AutoscaleRules(max=500), RUSH, lent=100))
    assert sizing.targets.running == 164
    assert sizing.targets.made == 164 + 82


def test_as_many_steps_are_taken_in_one_cycle_as_the_targets_need() -> None:
    decision = decide(inputs(AutoscaleRules(max=500), RUSH), desktops(lent=100, stopped=30, draining=4))
    assert (len(decision.pardon), len(decision.start), decision.make) == (4, 30, 112)


def test_a_draining_desktop_is_pardoned_before_one_is_started_and_one_is_started_before_one_is_made() -> None:
    rules = AutoscaleRules(max=50, spare=Spare(count=3))
    decision = decide(inputs(rules), desktops(lent=5, draining=1, stopped=1))
    assert (decision.pardon, decision.start, decision.make) == (("vd-0005",), ("vd-0006",), 1)


def test_what_is_on_its_way_is_not_ordered_again() -> None:
    rules = AutoscaleRules(max=50, spare=Spare(count=6))
    assert decide(inputs(rules), desktops(lent=5, preparing=3, making=3)).is_idle


def test_only_free_desktops_are_drained_and_the_last_names_first() -> None:
    rules = AutoscaleRules(max=50, spare=Spare(count=1))
    decision = decide(inputs(rules), desktops(lent=2, free=3, unknown=2, preparing=1))
    assert decision.drain == ("vd-0004", "vd-0003")


def test_what_is_only_on_its_way_to_ready_drains_nothing_that_is_ready() -> None:
    rules = AutoscaleRules(max=50, spare=Spare(count=3))
    assert decide(inputs(rules), desktops(lent=2, free=3, preparing=10)).drain == ()


def test_a_buffer_that_was_wanted_a_moment_ago_or_will_be_soon_is_kept() -> None:
    rules = AutoscaleRules(max=500)
    soon = replace(QUIET, boot_soon=RUSH.boot)
    then = replace(inputs(rules), recent=((NOON - 100.0, Buffers(ready=64)),))
    long_ago = replace(inputs(rules), recent=((NOON - 400.0, Buffers(ready=64)),))
    assert decide(inputs(rules, soon), desktops(free=70)).drain == (
        "vd-0069",
        "vd-0068",
        "vd-0067",
        "vd-0066",
        "vd-0065",
        "vd-0064",
    )
    assert len(decide(then, desktops(free=70)).drain) == 6
    assert len(decide(long_ago, desktops(free=70)).drain) == 69


def test_a_lower_buffer_is_not_remembered_beside_a_higher_later_one() -> None:
    recent = with_recent(((0.0, Buffers(ready=3)), (10.0, Buffers(ready=9))), 20.0, Buffers(ready=5), LEADS)
    assert [buffers.ready for _, buffers in recent] == [9, 5]


def test_outside_the_half_days_its_own_rules_hold_until_shortly_before_they_begin() -> None:
    night = OutsideHours(running=6, spare=Spare(count=2))
    rules = AutoscaleRules(max=50, spare=Spare(count=10), ready_before_s=900.0, outside_hours=night)
    assert Sizing(inputs(rules, lent=1)).targets.running == 11
    assert Sizing(inputs(rules, now=NIGHT, lent=1)).targets.running == 6
    assert Sizing(inputs(rules, now=NIGHT, lent=9)).targets.running == 11
    morning = NOON + 21 * 3600.0
    assert [Sizing(inputs(rules, now=morning - before_s)).targets.running for before_s in (901.0, 900.0)] == [6, 10]


def test_a_percentage_is_of_the_desktops_in_use_and_rounded_up() -> None:
    assert [Spare(percent=10.0).of(lent) for lent in (0, 1, 10, 11, 100)] == [0, 1, 1, 2, 10]


def test_warm_stopped_runs_no_free_desktop_and_keeps_them_made() -> None:
    rules = AutoscaleRules(max=50, spare=Spare(count=5), reserve=2, warm=Warmth.STOPPED)
    sizing = Sizing(inputs(rules, lent=3))
    assert (sizing.targets.running, sizing.targets.made) == (3, 10)


def test_min_and_max_bound_what_exists_and_whoever_is_in_is_counted_above_max_too() -> None:
    assert Sizing(inputs(AutoscaleRules(min=20, max=50, spare=Spare(count=1)), lent=3)).targets.made == 20
    assert Sizing(inputs(AutoscaleRules(max=10, spare=Spare(count=5)), lent=8)).targets.made == 10
    assert Sizing(inputs(AutoscaleRules(max=10, spare=Spare(count=5)), lent=12)).targets.running == 12
    decision = decide(inputs(AutoscaleRules(max=10)), desktops(lent=12, free=2))
    assert (decision.make, decision.start, len(decision.drain)) == (0, (), 2)
    assert decision.because[0].code == "autoscale_at_most"


def test_the_decision_says_what_it_follows_from() -> None:
    decision = decide(inputs(AutoscaleRules(max=500), RUSH), desktops(lent=100))
    assert str(decision.because[0]) == (
        "100 desktops are in use; 64 free ones run and 146 exist, so that at most 1 % of people wait: 46.5 come "
        "within the 45 s that a desktop takes to get ready, at a variance of 1.0 times the mean"
    )


NAMES = st.integers(0, 60).map(lambda number: DesktopName(f"vd-{number:04}"))
SPARES = st.none() | st.builds(Spare, count=st.integers(0, 40))
RULES = st.builds(
    AutoscaleRules,
    min=st.integers(0, 30),
    max=st.integers(0, 60),
    spare=SPARES,
    reserve=st.integers(0, 5),
    warm=st.sampled_from(Warmth),
)


@pytest.mark.long
@given(
    uses=st.dictionaries(NAMES, st.sampled_from(Use), max_size=40),
    rules=RULES,
    mean=st.floats(0.0, 50.0),
)
def test_nobody_is_cut_and_nothing_is_done_twice_whatever_there_is(
    uses: dict[DesktopName, Use], rules: AutoscaleRules, mean: float
) -> None:
    demand = ExpectedDemand(boot=LeadDemand(mean=mean), boot_soon=LeadDemand(mean=mean), clone=LeadDemand(mean=mean))
    decision = decide(inputs(rules, demand), uses)
    assert {uses[name] for name in decision.drain} <= {Use.FREE}
    assert {uses[name] for name in decision.start} <= {Use.STOPPED}
    assert {uses[name] for name in decision.pardon} <= {Use.DRAINING}
    assert counts_of(uses).made + decision.make <= max(rules.max, len(uses))
    assert not (decision.drain and (decision.start or decision.pardon))
    if decision.start:
        assert len(decision.pardon) == counts_of(uses).draining
