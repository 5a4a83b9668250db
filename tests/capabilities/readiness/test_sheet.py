"""The last drill, on a scenario's sheet."""

from contextlib import closing

import pytest

from provisioner.capabilities.readiness.history import DRILLS
from provisioner.capabilities.readiness.model import DrillPlace, KeptDrill
from provisioner.daemon.keeping import store_of
from provisioner.daemon.system_clock import SystemClock
from tests.builders.cli import SMALL_TWIN, a_lonely_site
from tests.cli.test_surge_sheet import CALENDAR, SCENARIO, sheet


@pytest.mark.long
def test_the_last_drill_of_this_scenario_that_the_store_keeps_is_shown_without_a_file(tmp_path):
    site = a_lonely_site(tmp_path, agents=12)
    site.main.write_text(f"{site.main.read_text(encoding='utf-8')}\ntimezone: America/Cayenne\n", encoding="utf-8")
    (site.folder / "calendars").mkdir()
    site.write("twin.yaml", SMALL_TWIN).write("crisis.yaml", SCENARIO).write("calendars/departement.yaml", CALENDAR)
    with closing(store_of(site.load(), clock=SystemClock())) as store:
        store.claim()
        store.add(DRILLS, KeptDrill(at=1795176000.0, scenario="crisis", place=DrillPlace.CANARY, planned=4, ready=3))
        store.add(DRILLS, KeptDrill(at=1795179600.0, scenario="another", place=DrillPlace.TWIN, planned=9, ready=9))

    lines = sheet(site).out

    assert "Scenario crisis, " in lines
    assert "3 of 4 real desktops were made and reached" in " ".join(lines.split()), lines
