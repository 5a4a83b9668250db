"""G8: orders that say who is listed under an id, in virtual time on a twin.

Each is about the people whom its operator was shown, and each can be taken back by the other.
"""

from dataclasses import replace

import pytest

from monitors.table import named
from provisioner.model.ids import AgentId, DesktopName
from provisioner.model.intents import Intent, IntentKind, Rekey
from provisioner.model.people.agents import Agent
from provisioner.planning.roster.departed import known_in
from tests.accidents.test_same_id import a_login, a_town, an_id, an_order, is_now, order, orders
from tests.accidents.town import DAY, HOUR, Town

pytestmark = pytest.mark.long

WELL = named("bascule_directory_quarantined")
ONE = an_id(1)
FORMER = AgentId(f"{ONE}~former-1")


def a_town_held_back() -> Town:
    """Eight numbers show other people: the whole reading is held back."""
    town = a_town()
    for number in range(1, 9):
        is_now(town, number, 900 + number)
    town.pass_time(HOUR)
    assert town.metric(WELL) == 1
    return town


def let_go(town: Town) -> None:
    """The other seven are corrected."""
    first = town.register.agents[1]
    town.register.repair()
    town.register.agents[1] = first
    town.pass_time(DAY)
    assert town.metric(WELL) == 0


def a_mistaken_rename() -> Town:
    """Another person was declared to be the same, and has the desktop."""
    town = a_town()
    is_now(town, 1, 901)
    town.pass_time(6 * HOUR)
    order(town, IntentKind.REKEY, 1)
    town.pass_time(HOUR)
    assert (town.roster.agents[ONE].login, town.unharmed(), orders(town)) == (a_login(901), True, [])
    return town


def owners(town: Town) -> dict[AgentId | None, DesktopName]:
    return {
        record.reservation.agent_id: record.reservation.name
        for record in town.store.load().desktops.values()
        if record.superseded_by is None
    }


def former(town: Town) -> Agent:
    return town.roster.departed[FORMER]


@pytest.mark.parametrize("kind", [IntentKind.REKEY, IntentKind.DISTINCT])
def test_an_order_about_a_held_reading_is_about_nobody_else_who_comes_under_the_id(kind):
    """G8: it was applied to whoever showed under the id when the reading was let go."""
    town = a_town_held_back()
    about_901 = an_order(town, kind, 1)
    is_now(town, 1, 950)
    town.read_once()

    assert town.reconciler.obey(about_901) == ""
    let_go(town)

    assert (town.clones, town.unharmed(), town.roster.agents[ONE].login) == (0, True, a_login(1))
    assert (orders(town), [entry.agent_id for entry in town.roster.rejected]) == ([], [ONE])
    assert "1` by claire is not carried out: id-0001 shows another person than was shown then" in town.said


def test_an_order_waits_for_the_reading_that_shows_its_person():
    """G8: the operator's reading was newer than the daemon's."""
    town = a_town()
    town.read_once()
    is_now(town, 1, 901)

    order(town, IntentKind.DISTINCT, 1)
    town.pass_time(DAY)

    assert (town.clones, town.owners[owners(town)[FORMER]], orders(town)) == (1, ONE, [])
    assert (former(town).login, town.roster.agents[ONE].login) == (a_login(1), a_login(901))


def test_an_order_about_somebody_who_is_not_listed_any_more_ends_with_its_reason():
    """G8."""
    town = a_town_held_back()
    order(town, IntentKind.REKEY, 1)
    del town.register.agents[1]

    town.pass_time(HOUR)
    assert orders(town) == [IntentKind.REKEY]
    town.register.repair()
    del town.register.agents[1]
    town.pass_time(DAY)

    assert (town.clones, orders(town)) == (0, [])
    assert "`rekey --renamed id-0001` by claire is not carried out: nobody is listed under id-0001 any more" in town.said


def test_an_order_of_a_version_that_named_ids_alone_is_not_carried_out():
    """G8: nobody knows whom it was about."""
    town = a_town()
    is_now(town, 1, 901)
    pairs = (Rekey(ONE, ONE),)
    town.store.give(Intent(kind=IntentKind.REKEY, by="claire", at=town.events.now, rekeys=pairs))

    town.pass_time(DAY)

    assert (town.clones, town.unharmed(), town.roster.agents[ONE].login, orders(town)) == (0, True, a_login(1), [])


@pytest.mark.parametrize("restarted", [False, True])
def test_a_mistaken_rename_is_taken_back_and_the_desktop_is_the_first_persons_again(restarted):
    """G8: `distinct` of the same id had no effect."""
    town = a_mistaken_rename()
    owner = next(agent for roster in town.store.rosters() if (agent := roster.agents[ONE]).login == a_login(1))

    order(town, IntentKind.DISTINCT, 1, owner=owner)
    if restarted:
        town.start(town.store)
    town.pass_time(2 * DAY)

    assert (town.clones, town.owners[owners(town)[FORMER]], owners(town)[ONE] in town.owners) == (1, ONE, False)
    assert (former(town).login, town.roster.agents[ONE].login) == (a_login(1), a_login(901))
    assert (town.unharmed(but=[1]), orders(town), town.roster.rejected) == (True, [], ())
    assert any(tag.startswith("left-") for tag in town.tags_of(1))


def test_a_rename_whose_first_person_is_in_no_kept_roster_is_not_taken_back():
    """G8: it is said, with what to do instead."""
    town = a_mistaken_rename()
    stranger = replace(town.roster.agents[ONE], login="nobody", display_name="Nobody", mail="")

    order(town, IntentKind.DISTINCT, 1, owner=stranger)
    town.pass_time(DAY)

    assert (town.clones, town.unharmed(), orders(town)) == (0, True, [])
    assert "no roster that is kept shows whoever had id-0001 before; `bascule desktop quarantine`" in town.said


@pytest.mark.parametrize("made", [False, True])
def test_a_mistaken_distinct_is_taken_back_and_the_person_has_the_first_desktop_again(made):
    """G8: whether the second one, which is empty, is there already or not."""
    town = a_town()
    is_now(town, 1, 901)
    town.pass_time(6 * HOUR)
    first = owners(town)[ONE]
    order(town, IntentKind.DISTINCT, 1)
    town.until(lambda: (ONE if made else FORMER) in owners(town) and FORMER in owners(town), at_most=DAY)
    assert (first, ONE in owners(town)) == (owners(town)[FORMER], made)

    order(town, IntentKind.REKEY, 1, owner=known_in(town.roster)[FORMER])
    town.pass_time(2 * DAY)

    assert (owners(town)[ONE], FORMER in owners(town), town.clones) == (first, False, int(made))
    assert (town.roster.agents[ONE].login, town.roster.rejected, orders(town)) == (a_login(901), (), [])


def test_a_mistaken_distinct_is_taken_back_once_the_directory_is_right_again():
    """G8: whoever is listed again and whoever has the first desktop are alike, and every such order was refused."""
    town = a_town()
    is_now(town, 1, 901)
    town.pass_time(6 * HOUR)
    first = owners(town)[ONE]
    order(town, IntentKind.DISTINCT, 1)
    town.until(lambda: FORMER in owners(town), at_most=DAY)
    town.register.repair()

    order(town, IntentKind.REKEY, 1, owner=known_in(town.roster)[FORMER])
    town.pass_time(2 * DAY)

    assert (owners(town).get(ONE), FORMER in owners(town), orders(town)) == (first, False, [])
    assert (town.roster.agents[ONE].login, town.unharmed()) == (a_login(1), True)


def test_a_mistaken_distinct_whose_newcomer_is_in_force_is_taken_back_by_pairs():
    """G8: the directory is right again only then; `--renamed` would give the person the newcomer's desktop."""
    town = a_town()
    is_now(town, 1, 901)
    town.pass_time(6 * HOUR)
    first = owners(town)[ONE]
    order(town, IntentKind.DISTINCT, 1)
    town.until(lambda: {ONE, FORMER} <= owners(town).keys(), at_most=DAY)
    town.pass_time(HOUR)
    town.register.repair()
    town.pass_time(6 * HOUR)
    assert [entry.agent_id for entry in town.roster.rejected] == [ONE]

    about_both = an_order(town, IntentKind.REKEY, 1)
    pairs = Intent(kind=IntentKind.REKEY, by="claire", at=town.events.now, rekeys=(Rekey(FORMER, ONE),))
    assert (town.reconciler.obey(pairs), town.reconciler.obey(about_both)) == ("", "")
    town.pass_time(DAY)

    assert (owners(town)[ONE], FORMER in owners(town), orders(town)) == (first, False, [])
    assert (town.roster.agents[ONE].login, town.roster.rejected) == (a_login(1), ())


def test_an_order_that_tells_a_person_from_themselves_does_not_stay():
    """G8."""
    town = a_town()
    town.pass_time(HOUR)

    order(town, IntentKind.DISTINCT, 1)
    town.pass_time(DAY)

    assert (town.clones, town.unharmed(), orders(town)) == (0, True, [])


def test_of_two_orders_about_an_id_the_last_one_counts():
    """G8: nothing was carried out yet."""
    town = a_town_held_back()

    order(town, IntentKind.REKEY, 1)
    order(town, IntentKind.DISTINCT, 1)

    assert orders(town) == [IntentKind.DISTINCT]
