"""C11: a leaver who is no longer in the directory is shown by name until the desktop is gone."""

import pytest

from tests.accidents.town import DAY, Town
from tests.builders.views import agent_rows, desktop_rows

pytestmark = pytest.mark.long


def test_a_leaver_who_is_gone_from_the_directory_is_shown_by_name_until_it_is_over():
    """C11: also after a restart, and on every rung of the ladder; then nothing of the name is kept."""
    town = Town(12, max_deletes=1)
    name = town.desktop_of(1)
    assert name is not None
    town.register.remove([1])

    for _ in range(3):
        town.pass_time(DAY, every=DAY / 4)
        assert desktop_rows(town.status)[name][2] == "p0001"
        assert [row[:2] for row in agent_rows(town.status) if row[3] == name] == [("p0001", "Person 1")]
        town.start(town.store)
    town.pass_time(70 * DAY, every=DAY)

    assert name not in town.status.desktops
    assert "Person 1" not in {row[1] for row in agent_rows(town.status)}
    assert town.store.load().roster == town.roster
    assert "p0001" not in str(town.roster)
