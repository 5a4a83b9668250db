"""By whose clock a run's times are shown: its scenario's calendar, also if it began by itself."""

from dataclasses import replace

import pytest

from provisioner.model.scenario.calendars import Calendar, HalfDay
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeRun
from provisioner.views.published import Published
from provisioner.views.surge import surge_document
from provisioner.views.times import zone_of
from tests.builders.cluster import NOW
from tests.builders.core import a_situation
from tests.builders.views import status_of

HOURS = (HalfDay(name="day", begins=480, ends=1080),)
PARIS = Scenario(name="s", waves=(), calendar=Calendar(zone="Europe/Paris", working_days=frozenset({0}), half_days=HOURS))
REUNION = replace(PARIS, calendar=Calendar(zone="Indian/Reunion", working_days=frozenset({0}), half_days=HOURS))
ITSELF = SurgeRun.begun("s", NOW)


@pytest.mark.parametrize(
    ("run", "in_force", "zone"),
    [
        pytest.param(ITSELF, PARIS, "Europe/Paris", id="it began by itself"),
        pytest.param(replace(ITSELF, as_started=REUNION), PARIS, "Indian/Reunion", id="an operator has started it"),
        pytest.param(ITSELF, replace(PARIS, name="another"), None, id="another scenario is in force"),
        pytest.param(None, PARIS, "Europe/Paris", id="none was started"),
        pytest.param(ITSELF, None, None, id="nothing is known"),
        pytest.param(ITSELF, replace(PARIS, calendar=None), None, id="no calendar"),
    ],
)
def test_the_zone_of_a_run(run, in_force, zone):
    assert zone_of(run, in_force) == zone


def test_the_document_has_it_for_the_run_and_for_a_start():
    status = replace(status_of(a_situation()), surge=ITSELF)
    document = surge_document(Published(status=status, scenario=PARIS))

    assert document.zone == "Europe/Paris"
    assert document.run is not None
    assert document.run.zone == "Europe/Paris"
