"""Each shipped scenario that is planned ends well on a twin: everybody in time, in the order of the waves."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.settings.scenario import load_scenario
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from tests.builders.core import an_agent
from tests.builders.rehearsal import a_config_on, a_stage

SUNDAY = datetime(2026, 11, 29, 20, 0, tzinfo=ZoneInfo("Europe/Paris")).timestamp()
FILES = sorted((shipped() / "scenarios").glob("*.yaml"))
PLANNED = [file for file in FILES if (read := load_scenario(file)).planned and read.waves]
"""Not the rotation, which has no waves: tests/reconciler/test_rotation_weeks plays it."""
GROUPS = ("cellule-crise", "services-essentiels", "", "")


def people(count):
    for number in range(1, count + 1):
        group = GROUPS[number % len(GROUPS)]
        yield an_agent(number, groups=frozenset({group} - {""}), site=("Melun", "Meaux")[number % 2])


def a_switch(file, agents=24) -> Stage:
    """Batches of five, so that there are several; begun, as a forecast begins it."""
    twin = load_twin(shipped() / "twins" / "local-16.yaml")
    scenario = load_scenario(file)
    waves = tuple(replace(wave, size=wave.size and 5) for wave in scenario.waves)
    config = replace(a_config_on(twin), scenario=replace(scenario, by_hand=False, waves=waves))
    return a_stage(twin, agents=people(agents), config=config, begins_at=SUNDAY)


@pytest.mark.long
@pytest.mark.parametrize("file", PLANNED, ids=lambda file: file.stem)
def test_everybody_is_ready_by_the_deadline_of_the_batch(file):
    rehearsal = Rehearsal(a_switch(file))
    forecast = rehearsal.run()
    wants = rehearsal.reconciler.status.demand.wants

    assert forecast.ready == forecast.wanted == len(wants) > 0
    states = {state.reservation.seat: state.reservation.name for state in rehearsal.reconciler.status.desktops.values()}
    late = [want.login for want in wants.values() if want.due_at and rehearsal.watch.ready_at[states[want.seat]] > want.due_at]
    assert late == []


def test_the_shipped_kinds_are_there():
    assert {file.stem for file in PLANNED} == {"confinement", "snow-day", "site-loss", "power-cut"}
    assert all(load_scenario(file).by_hand for file in PLANNED)
