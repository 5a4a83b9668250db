"""Progress of boots, and how many run at once: measured on a modelled node."""

import pytest

from provisioner.model.ids import ClusterId, DesktopName, NodeKey, NodeName
from provisioner.pacing.boot_limits import BootPace, BootQueues, boot_limit, boots_on, pace_of
from provisioner.pacing.boot_samples import Boot
from tests.builders.cluster import NOW
from tests.planning.nodes import ALONE_S, SHARE_S, a_node

HERE, THERE = (NodeKey(ClusterId("pve"), NodeName(name)) for name in ("pve1", "pve2"))


def measured(boots: list[Boot]) -> BootPace:
    return pace_of([(boots, ())], [boot.took_s for boot in boots], unmeasured_s=60)


FULL = a_node([2.0 * n for n in range(16)] + [80.0 + 5.0 * n for n in range(60)])
FEW = a_node([60.0 * n for n in range(20)])


def test_before_anything_is_measured_the_profile_tells():
    assert pace_of([], [], unmeasured_s=60) == BootPace(alone_s=60, share_s=5)


def test_the_first_few_to_end_do_not_say_that_the_crowd_behind_them_is_done():
    """Few others booted beside them, so their share of the node is not known."""
    few, quick_s = FULL[:4], [40.0] * 4

    assert pace_of([(few, ())], quick_s, unmeasured_s=60) == BootPace(alone_s=40, share_s=5, measured=True)
    assert pace_of([(few, ())], [120.0] * 4, unmeasured_s=60) == BootPace(alone_s=120, share_s=10, measured=True)


@pytest.mark.parametrize(
    ("boots", "alone_s", "share_s"),
    [
        pytest.param(FULL, ALONE_S, SHARE_S, id="a full node: what each takes of it shows"),
        pytest.param(FEW, ALONE_S, ALONE_S / 8, id="one at a time: at least eight are taken to go on at full speed"),
    ],
)
def test_the_pace_is_what_the_node_does(boots, alone_s, share_s):
    pace = measured(boots)

    assert pace.measured
    assert pace.alone_s == pytest.approx(alone_s, rel=0.2)
    assert pace.share_s == pytest.approx(share_s, rel=0.1)


@pytest.mark.parametrize(
    ("pace", "ceiling", "limit"),
    [
        pytest.param(None, 24, 16, id="nothing known: as many as do no harm"),
        pytest.param(BootPace(alone_s=60, share_s=5), 24, 16, id="not measured: the same"),
        pytest.param(BootPace(alone_s=50, share_s=5, measured=True), 24, 18, id="nearly twice as many as fill the node"),
        pytest.param(BootPace(alone_s=50, share_s=5, measured=True), 6, 6, id="the budget is a ceiling"),
        pytest.param(BootPace(alone_s=50, share_s=50, measured=True), 16, 2, id="a node that does one at a time"),
        pytest.param(BootPace(alone_s=50, share_s=5, measured=True), 0, 0, id="a budget of none"),
    ],
)
def test_so_many_boots_at_once(pace, ceiling, limit):
    assert boot_limit(pace, ceiling) == limit


@pytest.mark.parametrize(
    ("rest", "ceiling", "limit"),
    [
        pytest.param(17, 24, 18, id="many are left: as a rule"),
        pytest.param(16, 24, 15, id="it makes room for the last ones"),
        pytest.param(8, 24, 24, id="the last ones together"),
        pytest.param(8, 18, 18, id="the budget is a ceiling for them, too"),
    ],
)
def test_towards_the_end_of_a_switch(rest, ceiling, limit):
    assert boot_limit(BootPace(alone_s=50, share_s=5, measured=True), ceiling, rest=rest) == limit


def test_where_a_crowd_costs_much_the_last_ones_are_no_crowd():
    assert boot_limit(BootPace(alone_s=50, share_s=5, measured=True, most=14), 24, rest=1) == 14


def test_the_last_ones_overload_no_node_that_does_one_at_a_time():
    assert boot_limit(BootPace(alone_s=50, share_s=50, measured=True), 24, rest=1) == 2


@pytest.mark.parametrize(
    ("queues", "rest"),
    [
        pytest.param(BootQueues(), 12, id="nothing is anywhere yet: all may come here"),
        pytest.param(BootQueues(waiting={HERE: 3, THERE: 9}), 9, id="its own, and half of those without a place"),
        pytest.param(BootQueues(waiting={HERE: 3}, remaining_s={THERE: 40.0}), 9, id="a node that only boots takes its share"),
    ],
)
def test_boots_still_to_be_started_on_a_node(queues, rest):
    assert queues.rest_on(HERE, unplaced=12) == rest


def started(*ago: float) -> dict[DesktopName, float]:
    return {DesktopName(f"vd-{index}"): NOW - seconds for index, seconds in enumerate(ago)}


@pytest.mark.parametrize(
    ("ago", "progress"),
    [
        pytest.param([25], [0.5], id="alone, half its time"),
        pytest.param([25] * 10, [0.5] * 10, id="a crowd that fills the node goes on as if alone"),
        pytest.param([50] * 20, [0.5] * 20, id="twice as many take twice as long"),
        pytest.param([60], [1.2], id="one that should be ready goes on being late"),
        pytest.param([100, 5], [2.0, 0.1], id="who should be ready takes nothing from the others"),
    ],
)
def test_how_far_boots_are(ago, progress):
    pace = BootPace(alone_s=ALONE_S, share_s=SHARE_S, measured=True)

    boots = boots_on(started(*ago), [], pace, NOW)

    assert list(boots.progress.values()) == pytest.approx(progress)


def test_boots_that_have_ended_took_their_part():
    pace = BootPace(alone_s=ALONE_S, share_s=SHARE_S, measured=True)
    others = [Boot(began_at=NOW - 50, ready_at=NOW - 25)] * 19

    boots = boots_on(started(50), others, pace, NOW)

    assert list(boots.progress.values()) == pytest.approx([25 / 100 + 25 / 50])


def test_a_boot_near_its_expected_end_counts_by_probability():
    pace = BootPace(alone_s=ALONE_S, share_s=SHARE_S, late=1.2, measured=True)

    boots = boots_on(started(10, 50, 60, 80), [], pace, NOW)

    assert boots.expected == pytest.approx(1 + 0.5 + 0.1 + 0)
    assert boots.counted(limit=16) == 2
    assert boots.counted(limit=1) == 3, "not more than twice the limit are ever under way"
    assert boots.remaining_s == pytest.approx(0.8 * SHARE_S)


def test_a_start_in_the_future_is_none_yet():
    pace = BootPace(alone_s=ALONE_S, share_s=SHARE_S, measured=True)

    assert boots_on(started(-5), [], pace, NOW).progress == {}
