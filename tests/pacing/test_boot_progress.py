"""Progress of boots, and how many are expected to be in progress still."""

from dataclasses import replace

import pytest

from provisioner.model.ids import DesktopName
from provisioner.pacing.boot_limits import Boot, NodePace
from provisioner.pacing.boot_progress import Started, boots_on
from tests.builders.cluster import NOW
from tests.pacing.nodes import ALONE_S, PROFILE

OTHER = DesktopName("other")
PACE = NodePace(width=10, limit=13, measured=True)


def started(*ago: float, asked_at: float | None = None) -> dict[DesktopName, Started]:
    boots = (Started(at=NOW - seconds, alone_s=ALONE_S, asked_at=asked_at) for seconds in ago)
    return {DesktopName(f"vd-{index}"): boot for index, boot in enumerate(boots)}


@pytest.mark.parametrize(
    ("ago", "progress"),
    [
        pytest.param([25], [0.5], id="alone, half its time"),
        pytest.param([25] * 10, [0.5] * 10, id="a crowd that fills the node goes on as if alone"),
        pytest.param([50] * 20, [0.5] * 20, id="twice as many take twice as long"),
        pytest.param([60], [1.2], id="one that should be ready goes on being late"),
        pytest.param([100, 5], [2.0, 0.1], id="who should be ready takes nothing from the others"),
        pytest.param([-5], [], id="a start in the future is none yet"),
    ],
)
def test_how_far_boots_are(ago, progress):
    assert list(boots_on(started(*ago), [], PACE, NOW).progress.values()) == pytest.approx(progress)


def test_boots_that_have_ended_took_their_part():
    others = [Boot(profile=PROFILE, began_at=NOW - 50, ended_at=NOW - 25)] * 19

    boots = boots_on(started(50), others, PACE, NOW)

    assert list(boots.progress.values()) == pytest.approx([25 / 100 + 25 / 50])


def test_a_guest_that_sets_itself_up_took_its_part_until_it_said_so():
    others = {DesktopName(f"other-{n}"): Started(at=NOW - 50, alone_s=ALONE_S, left_at=NOW - 25) for n in range(19)}

    boots = boots_on(started(50) | others, [], PACE, NOW)

    assert boots.progress == {"vd-0": pytest.approx(25 / 100 + 25 / 50)}
    assert boots.counted(limit=16) == 1


def test_with_nothing_but_guests_that_set_themselves_up_one_more_boot_takes_as_much_of_the_node():
    alone = boots_on(started(50), [], PACE, NOW)
    in_setup = {DesktopName("vd-0"): Started(at=NOW - 50, alone_s=ALONE_S, left_at=NOW - 25)}

    boots = boots_on(in_setup, [], PACE, NOW)

    assert (boots.counted(limit=16), boots.share_s) == (0, alone.share_s)


def test_a_boot_near_its_expected_end_counts_by_probability():
    boots = boots_on(started(10, 50, 60, 80), [], PACE, NOW)

    assert boots.expected == pytest.approx(1 + 0.5 + 0.1 + 0)
    assert boots.counted(limit=16) == 2
    assert boots.counted(limit=2) == 3, "not more than half as many more are ever under way"
    assert boots.remaining_s == pytest.approx(0.8 * ALONE_S / 10)


def test_a_boot_that_was_asked_and_is_not_ready_counts_in_full():
    assert boots_on(started(50, 80, asked_at=NOW - 1), [], PACE, NOW).expected == 2


def test_l4_before_a_profile_is_measured_its_boots_count_in_full_whatever_an_administrator_expects():
    starting = {name: replace(boot, measured=False) for name, boot in started(60, 500).items()}

    assert boots_on(starting, [], PACE, NOW).expected == 2


def test_how_many_boots_should_end_before_another():
    boots = boots_on(started(10, 40, 25), [], PACE, NOW)

    assert [boots.before(name) for name in boots.progress] == [0, 1, 2]


def late(*ago: float) -> dict[DesktopName, Started]:
    return {name: replace(boot, late=True, asked_at=NOW) for name, boot in started(*ago).items()}


def ended_after(ago: float, count: int) -> list[Boot]:
    return [Boot(profile=PROFILE, began_at=NOW - ago + 1 + at, ended_at=NOW - 10) for at in range(count)]


def test_a_late_boot_that_others_have_overtaken_hangs_and_takes_no_slot():
    boots = boots_on(late(2000) | {OTHER: Started(at=NOW - 5, alone_s=ALONE_S)}, ended_after(2000, 4), PACE, NOW)

    assert (boots.counted(limit=16), boots.late) == (1, False)


def test_late_boots_that_nobody_has_overtaken_take_their_slots_as_their_node_has_too_many():
    """L6: a node of width 2 was given 25, and booted none of them for ever."""
    boot = Started(at=NOW - 5, alone_s=ALONE_S)
    boots = boots_on(late(*[2000] * 14) | {OTHER: boot}, [], PACE, NOW)

    assert boots.counted(limit=16) == 15


def test_where_all_are_late_one_more_shows_whether_the_node_boots_at_all():
    boots = boots_on(late(*[2000] * 16), ended_after(3000, 8), PACE, NOW)

    assert (boots.late, boots.counted(limit=16), boots.counted(limit=1)) == (True, 15, 0)


def test_a_boot_is_overdue_beside_the_others_of_its_node_and_not_before():
    """E5: thirty boots on a node of width 10 take three times as long as one, and are healthy."""
    crowd = boots_on(started(*[140] * 30), [], PACE, NOW)
    alone = boots_on(started(140), [], PACE, NOW)

    assert list(crowd.overdue(0.2)) == []
    assert list(alone.overdue(0.2)) == ["vd-0"]
    assert list(alone.overdue(0.6)) == [], "one in a hundred takes so long by chance"


def test_a_boot_that_hangs_is_overdue():
    boots = boots_on(late(2000), ended_after(2000, 4), PACE, NOW)

    assert list(boots.overdue(0.2)) == ["vd-0"]
