"""The leavers' ladder in a town: an agent who comes back at any step has the same desktop, until it is deleted."""

import pytest

from monitors.table import named
from provisioner.errors import DirectoryUnavailable
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.people.agents import AccountStatus
from tests.accidents.town import DAY, HOUR, Town

PEOPLE_THERE = 6
SHUTDOWN, START = "POST /nodes/{node}/qemu/{vmid}/status/shutdown", "POST /nodes/{node}/qemu/{vmid}/status/start"


def a_town(**changed):
    return Town(PEOPLE_THERE, **changed)


def away(town, days):
    """The first person is not listed for so many days."""
    town.register.remember()
    town.register.remove([1])
    town.pass_time(days * DAY, every=DAY / 2)


def back(town):
    """As it was, and a day later."""
    town.register.repair()
    town.pass_time(DAY, every=DAY / 2)


def deletes(town):
    return [write for write in town.watched.writes if write.startswith("DELETE")]


@pytest.mark.long
@pytest.mark.parametrize(
    ("days", "shut_down"),
    [(0.5, 0), (3, 1), (20, 1), (59, 1)],
    ids=["while suspended", "once stopped", "once recycled", "on the last day"],
)
def test_an_agent_who_comes_back_in_time_has_the_same_desktop(days, shut_down):
    town = a_town(max_deletes=1)
    before = town.desktop_of(1)
    away(town, days)
    assert town.unharmed(but=[1])
    back(town)

    assert town.desktop_of(1) == before
    assert town.runs(1)
    assert town.clones == 0
    assert deletes(town) == []
    assert (town.watched.writes.count(SHUTDOWN), town.watched.writes.count(START)) == (shut_down, shut_down)
    assert not any(tag.startswith(("left-", "recycled-")) for tag in town.tags_of(1)), "nothing is left of it"
    assert town.unharmed(but=[1])


@pytest.mark.long
def test_an_agent_who_comes_back_too_late_has_a_new_desktop():
    town = a_town(max_deletes=1)
    away(town, 61)
    assert len(deletes(town)) == 1
    assert town.desktop_of(1) is None
    back(town)

    assert town.clones == 1
    assert town.runs(1)
    assert town.unharmed(but=[1])


@pytest.mark.long
def test_a_disabled_agent_leaves_and_comes_back_like_a_removed_agent():
    town = a_town()
    before = town.desktop_of(1)
    town.register.remember()
    town.register.change([1], standing=AccountStatus.DISABLED)
    town.pass_time(3 * DAY)
    assert not town.runs(1)
    back(town)

    assert town.desktop_of(1) == before
    assert town.runs(1)


@pytest.mark.long
def test_without_an_operators_order_nothing_is_deleted_and_the_reason_names_the_setting():
    town = a_town()
    away(town, 70)

    assert deletes(town) == []
    assert any("safety.max_deletes" in deferral.reason for deferral in town.status.plan.deferred)


@pytest.mark.long
def test_a_login_reused_after_recycling_does_not_give_the_desktop_to_the_new_person():
    town = a_town()
    before = town.desktop_of(1)
    away(town, 20)
    town.register.add([901], login="p0001")
    town.pass_time(DAY)

    assert town.clones == 1
    assert town.desktop_of(901) not in (None, before)
    assert town.store.load().desktops[before].reservation.agent_id == AgentId("id-0001")


@pytest.mark.long
def test_a_mistaken_closure_corrected_within_weeks_deletes_no_desktop():
    town = Town(30)
    town.register.remember()
    town.register.remove(range(1, 26))
    town.read_once()
    town.accept(leavers=range(1, 26))
    town.pass_time(20 * DAY, every=DAY / 2)
    assert len(town.status.demand.wants) == 5
    town.register.repair()
    town.read_once()
    town.pass_time(DAY, every=DAY / 2)

    assert town.clones == 0
    assert deletes(town) == []
    assert all(town.runs(number) for number in range(1, 31))
    assert {town.desktop_of(number) for number in range(1, 31)} == town.owners.keys()


@pytest.mark.long
def test_a_lost_store_restarts_no_departure_date():
    town = a_town(max_deletes=1)
    away(town, 20)
    town.lose_the_store()
    town.read_once()
    town.store.give(Intent(kind=IntentKind.ACCEPT_BASELINE, by="claire", at=town.events.now))
    town.pass_time(39 * DAY, every=DAY)
    assert deletes(town) == []
    town.pass_time(2 * DAY, every=DAY / 2)

    assert len(deletes(town)) == 1
    assert town.unharmed(but=[1])


@pytest.mark.long
def test_with_store_and_directory_lost_no_desktop_is_touched():
    town = a_town()
    away(town, 3)
    tags = town.tags_of(1)
    town.watched.writes.clear()
    town.register.error = DirectoryUnavailable("no server answered")
    town.lose_the_store()
    town.pass_time(3 * DAY, every=DAY / 2)

    assert town.watched.writes == []
    assert town.tags_of(1) == tags


@pytest.mark.long
def test_an_older_store_and_no_directory_take_no_newcomers_desktop():
    """The roster in force is older than the newcomers: it says nothing of them."""
    town = a_town()
    older = town.copy_of_the_store()
    town.register.add(range(901, 904))
    town.read_once()
    town.until_ready(PEOPLE_THERE + 3)
    town.begin()
    town.register.error = DirectoryUnavailable("no server answered")
    town.start(older)
    town.pass_time(4 * DAY, every=DAY / 2)

    assert town.watched.writes == []
    assert town.unharmed()


@pytest.mark.long
def test_while_a_reading_is_held_back_leavers_of_the_accepted_roster_still_go_down_the_ladder():
    town = Town(30)
    town.register.remove([1])
    town.pass_time(12 * HOUR)
    town.register.remove(range(2, 30))
    town.pass_time(2 * DAY)

    assert town.metric(named("bascule_directory_quarantined")) == 1
    assert not town.runs(1)
    assert town.unharmed(but=[1])
