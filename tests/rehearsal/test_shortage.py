"""What a scenario states for a shortage, rehearsed: how many get less, how many none, and that its surge says the same."""

from dataclasses import replace

import pytest

from provisioner.model.ids import ProfileName, WaveName
from provisioner.model.machines.twin_spec import NodeSpec
from provisioner.model.people.profiles import Selection
from provisioner.model.pools import AfterPerson, DesktopPool, Lend
from provisioner.model.scenario.half_days import Share
from provisioner.model.scenario.scenarios import Scenario, Shortage, Wave
from provisioner.rehearsal.rehearse import Rehearsal
from provisioner.views.published import Published
from provisioner.views.surge import surge_document
from tests.builders.pools import DESK
from tests.builders.rehearsal import a_stage
from tests.builders.rotation import a_rotation
from tests.builders.rotation import a_scenario as a_rotating_scenario
from tests.builders.twin import a_spec

SMALL = (NodeSpec(name="pve1", memory_mib=16 * 1024), NodeSpec(name="pve2", memory_mib=16 * 1024))
"""Room for three desktops of 4 GiB each, at 80 %."""
FIRST = Wave(name=WaveName("first"), who=Selection(logins=frozenset({"login0009"})), priority=1)
REST = Wave(name=WaveName("rest"), who=Selection(), priority=2)
STATED = Scenario(name="crisis", waves=(FIRST, REST), shortage=Shortage(profiles=(ProfileName("light"),), refuses=True))


def a_rehearsal(agents, scenario=STATED):
    spec = replace(a_spec(nodes=2), nodes=SMALL)
    stage = a_stage(spec, agents=agents)
    (office,) = stage.config.profiles.values()
    light = replace(office, name=ProfileName("light"), memory_mib=512, vcpus=1)
    profiles = {**stage.config.profiles, light.name: light}
    return Rehearsal(replace(stage, config=replace(stage.config, profiles=profiles, scenario=scenario)))


@pytest.mark.long
def test_the_first_get_their_own_the_next_less_and_the_last_none():
    rehearsal = a_rehearsal(10)

    forecast = rehearsal.run()

    # 12.8 GiB each: three of 4 GiB, and one of 512 MiB
    assert (forecast.ready, forecast.shortage.lesser, forecast.shortage.refused) == (8, 2, 2)
    assert not forecast.serves_all
    assert [(wave.name, wave.wanted, wave.ready) for wave in forecast.waves] == [("first", 1, 1), ("rest", 9, 7)]
    document = surge_document(Published(status=rehearsal.reconciler.status, scenario=STATED)).shortage
    assert (document.profiles, document.refuses, document.lesser, document.refused) == (("light",), True, 2, 2)


def test_whoever_is_refused_gets_a_desktop_once_one_fits():
    few = a_rehearsal(8).run()

    assert (few.ready, few.shortage.refused) == (8, 0)


@pytest.mark.long
def test_a_forecast_says_how_many_have_fewer_half_days_and_how_many_none():
    stated = Shortage(shares=(Share(slots=1, of=10),), refuses=True)
    scenario = a_rotating_scenario(a_rotation(share=Share(slots=5, of=10)), shortage=stated)
    stage = a_stage(a_spec(nodes=2), agents=12)
    (profile,) = stage.config.profiles
    pool = DesktopPool(name=DESK, profile=profile, size=1, lend=Lend.BY_PLAN, after_person=AfterPerson.RESTART)
    rehearsal = Rehearsal(replace(stage, config=replace(stage.config, scenario=scenario, desktop_pools={DESK: pool})))

    forecast = rehearsal.run()

    assert (forecast.shortage.fewer, forecast.shortage.left_out) == (10, 2)
