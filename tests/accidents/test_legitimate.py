"""The table of legitimate changes: each goes through as stated and touches no other desktop."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from monitors.table import named
from provisioner.model.ids import AgentId
from provisioner.model.intents import Intent, IntentKind, Terms
from provisioner.model.people.agents import AccountStatus
from provisioner.model.people.profiles import Entitlement, Selection
from provisioner.planning.roster.shown import shown_as
from tests.accidents.change import OTHERS, PEOPLE_THERE, Change, same_desktop
from tests.accidents.register import PEOPLE, REMOTE
from tests.accidents.rightful import RIGHTFUL
from tests.accidents.town import DAY, HOUR, Town

pytestmark = pytest.mark.long


def _one_by_one(numbers: range, what: Callable[[Town, int], None]) -> Callable[[Town], None]:
    def happens(town: Town) -> None:
        for number in numbers:
            what(town, number)
            town.pass_time(HOUR)

    return happens


def _there_and_back(away: Callable[[Town], None], back: Callable[[Town], None], *, after_s: float) -> Callable[[Town], None]:
    def happens(town: Town) -> None:
        away(town)
        town.pass_time(after_s)
        back(town)

    return happens


def _stands(number: int, standing: AccountStatus) -> Callable[[Town], None]:
    return lambda town: town.register.change([number], standing=standing)


def _joins(*numbers: int, **changed: object) -> Callable[[Town], None]:
    return lambda town: town.register.add(numbers, **changed)


def _leaves(*numbers: int) -> Callable[[Town], None]:
    return lambda town: town.register.remove(numbers)


def _is(number: int, **changed: object) -> Callable[[Town], None]:
    return lambda town: town.register.change([number], **changed)


def _login_given_on(town: Town) -> None:
    town.register.remove([1])
    town.pass_time(6 * HOUR)
    town.register.add([901], login="p0001")


def _made_anew(town: Town) -> None:
    town.register.change([1], agent_id=AgentId("id-again"))


def _made_for_somebody_new(town: Town) -> None:
    _made_anew(town)
    town.read_once()
    terms = Terms(shown=shown_as(town.register.agents[1]))
    town.store.give(Intent(kind=IntentKind.DISTINCT, by="claire", at=town.events.now, target="id-again", terms=terms))


def _trainees_for_trainees(town: Town) -> None:
    """They are two fifths of the site, and one group: somebody says yes."""
    town.register.remove(range(1, 13))
    town.register.add(range(901, 913))
    town.read_once()
    town.accept_as_shown()


def _closed_by_order(town: Town) -> None:
    """A service is closed: the guard holds it back, an operator looks at it and lets it through."""
    town.register.remove(range(1, 26))
    town.read_once()
    assert town.metric(named("bascule_directory_quarantined")) == 1
    town.accept(leavers=range(1, 26))


def _merged_by_order(town: Town) -> None:
    town.register.remove(range(1, 26))
    town.register.add(range(901, 921))
    town.read_once()
    town.accept(leavers=range(1, 26), joiners=range(901, 921))


def _merged_in_two_steps(town: Town) -> None:
    town.register.remove(range(1, 17))
    town.read_once()
    town.accept(leavers=range(1, 23), hours=6)
    town.pass_time(HOUR)
    town.register.remove(range(17, 23))


def _grown_by_order(town: Town) -> None:
    town.register.add(range(901, 1021))
    town.read_once()
    town.accept(joiners=range(901, 1021))


def _put_right_and_one_more(town: Town) -> None:
    town.register.remember()
    town.register.remove(range(1, 29))
    town.pass_time(6 * HOUR)
    town.register.repair()
    town.register.add([901])


def _named_twice_and_put_right(town: Town) -> None:
    town.register.add([901], login="p0001")
    town.pass_time(6 * HOUR)
    assert town.clones == 0
    assert len(town.status.demand.wants) == PEOPLE_THERE
    town.register.change([901], login="p0901")


def _two_newcomers_with_one_login(town: Town) -> None:
    town.register.add([901, 902], login="newcomer")
    town.pass_time(6 * HOUR)
    assert town.clones == 0
    town.register.change([902], login="newcomer2")


def _unreadable_and_put_right(town: Town) -> None:
    town.register.unusable = {1: "has no login"}
    town.pass_time(6 * HOUR)
    town.register.unusable = {}
    town.register.change([1], display_name="Put Right")


def _group_renamed_with_the_configuration(town: Town) -> None:
    """The directory and `bascule.yaml` change together: the settings first, then the next reading."""
    town.register.change(range(1, PEOPLE_THERE + 1), groups=REMOTE | {"telework"})
    town.read_once()
    who = Selection(groups=frozenset({"telework"}), units=frozenset({PEOPLE}))
    entitlements = (Entitlement(profile=town.config.entitlements[0].profile, who=who),)
    town.config = replace(town.config, entitlements=entitlements)
    town.reconciler.follow(town.config)
    town.read_once()
    town.register.change(range(1, PEOPLE_THERE + 1), groups=frozenset({"telework"}))


def _store_lost_and_nothing_else(town: Town) -> None:
    town.lose_the_store()


def _store_lost_and_one_joined(town: Town) -> None:
    town.register.add([901])
    town.lose_the_store()


def _enters_the_group(town: Town) -> None:
    town.register.change(range(PEOPLE_THERE + 1, PEOPLE_THERE + 9), groups=REMOTE)


def _locked_and_opened(town: Town) -> None:
    _stands(1, AccountStatus.LOCKED)(town)
    town.pass_time(6 * HOUR)
    assert len(town.status.demand.wants) == PEOPLE_THERE
    _stands(1, AccountStatus.ACTIVE)(town)


LEAVER: dict[str, Any] = {"wanted": PEOPLE_THERE - 1, "left": [1]}
CHANGES = {
    "nothing": Change(happens=lambda _: None),
    "one joins": Change(happens=_joins(901), clones=1, wanted=31),
    "ten join at once": Change(happens=_joins(*range(901, 911)), clones=10, wanted=40),
    "ten join one by one": Change(
        happens=_one_by_one(range(901, 911), lambda town, number: town.register.add([number])), clones=10, wanted=40
    ),
    "eight enter the group": Change(happens=_enters_the_group, clones=8, wanted=38),
    "one joins who is entitled to nothing": Change(happens=_joins(901, groups=frozenset())),
    "one joins who is disabled still": Change(happens=_joins(901, standing=AccountStatus.DISABLED)),
    "one leaves": Change(happens=_leaves(1), **LEAVER),
    "three leave one by one": Change(
        happens=_one_by_one(range(1, 4), lambda town, number: town.register.remove([number])), wanted=27, left=range(1, 4)
    ),
    "one leaves the group": Change(happens=_is(1, groups=frozenset()), **LEAVER),
    "one is disabled": Change(happens=_stands(1, AccountStatus.DISABLED), **LEAVER),
    "trainees go and trainees come": Change(happens=_trainees_for_trainees, clones=12, wanted=30, left=range(1, 13)),
    "a new surname, and a new login with it": Change(
        happens=_is(1, display_name="Person Married", login="pmarried"), check=same_desktop(1)
    ),
    "another unit below the base": Change(happens=_is(1, unit=f"ou=east,ou=roads,{PEOPLE}"), check=same_desktop(1)),
    "another department": Change(happens=_is(1, department="Schools"), check=same_desktop(1)),
    "another site": Change(happens=_is(1, site="North"), check=same_desktop(1)),
    "another mail address": Change(happens=_is(1, mail="person@town.example"), check=same_desktop(1)),
    "into a department that no wave selects": Change(happens=_is(1, department="Police"), check=same_desktop(1)),
    "disabled and enabled again": Change(
        happens=_there_and_back(_stands(1, AccountStatus.DISABLED), _stands(1, AccountStatus.ACTIVE), after_s=6 * HOUR),
        check=same_desktop(1),
    ),
    "expired and prolonged": Change(
        happens=_there_and_back(_stands(1, AccountStatus.EXPIRED), _stands(1, AccountStatus.ACTIVE), after_s=12 * HOUR),
        check=same_desktop(1),
    ),
    "locked and opened": Change(happens=_locked_and_opened, check=same_desktop(1)),
    "gone and back": Change(happens=_there_and_back(_leaves(1), _joins(1), after_s=18 * HOUR), check=same_desktop(1)),
    "an id made anew, until it is confirmed": Change(happens=_made_anew, says="under a new id", check=same_desktop(1)),
    "an id made anew for somebody new": Change(happens=_made_for_somebody_new, clones=1, wanted=30, left=[1]),
    "a login given to a new person": Change(
        happens=_login_given_on, clones=1, left=[1], check=lambda town: town.desktop_of(901) not in town.owners
    ),
    "two swap logins": Change(
        happens=lambda town: (town.register.change([1], login="p0002"), town.register.change([2], login="p0001"))[0],
        check=lambda town: same_desktop(1)(town) and same_desktop(2)(town),
    ),
    "a newcomer with somebody's login, until it is put right": Change(
        happens=_named_twice_and_put_right, clones=1, wanted=31, says="login p0001 is that of 2 entries", check=same_desktop(1)
    ),
    "two newcomers with one login, until it is put right": Change(happens=_two_newcomers_with_one_login, clones=2, wanted=32),
    "an entry unreadable for a while": Change(
        happens=_unreadable_and_put_right, says="the agent stays as last accepted", check=same_desktop(1)
    ),
    "a service closed, by order": Change(
        happens=_closed_by_order, wanted=5, left=range(1, 26), says="directory: 25 leave and 0 join, by order of claire"
    ),
    "a merger, by order": Change(
        happens=_merged_by_order,
        clones=20,
        wanted=25,
        left=range(1, 26),
        says="directory: 25 leave and 20 join, by order of claire",
    ),
    "a merger in two steps, by one order": Change(
        happens=_merged_in_two_steps, wanted=8, left=range(1, 23), says="directory: 16 leave and 0 join, by order of claire"
    ),
    "a new service, by order": Change(happens=_grown_by_order, clones=120, wanted=150, says="0 leave and 120 join"),
    "an accident put right, and a newcomer who waited": Change(
        happens=_put_right_and_one_more, clones=1, wanted=31, says="directory: no longer quarantined"
    ),
    "the group renamed with the configuration": Change(happens=_group_renamed_with_the_configuration),
    "the store lost": Change(happens=_store_lost_and_nothing_else),
    "the store lost, and one joins": Change(happens=_store_lost_and_one_joined, clones=1, wanted=31),
}


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in (CHANGES | RIGHTFUL).items()])
def test_a_legitimate_change_goes_through(change):
    town = Town(PEOPLE_THERE, others=OTHERS)
    change.happens(town)
    town.pass_time(16 * HOUR)

    assert town.clones == change.clones
    assert len(town.status.demand.wants) == change.wanted
    assert change.says in town.said
    assert town.metric(named("bascule_directory_quarantined")) == 0
    assert town.unharmed(but=change.left)
    assert all(any(tag.startswith("left-") for tag in town.tags_of(number)) for number in change.left)
    assert not [write for write in town.watched.writes if write.startswith("DELETE") or "/status/shutdown" in write]
    assert change.check(town)
    assert not [intent for intent in town.store.intents() if intent.kind.value == "accept_directory"], "an order ends"


def test_the_first_reading_of_a_new_installation_is_believed():
    town = Town(PEOPLE_THERE)

    assert len(town.wanted) == PEOPLE_THERE
    assert town.store.load().guard.joined == {}


def test_an_order_that_is_used_up_is_in_the_journal():
    town = Town(PEOPLE_THERE)
    _closed_by_order(town)
    town.pass_time(HOUR)

    lines = [(entry.result, entry.reason) for entry in town.store.journal() if entry.what == "accept_directory"]
    assert lines[0] == ("withdrawn", "by daemon, done: 25 left, 0 joined")
    assert lines[1][0] == "given"
    assert "25 may leave and 0 join" in lines[1][1]


def test_an_unneeded_order_expires():
    town = Town(PEOPLE_THERE)
    town.accept(leavers=range(1, 26), hours=2)
    town.pass_time(DAY)

    lines = [(entry.result, entry.reason) for entry in town.store.journal() if entry.what == "accept_directory"]
    assert lines[0] == ("withdrawn", "by daemon, its time is over")


def test_an_order_is_heeded_at_once_and_not_with_the_next_reading():
    town = Town(PEOPLE_THERE)
    town.register.remove(range(1, 26))
    town.read_once()
    town.accept(leavers=range(1, 26))
    before = len(town.heard.readings)

    town.reconciler.follow(town.config)  # any cycle will do
    town.until(lambda: len(town.heard.readings) > before, at_most=60.0)

    assert town.heard.readings[-1][1] == ""
