"""The people of an invented département: 1,700 agents as a directory lists them, the same on every machine."""

import unicodedata
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provisioner.adapters.ldap.ldif import LdifRecord, write_ldif

SUFFIX = "dc=departement,dc=example"
PEOPLE_BASE = f"ou=people,{SUFFIX}"
GROUPS_BASE = f"ou=groups,{SUFFIX}"
AGENTS = 1_700
CRISIS_CELL = "cellule-crise"
ESSENTIAL = "services-essentiels"
EVERYONE = "teletravail"

_DEPARTMENTS = (
    ("Cellule de crise", 40, CRISIS_CELL),
    ("Protection de l'enfance", 150, ESSENTIAL),
    ("Action sociale", 200, ESSENTIAL),
    ("Informatique", 50, ESSENTIAL),
    ("Collèges", 420, ""),
    ("Routes", 300, ""),
    ("Culture", 240, ""),
    ("Finances", 160, ""),
    ("Ressources humaines", 140, ""),
)
"""Name, agents, and their group: 40 and 400 people are served before all others."""
_SITES = ("Melun",) * 8 + ("Meaux",) * 4 + ("Torcy",) * 3 + ("Fontainebleau",) * 3 + ("Provins",) * 2

_GIVEN_NAMES = (
    "Amélie", "Andrée", "Anaïs", "Aïcha", "Benoît", "Camille", "Cécile", "Céline", "Chloé", "Clément",
    "Danièle", "Édith", "Élodie", "Émile", "Étienne", "Fanny", "François", "Françoise", "Gaël", "Geneviève",
    "Gérard", "Hélène", "Hervé", "Inès", "Jean", "Jérôme", "Joël", "Josée", "Karim", "Laëtitia",
    "Léa", "Loïc", "Lucie", "Maël", "Marie", "Maëlle", "Mathéo", "Mélanie", "Michèle", "Mohamed",
    "Nadège", "Nathalie", "Noémie", "Océane", "Olivier", "Pascal", "Philippe", "Raphaël", "Régis", "Rémi",
    "Sébastien", "Sofia", "Solène", "Stéphane", "Thérèse", "Thibault", "Valérie", "Véronique", "Yaël", "Zoé",
)  # fmt: skip
_SURNAMES = (
    "Aubert", "Bélanger", "Benali", "Berthelot", "Besnard", "Blanchet", "Bœuf", "Bréchet", "Carré", "Chénier",
    "Clément", "Cordier", "Côté", "Crépin", "D'Almeida", "De La Roche", "Delacroix", "Désiré", "Diallo", "Dubois",
    "Duchêne", "Dupont", "Émery", "Évrard", "Fabre", "Faure", "Ferré", "Forêt", "Garçon", "Gautier",
    "Géraud", "Girard", "Grandjean", "Guérin", "Guyot", "Hébert", "Hervé", "Jacquet", "Kaci", "L'Hôte",
    "Lacaze", "Lefèvre", "Legrand", "Lemaître", "Léveillé", "Maçon", "Mahé", "Marchand", "Martin", "Ménard",
    "Mercier", "Moreau", "Noël", "N'Guyen", "Olivier", "Pagès", "Pépin", "Périn", "Petit", "Poirier",
    "Prévost", "Quéré", "Régnier", "Renaud", "Rivière", "Robert", "Roüault", "Roux", "Sénéchal", "Simon",
    "Théry", "Thibault", "Tréguier", "Vallée", "Vérité", "Vidal", "Vœgelin", "Weber", "Zaïdi",
)  # fmt: skip
_STRIDE = 1_361
"""Prime and no divisor of names × surnames: neighbours differ in both names, and no pair occurs twice."""
_POST_STRIDE = 787
"""Prime too: the first hundred people work in all departments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InventedPerson:
    """One invented agent; `number` counts from 0."""

    number: int
    given_name: str
    surname: str
    login: str
    department: str
    site: str
    groups: tuple[str, ...]

    @property
    def dn(self) -> str:
        """Where the person stands in the directory."""
        return f"uid={self.login},{PEOPLE_BASE}"

    @property
    def entry_uuid(self) -> str:
        """The same on every machine."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.login}.departement.example"))


def demo_people(count: int = AGENTS) -> tuple[InventedPerson, ...]:
    """The first `count` people; at most 4,740, the pairs of names there are."""
    pairs = len(_GIVEN_NAMES) * len(_SURNAMES)
    if not 0 < count <= pairs:
        raise ValueError(f"{count} people are not between 1 and {pairs}")
    posts = [(name, group) for name, size, group in _DEPARTMENTS for _ in range(size)]
    taken: dict[str, int] = {}
    return tuple(
        _person(number, number * _STRIDE % pairs, posts[number * _POST_STRIDE % len(posts)], taken) for number in range(count)
    )


def write_demo_directory(path: Path, count: int = AGENTS) -> None:
    """Write the directory for the embedded reader: with ids and memberships, which a server would add. Raises OSError."""
    people = demo_people(count)
    write_ldif(path, [*_containers(), *(_entry(person, as_served=True) for person in people), *_groups(people)])


def write_server_ldif(path: Path, count: int = AGENTS) -> None:
    """Write it for `ldapadd`: a real server adds the ids, and its memberOf overlay the memberships. Raises OSError."""
    people = demo_people(count)
    write_ldif(path, [*_containers(), *(_entry(person, as_served=False) for person in people), *_groups(people)])


def _person(number: int, pair: int, post: tuple[str, str], taken: dict[str, int]) -> InventedPerson:
    given_name, surname = _GIVEN_NAMES[pair % len(_GIVEN_NAMES)], _SURNAMES[pair // len(_GIVEN_NAMES)]
    department, group = post
    return InventedPerson(
        number=number,
        given_name=given_name,
        surname=surname,
        login=_login(given_name, surname, taken),
        department=department,
        site=_SITES[number * 7 % len(_SITES)],
        groups=(EVERYONE, group) if group else (EVERYONE,),
    )


def _login(given_name: str, surname: str, taken: dict[str, int]) -> str:
    login = _ascii(given_name)[0] + _ascii(surname)
    taken[login] = taken.get(login, 0) + 1
    return login if taken[login] == 1 else f"{login}{taken[login]}"


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("œ", "oe"))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalpha())


def _containers() -> Iterator[LdifRecord]:
    name = SUFFIX.partition(",")[0].removeprefix("dc=")
    yield _record(SUFFIX, objectClass=("top", "dcObject", "organization"), dc=(name,), o=("Département",))
    for base in (PEOPLE_BASE, GROUPS_BASE):
        unit = base.partition(",")[0].removeprefix("ou=")
        yield _record(base, objectClass=("top", "organizationalUnit"), ou=(unit,))


def _entry(person: InventedPerson, *, as_served: bool) -> LdifRecord:
    full_name = f"{person.given_name} {person.surname}"
    mail = f"{_ascii(person.given_name)}.{_ascii(person.surname)}@departement.example"
    served = {"entryUUID": (person.entry_uuid,), "memberOf": tuple(_group_dn(group) for group in person.groups)}
    return _record(
        person.dn,
        objectClass=("top", "person", "organizationalPerson", "inetOrgPerson"),
        uid=(person.login,),
        cn=(full_name,),
        givenName=(person.given_name,),
        sn=(person.surname,),
        displayName=(full_name,),
        mail=(mail,),
        departmentNumber=(person.department,),
        l=(person.site,),
        **(served if as_served else {}),
    )


def _groups(people: tuple[InventedPerson, ...]) -> Iterator[LdifRecord]:
    for group in (EVERYONE, CRISIS_CELL, ESSENTIAL):
        if members := tuple(person.dn for person in people if group in person.groups):
            yield _record(_group_dn(group), objectClass=("top", "groupOfNames"), cn=(group,), member=members)


def _group_dn(group: str) -> str:
    return f"cn={group},{GROUPS_BASE}"


def _record(dn: str, **attributes: tuple[str, ...]) -> LdifRecord:
    return LdifRecord(dn=dn, attributes={name: [value.encode() for value in values] for name, values in attributes.items()})
