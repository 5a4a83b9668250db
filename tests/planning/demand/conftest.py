"""Two scenarios, as files, compared."""

import pytest

from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.planning.demand.comparison import differences_of
from provisioner.settings.scenario import load_scenario
from tests.builders.cluster import NOW, OFFICE
from tests.builders.core import a_roster

TOWN = "zone: Europe/Paris\nhalf_days: {am: '08:00-12:30', pm: '13:30-18:00'}\n"
BESIDE = {
    "calendars/town.yaml": TOWN,
    "calendars/early.yaml": TOWN.replace("13:30-18:00", "13:30-17:00"),
    "calendars/with-the-past.yaml": TOWN + "closed: {dates: [2001-02-05]}\n",
    "away.csv": "login,from,until\nlogin0007,2027-02-01,2027-02-05\n",
}
"""Files that the scenarios name."""
FOR_ALL = (Entitlement(profile=OFFICE, who=Selection()),)


@pytest.fixture
def compared(tmp_path):
    """Takes the lines of both, and whether people are known."""
    (tmp_path / "calendars").mkdir()
    for name, text in BESIDE.items():
        (tmp_path / name).write_text(text)

    def compare(before, after, *, known=True):
        scenarios = []
        for name, lines in (("a.yaml", before), ("b.yaml", after)):
            (tmp_path / name).write_text("\n".join(lines) + "\n")
            scenarios.append(load_scenario(tmp_path / name))
        return differences_of(*scenarios, start=NOW, roster=a_roster(60) if known else None, entitlements=FOR_ALL)

    return compare
