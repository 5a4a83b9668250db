"""L5: a forecast counts seats: of people, of pools, of a rotation's half-days. It goes on in the run that goes on."""

from dataclasses import replace

import pytest

from provisioner.model.machines.twin_spec import NodeSpec
from provisioner.model.pools import AfterPerson
from provisioner.model.scenario.ceilings import Ceiling
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.rehearsal.waves import PartKind
from tests.builders.shared_site import DESK, SIZE, a_shared_scenario, a_shared_site, asked, not_begun, paris, played
from tests.builders.twin import a_spec

SUNDAY = "2026-11-29T20:00"
MORNING, NOON = "half-day 2026-11-30 08:00", "half-day 2026-11-30 13:30"
PARTS = ["pool help-desk", "pool shared", MORNING, NOON]


def site(spec=None, **changed):
    spec = spec or a_spec(nodes=2)
    return a_shared_site(spec, **changed), spec


def foreseen(question):
    return Rehearsal(question.stage).run()


def with_desk(config, **changed):
    pools = config.desktop_pools
    return replace(config, desktop_pools={**pools, DESK: replace(pools[DESK], **changed)})


def in_time(forecast):
    return {wave.name: (wave.wanted, wave.in_time) for wave in forecast.waves}


@pytest.mark.long
def test_before_it_begins_all_desktops_and_the_first_two_half_days_are_wanted():
    forecast = foreseen(not_begun(*site(), at=SUNDAY))

    assert (forecast.wanted, forecast.ready, forecast.nobody, forecast.not_wanted) == (9, 9, "", {})
    assert [wave.name for wave in forecast.waves] == PARTS
    assert [wave.kind for wave in forecast.waves] == [*[PartKind.POOL] * 2, *[PartKind.HALF_DAY] * 2]
    assert in_time(forecast) == dict.fromkeys(PARTS[1:], (SIZE, SIZE)) | {"pool help-desk": (3, 3)}
    assert forecast.last_after_s < 300.0, "when the desktops are made, and not when the half-days come"
    assert (forecast.serves_all, forecast.late, forecast.nothing_left) == (True, 0, False)
    begins = paris("2026-11-30T13:30") - paris(SUNDAY)
    assert begins - 900.0 <= forecast.waves[-1].last_after_s <= begins, "by the clock of Paris"


@pytest.mark.long
@pytest.mark.parametrize(
    ("until", "first", "ready_now"),
    [
        pytest.param("2026-11-29T20:01", MORNING, range(9), id="in its middle"),
        pytest.param("2026-11-30T02:00", MORNING, [9], id="in the night"),
        pytest.param("2026-11-30T10:00", MORNING, [9], id="in a half-day"),
        pytest.param("2026-11-30T12:30:40", NOON, range(2, 9), id="while desktops are reset at noon"),
    ],
)
def test_it_goes_on_in_the_run_that_goes_on(until, first, ready_now):
    config, spec = site()
    question = asked(played(config, spec, begins=SUNDAY, until=until), config)

    forecast = foreseen(question)

    assert "forecast_started_now" not in [reason.code for reason in question.assumptions]
    assert (forecast.wanted, forecast.ready, forecast.late, forecast.serves_all) == (9, 9, 0, True)
    assert forecast.ready_now in ready_now
    assert (forecast.waves[2].name, len(forecast.waves)) == (first, 4)


@pytest.mark.long
def test_a_half_day_without_desktops_in_time_is_said_with_what_its_people_wait_for():
    """What is given back at noon is made anew at night only."""
    config, spec = site()
    config = with_desk(config, after_person=AfterPerson.REBUILD)
    question = asked(played(config, spec, begins=SUNDAY, until="2026-11-30T10:00"), config)

    forecast = foreseen(question)

    noon = forecast.waves[-1]
    assert (noon.name, noon.wanted, noon.late, noon.in_time) == (NOON, SIZE, SIZE, 0)
    assert (forecast.late, forecast.serves_all, noon.lacks.code) == (SIZE, False, "rotation_none_left")
    assert forecast.ready == 9, "the pool's desktops were ready before"
    assert {reason.code: count for reason, count in forecast.unmet.items()} == {"rotation_none_left": SIZE}


@pytest.mark.long
def test_a_pool_that_does_not_fit_says_what_it_lacks():
    config, spec = site(a_spec(shared=True))
    small = replace(spec, nodes=(NodeSpec(name="pve1", memory_mib=16 * 1024),))

    forecast = foreseen(not_begun(config, small, at=SUNDAY))

    assert forecast.ready < forecast.wanted == 9
    assert "room_short" in {wave.lacks.code for wave in forecast.waves}
    assert sum(forecast.unmet.values()) >= 9 - forecast.ready
    assert not forecast.serves_all


@pytest.mark.long
def test_what_a_ceiling_leaves_a_pool_is_no_desktop_dropped_in_silence():
    config, spec = site(scenario=a_shared_scenario(ceilings=(Ceiling(name="vpn", limit=7),)))

    forecast = foreseen(not_begun(config, spec, at=SUNDAY))

    parts = {wave.name: (wave.wanted, wave.people, wave.left_out_by.code) for wave in forecast.waves}
    assert forecast.wanted == 7
    assert sum(people - wanted for wanted, people, _ in list(parts.values())[:2]) == 2
    assert parts["pool help-desk"][2] == "ceiling"


def test_a_site_without_anybody_says_why():
    config, spec = site(desktop_pools={}, scenario=a_shared_scenario(rotation=None), entitlements=())

    forecast = foreseen(not_begun(config, spec, at=SUNDAY))

    assert (forecast.wanted, forecast.nobody.code, forecast.serves_all) == (0, "nobody_selected", False)
