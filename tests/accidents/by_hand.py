"""Accidents to part of the directory, and edits by hand: small enough to look like people who leave."""

from collections.abc import Callable, Iterable

from provisioner.model.people.agents import AccountStatus
from tests.accidents.accident import Accident, held, kept
from tests.accidents.register import DEPARTMENTS, PEOPLE, REMOTE
from tests.accidents.town import HOUR, Town

NO_ID = "has no entryUUID, so it has no permanent id"
ROADS = [number for number in range(1, 61) if number % len(DEPARTMENTS) == 0]
"""The fifteen of one unit."""
SEVEN = (1, 6, 11, 16, 21, 26, 31)
"""Of all units, one more than may leave in a day."""
TEAM = range(41, 47)
"""Six people: as many as may leave in a day, wherever they are from."""


def _gone(numbers: Iterable[int]) -> Callable[[Town], None]:
    return lambda town: town.register.remove(numbers)


def _are(numbers: Iterable[int], **changed: object) -> Callable[[Town], None]:
    return lambda town: town.register.change(numbers, **changed)


def _unreadable(numbers: Iterable[int], *, ids: bool = True, logins: bool = False) -> Callable[[Town], None]:
    """What an access rule hides of these entries: their ids, their logins, or both."""

    def happens(town: Town) -> None:
        town.register.unusable = dict.fromkeys(numbers, NO_ID)
        town.register.nameless = set(numbers) if ids else set()
        town.register.wordless = set(numbers) if logins else set()

    return happens


def _moved_and_hidden(*numbers: int) -> Callable[[Town], None]:
    """The entries cannot be read where they are now, so their owners are unknown."""

    def happens(town: Town) -> None:
        town.register.change(numbers, unit=f"ou=archive,{PEOPLE}")
        _unreadable(numbers, logins=True)(town)

    return happens


def a_team(town: Town) -> None:
    """Six people have been one unit, and one group, for a day."""
    town.register.change(TEAM, unit=f"ou=legal,{PEOPLE}", groups=REMOTE | {"legal"})
    town.pass_time(HOUR)
    town.register.remember()
    town.begin()


def _of_a_team(happens: Callable[[Town], None]) -> Callable[[Town], None]:
    def after(town: Town) -> None:
        a_team(town)
        happens(town)

    return after


def _others_than_were_ordered(town: Town) -> None:
    """C3: an operator accepted fifteen leavers; while the order is in force fifteen others disappear."""
    town.register.remove(ROADS)
    town.read_once()
    town.accept_as_shown(hours=100)
    town.register.repair()
    town.register.remove(number + 1 for number in ROADS if number < 60)


BY_HAND: dict[str, Accident] = {
    # One unit.
    "a unit is deleted": held(_gone(ROADS), "15 of the 15 in unit ou=roads", leave=15),
    "a unit is disabled by a script": held(_are(ROADS, standing=AccountStatus.DISABLED), "15 disabled", leave=15),
    "a unit's end date is last year's": held(_are(ROADS, standing=AccountStatus.EXPIRED), "15 expired", leave=15),
    "a unit is moved out of the base": held(_are(ROADS, unit="ou=roads,dc=town"), "15 no longer entitled", leave=15),
    "a unit is taken out of the group": held(_are(ROADS, groups=frozenset()), "15 no longer entitled", leave=15),
    "a unit's ids are hidden": kept(_unreadable(ROADS), "the agent stays as last accepted", rejected=15),
    "a unit's ids and logins are hidden": kept(
        _unreadable(ROADS, logins=True), "the agent stays as last accepted", rejected=15
    ),
    "a unit's logins are hidden": kept(
        _unreadable(ROADS, ids=False, logins=True), "the agent stays as last accepted", rejected=15
    ),
    "a unit has one login": kept(_are(ROADS, login="roads"), "login roads is that of 15 entries", rejected=15),
    "a unit is moved, and hidden": held(_moved_and_hidden(*ROADS), "15 new entries cannot be matched", leave=15),
    "one entry is moved, and hidden": held(_moved_and_hidden(4), "1 new entries cannot be matched", leave=1),
    # Six people of sixty may leave in a day, and no whole team.
    "a team is deleted": held(_of_a_team(_gone(TEAM)), f"6 of the 6 in unit ou=legal,{PEOPLE} would leave together", leave=6),
    "a team but for its head is deleted": held(_of_a_team(_gone(TEAM[:5])), "5 of the 6 in unit ou=legal", leave=5),
    "a team's group is deleted": held(
        _of_a_team(_are(TEAM, groups=frozenset(), unit=f"ou=roads,{PEOPLE}")), "6 of the 6 in unit ou=legal", leave=6
    ),
    "a team is disabled instead of locked": held(
        _of_a_team(_are(TEAM, standing=AccountStatus.DISABLED)), "6 disabled", leave=6
    ),
    # Some here and there.
    "a list that slipped by a row disables seven": held(
        _are(SEVEN, standing=AccountStatus.DISABLED), "7 of 60 entitled agents would leave; the limit is 6 (10 %)", leave=7
    ),
    "seven lose the group by hand": held(_are(SEVEN, groups=frozenset()), "7 no longer entitled", leave=7),
    "a clean-up deletes seven": held(_gone(SEVEN), "7 gone", leave=7),
    "others than were shown are gone": held(_others_than_were_ordered, "14 of 60 entitled agents would leave", leave=14),
}
