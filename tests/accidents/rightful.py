"""Intended changes that look like an accident of `by_hand` or `edits`: they go through, by themselves or by an order."""

from collections.abc import Callable

from provisioner.model.ids import WaveName
from provisioner.model.people.agents import AccountStatus
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.scenarios import Scenario, Wave
from tests.accidents.change import PEOPLE_THERE, Change, same_desktop
from tests.accidents.register import DEPARTMENTS, PEOPLE
from tests.accidents.town import DAY, HOUR, Town

NO_ID = "has no entryUUID, so it has no permanent id"
ROADS = [number for number in range(1, PEOPLE_THERE + 1) if number % len(DEPARTMENTS) == 0]
"""The seven of one unit."""
EVERYONE = range(1, PEOPLE_THERE + 1)


def _by_order(happens: Callable[[Town], None]) -> Callable[[Town], None]:
    """The guard holds it back, an operator looks at it, and lets these people go and come."""

    def ordered(town: Town) -> None:
        happens(town)
        town.read_once()
        town.accept_as_shown()

    return ordered


def _gone(*numbers: int) -> Callable[[Town], None]:
    return lambda town: town.register.remove(numbers)


def _are(*numbers: int, **changed: object) -> Callable[[Town], None]:
    return lambda town: town.register.change(numbers, **changed)


def _entitled(*groups: str, **who: object) -> Callable[[Town], None]:
    return lambda town: town.edit(entitlements=town.entitle(*groups, **who))


def _hidden_and_shown(town: Town) -> None:
    town.register.unusable = dict.fromkeys(ROADS, NO_ID)
    town.register.nameless = town.register.wordless = set(ROADS)
    town.pass_time(6 * HOUR)
    town.register.unusable, town.register.nameless, town.register.wordless = {}, set(), set()


def _hidden_and_one_of_them_leaves(town: Town) -> None:
    """Hidden agents stay; an agent who is not listed at all has left."""
    town.register.unusable = dict.fromkeys(ROADS[1:], NO_ID)
    town.register.nameless = set(ROADS[1:])
    town.register.remove(ROADS[:1])


def _moved_hidden_and_put_right(town: Town) -> None:
    town.register.remember()
    town.register.change([4], unit=f"ou=archive,{PEOPLE}")
    town.register.unusable, town.register.nameless, town.register.wordless = {4: NO_ID}, {4}, {4}
    town.pass_time(6 * HOUR)
    town.register.repair()


def _moved_and_readable(town: Town) -> None:
    """A whole unit is another's from today."""
    town.register.change(ROADS, unit=f"ou=infrastructure,{PEOPLE}", department="Schools")


def _renamed_together(town: Town) -> None:
    """No agent ever has both groups: the directory changes first, bascule.yaml a minute later."""
    town.register.change(EVERYONE, groups=frozenset({"telework"}))
    town.read_once()
    _entitled("telework")(town)


def _misspelt_and_put_right(town: Town) -> None:
    _entitled("remtoe")(town)
    town.pass_time(6 * HOUR)
    _entitled("remote")(town)


def _widened_and_restarted(town: Town) -> None:
    town.register.change(range(31, 39), groups=frozenset({"crisis"}))
    rules = town.config.rules
    town.config = town.config.under(type(rules)(entitlements=town.entitle("remote", "crisis"), scenario=rules.scenario))
    town.start()


def _widened(town: Town) -> None:
    town.register.change(range(31, 39), groups=frozenset({"crisis"}))
    _entitled("remote", "crisis")(town)


def _opened_to_all(town: Town) -> None:
    """More than may join unasked."""
    town.register.add(range(901, 931), groups=frozenset({"crisis"}))
    _entitled("remote", "crisis")(town)


def _calm_then_everybody(town: Town) -> None:
    """Forty people are entitled and in no wave, until the day comes: no order is needed then."""
    town.register.add(range(901, 941), department="Police")
    town.pass_time(HOUR)
    assert town.clones == 0
    town.edit(scenario=_scenario("the day", Selection()))


def _renamed_scenario(town: Town) -> None:
    """Newcomers wait for their wave; who has a desktop does not."""
    town.edit(scenario=_scenario("renamed", Selection(), starts_at=town.events.now + DAY))
    town.register.add([901])


def _scenario(name: str, who: Selection, **changed: object) -> Scenario:
    return Scenario(name=name, waves=(Wave(name=WaveName("all"), who=who),), **changed)  # type: ignore[arg-type]


def _ordered_and_others_leave_too(town: Town) -> None:
    """C3: while these are let go by order, two others leave as people do."""
    _by_order(_gone(*range(1, 13)))(town)
    town.read_once()
    town.register.remove([29, 30])


RIGHTFUL: dict[str, Change] = {
    # G1: who somebody is, under an id that the server makes.
    "a marriage that changes name, login and mailbox": Change(
        happens=_are(1, display_name="Anne Leroy", login="aleroy", mail="anne.leroy@town.example"), check=same_desktop(1)
    ),
    "another mail domain for everybody": Change(
        happens=_are(*EVERYONE, mail=lambda number: f"p{number:04}@new.example"), check=same_desktop(1)
    ),
    "another form of logins for everybody": Change(
        happens=_are(*EVERYONE, login=lambda number: f"person.{number}"), check=same_desktop(1)
    ),
    "everybody is renamed at once, and moved": Change(
        happens=_are(
            *EVERYONE,
            login=lambda number: f"person.{number}",
            display_name=lambda number: f"PERSON, {number} (new)",
            mail=lambda number: f"person.{number}@new.example",
            unit=f"ou=all,{PEOPLE}",
        ),
        check=same_desktop(1),
    ),
    # A unit, a group.
    # Of one unit or team.
    "a unit is closed, by order": Change(happens=_by_order(_gone(*ROADS)), wanted=23, left=ROADS),
    "a unit's contracts end, by order": Change(
        happens=_by_order(_are(*ROADS, standing=AccountStatus.EXPIRED)), wanted=23, left=ROADS
    ),
    "a unit loses the group, by order": Change(happens=_by_order(_are(*ROADS, groups=frozenset())), wanted=23, left=ROADS),
    "a unit moves, and can be read": Change(happens=_moved_and_readable, check=same_desktop(4)),
    "a unit's entries are hidden for a while": Change(
        happens=_hidden_and_shown, says="the agent stays as last accepted", check=same_desktop(4)
    ),
    "one leaves a unit whose entries are hidden": Change(happens=_hidden_and_one_of_them_leaves, wanted=29, left=ROADS[:1]),
    "one entry moved and hidden, until it is put right": Change(
        happens=_moved_hidden_and_put_right, says="new entries cannot be matched", check=same_desktop(4)
    ),
    "three of a unit leave": Change(happens=_gone(*ROADS[:3]), wanted=27, left=ROADS[:3]),
    "three are disabled": Change(happens=_are(1, 2, 3, standing=AccountStatus.DISABLED), wanted=27, left=[1, 2, 3]),
    "three lose the group": Change(happens=_are(1, 2, 3, groups=frozenset()), wanted=27, left=[1, 2, 3]),
    "two leave who sit together": Change(happens=_gone(4, 8), wanted=28, left=[4, 8]),
    "by order these, and others as people do": Change(
        happens=_ordered_and_others_leave_too, wanted=16, left=[*range(1, 13), 29, 30]
    ),
    # bascule.yaml and the scenario.
    "a group renamed in the directory and in bascule.yaml": Change(happens=_renamed_together, check=same_desktop(1)),
    "a misspelt group put right": Change(
        happens=_misspelt_and_put_right, says="no longer quarantined: the configuration is in force", check=same_desktop(1)
    ),
    "another group is entitled": Change(happens=_widened, clones=8, wanted=38),
    "another group is entitled, from a restart on": Change(happens=_widened_and_restarted, clones=8, wanted=38),
    "another group of many is entitled, by order": Change(happens=_by_order(_opened_to_all), clones=30, wanted=60),
    "a department is no longer entitled, by order": Change(
        happens=_by_order(_entitled("remote", departments=[department for department in DEPARTMENTS if department != "Roads"])),
        wanted=23,
        left=ROADS,
    ),
    "a site is no longer entitled, by order": Change(
        happens=_by_order(_entitled("remote", sites=["South"])),
        wanted=15,
        left=[number for number in EVERYONE if number % 2 == 0],
    ),
    "nobody is entitled any more, by order": Change(
        happens=_by_order(lambda town: town.edit(entitlements=())), wanted=0, left=EVERYONE
    ),
    "the day comes, and a scenario calls everybody": Change(happens=_calm_then_everybody, clones=40, wanted=70),
    "a scenario renamed and put off, and a newcomer": Change(
        happens=_renamed_scenario, says="30 people who have a desktop keep it", check=same_desktop(1)
    ),
}
