"""C2: accounts that were recreated or imported anew: the same people under new ids, in virtual time on a twin."""

import pytest

from provisioner.model.ids import AgentId
from tests.accidents.town import DAY, Town

PEOPLE = 60
FIFTEEN = range(1, 16)


def recreate(town: Town, numbers: range) -> None:
    """Deleted and made again: everything is as it was but for the id."""
    town.register.change(numbers, agent_id=lambda number: AgentId(f"new-{number:04}"))


@pytest.mark.xfail(strict=True, reason="C2")
def test_recreated_accounts_get_no_second_desktop():
    """C2: fifteen accounts are deleted and made again under the same login and name."""
    town = Town(PEOPLE)

    recreate(town, FIFTEEN)
    town.pass_time(2 * DAY)

    assert (town.clones, town.unharmed()) == (0, True)


@pytest.mark.xfail(strict=True, reason="C2")
def test_an_order_to_accept_makes_no_second_fleet():
    """C2: everybody was imported anew, and an operator takes it for a change of people."""
    town = Town(PEOPLE)

    recreate(town, range(1, PEOPLE + 1))
    town.read_once()
    town.accept(leavers=PEOPLE, joiners=PEOPLE)
    town.pass_time(2 * DAY)

    assert (town.clones, town.unharmed()) == (0, True)
