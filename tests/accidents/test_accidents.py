"""The table of directory accidents: each changes no desktop for two days, says what it is, and shows in a metric."""

from collections.abc import Callable

import pytest

from provisioner.errors import DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.people.agents import AccountStatus
from tests.accidents.accident import FAILING, HELD, OTHERS, PEOPLE_THERE, REJECTED, Accident, fails, held, kept
from tests.accidents.by_hand import BY_HAND
from tests.accidents.edits import EDITS
from tests.accidents.register import REMOTE, a_person
from tests.accidents.town import DAY, HOUR, Town

ALL = range(1, PEOPLE_THERE + 1)
HALF = range(1, PEOPLE_THERE // 2 + 1)
_kept: list[Town] = []
"""An untouched town: an accident that changes nothing leaves it untouched for the next test."""


def _removed(town: Town) -> None:
    town.register.remove(HALF)


def _one_unit_elsewhere(town: Town) -> None:
    """A unit of half the people was moved out of the base that is read."""
    town.register.remove(number for number in ALL if number % 2)


def _disagreeing(town: Town) -> None:
    """Whichever server answers: one of the two has half."""
    turns = iter(range(1_000_000))

    def before_each() -> None:
        town.register.agents = {number: a_person(number) for number in (ALL if next(turns) % 2 else HALF)}

    town.register.before_each = before_each


def _doubled(town: Town) -> None:
    """A replication conflict: everybody is there twice, the second time under a new id."""
    for number in ALL:
        town.register.agents[1000 + number] = a_person(1000 + number, login=f"p{number:04}")


def _restored_from_an_old_backup(town: Town) -> None:
    """Twenty-five are not in it yet; five of long ago are in it again."""
    town.register.remove(range(36, 61))
    town.register.add(range(900, 905))


def _unusable(town: Town, *, nameless: bool = False) -> None:
    town.register.unusable = dict.fromkeys(ALL, "has no login: attribute uid is missing")
    town.register.nameless = set(ALL) if nameless else set()


def _half_gone_and_restarted(town: Town) -> None:
    _removed(town)
    town.read_once()
    town.start()


def _half_gone_with_the_store_lost(town: Town) -> None:
    _removed(town)
    town.lose_the_store()


def _unreachable_with_the_store_lost(town: Town) -> None:
    town.register.error = DirectoryUnavailable("ldaps://directory: connection refused")
    town.lose_the_store()


def _larger_than_ordered(town: Town) -> None:
    town.accept(leavers=range(1, 6), hours=100)
    _removed(town)


def _ordered_too_long_ago(town: Town) -> None:
    town.accept(leavers=HALF, hours=1)
    town.pass_time(2 * HOUR)
    _removed(town)


def _joiners_for_leavers(town: Town) -> None:
    town.accept(joiners=HALF, hours=100)
    _removed(town)


def _during(kind: IntentKind) -> Callable[[Town], None]:
    def happens(town: Town) -> None:
        town.store.give(Intent(kind=kind, by="claire", at=town.events.now))
        _removed(town)

    return happens


def _swapped(town: Town) -> None:
    town.register.change(ALL, login=lambda number: f"p{number + 1 if number % 2 else number - 1:04}")


def _everybody(**changed: object) -> Callable[[Town], None]:
    return lambda town: town.register.change(ALL, **changed)


def _everybody_enters_the_group(town: Town) -> None:
    town.register.change(range(PEOPLE_THERE + 1, PEOPLE_THERE + OTHERS + 1), groups=REMOTE)


def _new_ids(number: int) -> AgentId:
    return AgentId(f"restored-{number:04}")


ACCIDENTS = {
    # It is not read to its end.
    "an empty answer": fails(DirectoryIncomplete("the search found no entry at all")),
    "no server answers": fails(DirectoryUnavailable("ldaps://directory1: connection refused; ldaps://directory2: timed out")),
    "a size limit below the number of entries": fails(DirectoryIncomplete("ended after 500 entries: size limit exceeded")),
    "a time limit": fails(DirectoryIncomplete("ended after 1,000 entries: time limit exceeded")),
    "restarted in the middle of a page": fails(DirectoryIncomplete("the connection was lost after 500 entries")),
    "busy": fails(DirectoryUnavailable("ldaps://directory1: busy")),
    "the password has expired": fails(DirectoryRefused("bind refused: 80090308: data 532, password expired")),
    "the certificate has expired": fails(DirectoryUnavailable("ldaps://directory1: certificate has expired")),
    "a wrong base": fails(DirectoryRefused("ou=persons,dc=town: no such object")),
    "a wrong filter": fails(DirectoryRefused("the filter is refused: bad search filter")),
    "a referral instead of entries": fails(DirectoryIncomplete("a referral to ldap://elsewhere was not followed")),
    # It shrinks.
    "half is gone": held(_removed, "30 of 60 entitled agents would leave", leave=30),
    "a filter with a clause too many": held(lambda town: town.register.remove(range(4, 61)), "57 of 60", leave=57),
    "an OU moved out of the base": held(_one_unit_elsewhere, "30 gone", leave=30),
    "an OU renamed": held(_everybody(unit="ou=staff,dc=town"), "60 no longer entitled", leave=60),
    "all are disabled": held(_everybody(standing=AccountStatus.DISABLED), "60 disabled", leave=60),
    "clocks apart: all have expired": held(_everybody(standing=AccountStatus.EXPIRED), "60 expired", leave=60),
    "memberOf is missing": held(_everybody(groups=frozenset()), "60 no longer entitled", leave=60),
    "the group was renamed": held(_everybody(groups=frozenset({"telework"})), "60 no longer entitled", leave=60),
    "all ids are new": held(_everybody(agent_id=_new_ids), "60 gone", leave=60, join=60),
    "the id attribute is missing": kept(
        lambda town: _unusable(town, nameless=True), "the agent stays as last accepted", rejected=60
    ),
    "restored from an old backup": held(_restored_from_an_old_backup, "25 gone", leave=25, join=5),
    "two servers disagree": Accident(happens=_disagreeing, says="30 of 60 entitled agents would leave"),
    # It grows.
    "a filter that lost its clause": held(
        lambda town: town.register.add(range(1000, 1600)), "600 agents would join the 60 entitled agents", join=600
    ),
    "everybody enters the group": held(_everybody_enters_the_group, "150 agents would join the 60 entitled agents", join=150),
    # People are there, and not as they were.
    "all logins are missing": kept(_unusable, "the agent stays as last accepted", rejected=60),
    "one login for all": kept(_everybody(login="template"), "login template is that of 60 entries", rejected=60),
    "everybody is there twice": kept(_doubled, "login p0001 is that of 2 entries", rejected=120),
    "logins are swapped": kept(_swapped, "", rejected=0),
    "all names are empty": kept(_everybody(display_name=""), "", rejected=0),
    # Waves select by department and site: who has been given a desktop is in none any more, and keeps it.
    "the department is empty": kept(_everybody(department=""), "", rejected=0),
    "the site is empty": kept(_everybody(site=""), "", rejected=0),
    "an attack locks every account": kept(_everybody(standing=AccountStatus.LOCKED), "", rejected=0),
    # Something else happens too.
    "half is gone, and the daemon is killed": held(_half_gone_and_restarted, "30 of 60", leave=30),
    "half is gone, and more than was ordered": held(
        _larger_than_ordered, "in addition to 5 named in the order by claire", leave=30
    ),
    "half is gone, and the order's time was over": held(_ordered_too_long_ago, "30 of 60", leave=30),
    "half is gone, and growth was ordered": held(_joiners_for_leavers, "30 of 60", leave=30),
    "half is gone during a hold": held(_during(IntentKind.HOLD), "30 of 60", leave=30),
    "half is gone during a freeze": held(_during(IntentKind.FREEZE), "30 of 60", leave=30),
}
WITH_THE_STORE_LOST = {
    "half is gone": held(_half_gone_with_the_store_lost, "30 of 60 entitled agents would leave", leave=30),
    "no server answers": Accident(
        happens=_unreachable_with_the_store_lost, says="ldaps://directory: connection refused", metrics={FAILING: 1}
    ),
}


@pytest.fixture
def town() -> Town:
    """Sixty people with a ready desktop each; a test that passes leaves the town to the next."""
    return _kept.pop() if _kept else Town(PEOPLE_THERE, others=OTHERS)


@pytest.mark.long
@pytest.mark.parametrize(
    "accident", [pytest.param(accident, id=name) for name, accident in (ACCIDENTS | BY_HAND | EDITS).items()]
)
def test_an_accident_changes_no_desktop(town, accident):
    town.register.remember()
    configured = town.config
    accident.happens(town)
    town.pass_time(2 * DAY)

    assert town.watched.writes == []
    assert town.unharmed()
    assert town.status.demand.wants.keys() == town.wanted
    assert accident.says in town.said
    assert {row.name: town.metric(row) for row in accident.metrics} == {
        row.name: value for row, value in accident.metrics.items()
    }

    town.register.repair()
    _withdraw(town)
    town.edit(configured)
    assert town.watched.writes == []
    assert town.status.demand.wants.keys() == town.wanted
    assert (town.metric(HELD), town.metric(FAILING), town.metric(REJECTED)) == (0, 0, 0)
    town.begin()
    _kept.append(town)


@pytest.mark.long
@pytest.mark.parametrize("accident", [pytest.param(accident, id=name) for name, accident in WITH_THE_STORE_LOST.items()])
def test_with_the_store_lost_an_accident_changes_no_desktop_either(accident):
    town = Town(PEOPLE_THERE)
    accident.happens(town)
    town.pass_time(2 * DAY)

    assert town.watched.writes == []
    assert town.unharmed()
    assert accident.says in town.said
    assert {row.name: town.metric(row) for row in accident.metrics} == {
        row.name: value for row, value in accident.metrics.items()
    }
    served = town.status.demand.wants
    assert served.keys() <= town.wanted, "whom the reading lists and who has a desktop is served, and nobody new"
    assert len(served) == (0 if town.register.error else 30)


@pytest.mark.long
def test_with_an_older_store_a_reading_is_compared_with_the_roster_of_its_day():
    town = Town(PEOPLE_THERE)
    older = town.copy_of_the_store()
    town.register.add(range(901, 906))
    town.read_once()
    town.until_ready(PEOPLE_THERE + 5)
    town.begin()

    town.start(older)
    town.register.remove([*HALF, *range(901, 906)])
    town.pass_time(2 * DAY)

    assert town.watched.writes == []
    assert town.unharmed()
    assert "30 of 60 entitled agents would leave" in town.said
    assert town.metric(HELD) == 1
    assert len(town.roster.agents) == PEOPLE_THERE


@pytest.mark.long
def test_an_accident_in_small_steps_is_stopped_before_it_is_a_large_one():
    town = Town(PEOPLE_THERE)
    town.register.remember()
    for step in range(5):
        town.register.remove(range(3 * step + 1, 3 * step + 4))
        town.pass_time(HOUR)

    assert town.metric(HELD) == 1
    assert "3 of 60 entitled agents would leave, in addition to 6 earlier; the limit is 6 (10 %) within 24 h" in town.said
    assert len(town.status.demand.wants) == 54
    assert not any("status/" in write or write.startswith("DELETE") for write in town.watched.writes)
    town.register.repair()
    town.read_once()
    assert town.unharmed()
    assert town.status.demand.wants.keys() == town.wanted


@pytest.mark.long
def test_growth_in_small_steps_is_stopped_too():
    town = Town(20, others=0)
    for step in range(5):
        town.register.add(range(100 * step + 100, 100 * step + 104))
        town.pass_time(HOUR)

    assert town.metric(HELD) == 1
    assert "4 agents would join the 20 entitled agents, in addition to 8 earlier; the limit is 10 within" in town.said
    assert town.clones == 8


def _withdraw(town: Town) -> None:
    for intent in town.store.intents():
        if intent.kind is not IntentKind.SURGE:
            town.store.withdraw(intent.kind, by="claire", at=town.events.now)
