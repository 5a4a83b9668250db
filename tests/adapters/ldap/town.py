"""An invented town of 2,100 people, as facts without any server's syntax. The expected readings follow from them."""

import enum
import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from provisioner.demo.people import demo_people
from provisioner.model.people.agents import AccountStatus

PEOPLE = 2_100
Unit = tuple[str, ...]
"""A subtree, as the names of its levels from the top."""
AGENTS: Unit = ("Agents",)
ROADS: Unit = ("Agents", "Routes")
SCHOOLS: Unit = ("Établissements, collèges",)
PARTNERS: Unit = ("Partenaires",)
"""Not read: people of other administrations."""
GROUPS: Unit = ("Groupes",)
BASES = (AGENTS, SCHOOLS)
"""The agents' subtrees."""
UNITS = (AGENTS, ROADS, SCHOOLS, PARTNERS, GROUPS)
HOMES = (AGENTS, ROADS, SCHOOLS)

EVERYONE = "Télétravail, tous"
"""1,900 direct members: more than the 1,500 that Active Directory lists at once."""
CRISIS_CELL = "Cellule de crise"
ON_CALL = 'Astreinte (nuit) * "été" + 1; <a> = #2 \\ b'
"""Every character that a DN or a filter must escape."""
RELIEF = ("Renfort", "Renfort siège", "Renfort siège équipe 1")
"""Each group is a member of the group before it."""
ROUNDS = ("Ronde A", "Ronde B")
"""Each group is a member of the other."""
_SEED = 20_200_316


class Flaw(enum.StrEnum):
    """Why an entry is unusable. A town on a server that forbids a flaw does not have it."""

    NO_LOGIN = "no login"
    TWO_LOGINS = "two logins"
    SAME_LOGIN = "the same login as another"
    LONG_LOGIN = "a login of 300 characters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhabitant:
    """One person. `number` identifies the person, whatever else changes."""

    number: int
    given_name: str
    surname: str
    login: str
    mail: str
    department: str
    site: str
    unit: Unit
    standing: AccountStatus = AccountStatus.ACTIVE
    flaw: Flaw | None = None

    @property
    def name(self) -> str:
        """The entry's name, with a comma as Active Directory's own tools write it."""
        return f"{self.surname}, {self.given_name}"

    @property
    def display_name(self) -> str:
        """The name as people write it."""
        return f"{self.given_name} {self.surname}"

    @property
    def is_read(self) -> bool:
        """Whether the entry is below a base."""
        return any(self.unit[: len(base)] == base for base in BASES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Direct members: people by number, groups by name."""

    people: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """All people and groups at one time."""

    people: Mapping[int, Inhabitant]
    groups: Mapping[str, Group]

    def agents(self) -> Iterator[Inhabitant]:
        """The people that a reading must return."""
        return (person for person in self.people.values() if person.is_read and person.flaw is None)

    def flawed(self) -> Iterator[Inhabitant]:
        """The people that a reading must reject."""
        return (person for person in self.people.values() if person.is_read and person.flaw is not None)

    def groups_of(self, number: int) -> frozenset[str]:
        """The groups that list the person."""
        return frozenset(name for name, group in self.groups.items() if number in group.people)

    def groups_around(self, number: int) -> frozenset[str]:
        """The groups that contain the person, directly or nested."""
        found = self.groups_of(number)
        while True:
            wider = found | {name for name, group in self.groups.items() if group.groups & found}
            if wider == found:
                return found
            found = frozenset(wider)

    def some(self) -> Inhabitant:
        """The first active agent of the unit AGENTS who is in no group except EVERYONE."""
        return next(
            person
            for person in self.agents()
            if person.unit == AGENTS and person.standing is AccountStatus.ACTIVE and self.groups_of(person.number) <= {EVERYONE}
        )

    def with_person(self, person: Inhabitant) -> "Town":
        """The town with this person added or changed."""
        return replace(self, people={**self.people, person.number: person})

    def without(self, number: int) -> "Town":
        """The town without the person, in groups too."""
        groups = {name: replace(group, people=group.people - {number}) for name, group in self.groups.items()}
        return Town(people={key: person for key, person in self.people.items() if key != number}, groups=groups)

    def joined(self, name: str, *, people: Iterable[int] = (), groups: Iterable[str] = ()) -> "Town":
        """The town with further members of a group."""
        old = self.groups.get(name, Group())
        new = Group(people=old.people | frozenset(people), groups=old.groups | frozenset(groups))
        return replace(self, groups={**self.groups, name: new})

    def left(self, name: str, *, people: Iterable[int] = (), groups: Iterable[str] = ()) -> "Town":
        """The town with fewer members of a group."""
        old = self.groups[name]
        new = Group(people=old.people - frozenset(people), groups=old.groups - frozenset(groups))
        return replace(self, groups={**self.groups, name: new})


def a_town(flaws: frozenset[Flaw] = frozenset(Flaw), *, inhabitants: int = PEOPLE) -> Town:
    """The town on its first day, the same each time, with the flaws that a server accepts.

    Fewer `inhabitants` are enough where no server limit is tested. All but 200 are in EVERYONE.
    """
    chance = random.Random(_SEED)
    people = {person.number: person for person in _people(chance, inhabitants)}
    town = Town(people={**people, **{person.number: person for person in _flawed(people, flaws)}}, groups={})
    return _with_groups(town, chance, everyone=inhabitants - 200)


def _people(chance: random.Random, inhabitants: int) -> Iterator[Inhabitant]:
    for person in demo_people(inhabitants):
        unit = chance.choices((*HOMES, PARTNERS), weights=(50, 25, 22, 3))[0]
        standing = chance.choices(tuple(AccountStatus), weights=(90, 2, 5, 3))[0]
        yield Inhabitant(
            number=person.number,
            given_name=person.given_name,
            surname=person.surname,
            login=person.login,
            mail=f"{person.login}@departement.example",
            department=person.department,
            site=person.site,
            unit=unit,
            standing=standing,
        )


def _flawed(people: Mapping[int, Inhabitant], flaws: frozenset[Flaw]) -> Iterator[Inhabitant]:
    """Two people for each flaw. All are additional, except that a shared login also marks an existing person."""
    for at, flaw in enumerate(flaw for flaw in Flaw if flaw in flaws):
        for number in (PEOPLE + 10 * at, PEOPLE + 10 * at + 1):
            twin = next(person for person in people.values() if person.unit == SCHOOLS and person.number >= at * 100)
            login = twin.login if flaw is Flaw.SAME_LOGIN else f"essai{number}"
            person = replace(
                twin, number=number, given_name="Essai", surname=f"N° {number}", unit=AGENTS, flaw=flaw, login=login
            )
            yield replace(person, standing=AccountStatus.ACTIVE)
        if flaw is Flaw.SAME_LOGIN:
            yield replace(twin, flaw=flaw)


def _with_groups(town: Town, chance: random.Random, *, everyone: int) -> Town:
    numbers = sorted(town.people)
    members = {
        EVERYONE: chance.sample(numbers, everyone),
        CRISIS_CELL: chance.sample([person.number for person in town.agents()], 40),
        ON_CALL: chance.sample(numbers, 12),
        **{name: chance.sample(numbers, 15) for name in (*RELIEF, *ROUNDS)},
    }
    for name, people in members.items():
        town = town.joined(name, people=people)
    for outer, inner in (*itertools.pairwise(RELIEF), ROUNDS, ROUNDS[::-1]):
        town = town.joined(outer, groups=(inner,))
    return town
