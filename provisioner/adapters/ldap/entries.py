"""A directory entry becomes an agent, with the groups of its groups: through any number of levels, circles included. Pure.

An entry that is not a usable agent raises ValueError with the reason.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern

from provisioner.adapters.ldap.account_status import MICROSOFT, OTHERS, account_status_of, ended, worst
from provisioner.adapters.ldap.values import (
    MAX_CHARACTERS,
    MAX_VALUES,
    MICROSOFT_IDS,
    UUIDS,
    Entry,
    agent_id_of,
    first,
    id_text,
    texts,
)
from provisioner.model.ids import Instant
from provisioner.model.machines.guest_bounds import MAX_LOGIN_CHARACTERS
from provisioner.model.people.agents import AccountStatus, Agent, NoPerson
from provisioner.model.people.distinguished_names import dn_key, group_name, is_dn, own_part_of, parent_of
from provisioner.reasons.directory import LOGIN_MISSING, LOGIN_UNUSABLE, LOGINS_MANY
from provisioner.settings.directory import DirectoryAttributes


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTree:
    """Memberships that the groups' own entries list, in addition to each person's entry."""

    parents: Mapping[str, Iterable[str]] = field(default_factory=dict)
    """By member (`dn_key` or `login_key`): the DNs of the groups that list it."""
    nested: bool = True
    """Whether a member of a member is a member."""
    wanted: frozenset[str] = frozenset()
    """Groups that the configuration names, by name or DN (`group_key`)."""
    _closures: dict[str, frozenset[str]] = field(default_factory=dict)
    _called: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    """By wanted name: the DNs of all groups with this name, by key."""

    def names_of(self, dn: str, login: str, direct: Iterable[str]) -> frozenset[str]:
        """Names of all groups of a person whose entry lists `direct`; for groups wanted by DN also the DN."""
        listed = [*self.parents.get(dn_key(dn), ()), *self.parents.get(login_key(login), ())]
        return frozenset().union(*(self._closure(group) for group in (*direct, *listed)))

    def ambiguous(self) -> Mapping[str, list[str]]:
        """Wanted names that several groups share, with their DNs. Groups without members are not known."""
        return {name: sorted(dns.values()) for name, dns in sorted(self._called.items()) if len(dns) > 1}

    def _closure(self, group: str) -> frozenset[str]:
        """The names of the group and of all groups that contain it."""
        if (known := self._closures.get(group)) is None:
            known = self._closures[group] = frozenset(name for outer in self._above(group) for name in self._names(outer))
        return known

    def _names(self, group: str) -> Iterator[str]:
        name, key = intern(group_name(group)), intern(dn_key(group))
        yield name
        if key in self.wanted:
            yield key
        if name in self.wanted and is_dn(group):
            self._called[name].setdefault(key, group)

    def _above(self, group: str) -> Iterable[str]:
        found = {dn_key(group): group}
        waiting = [group] if self.nested else []
        while waiting:
            for parent in self.parents.get(dn_key(waiting.pop()), ()):
                if dn_key(parent) not in found:
                    found[dn_key(parent)] = parent
                    waiting.append(parent)
        return found.values()


def login_key(login: str) -> str:
    """The key of a member that is listed by login; no DN looks like this."""
    return f"login {login.casefold()}"


def states_of(names: DirectoryAttributes) -> tuple[str, ...]:
    """All attributes that the account's status depends on."""
    given = _usual_states(names) if names.account_state is None else names.account_state
    return tuple({name.lower(): name for name in (names.enabled, *given) if name}.values())


def _usual_states(names: DirectoryAttributes) -> tuple[str, ...]:
    """An employee number as id does not show the kind of server: then the attributes of both kinds are read."""
    if _is_microsoft(names):
        return MICROSOFT
    return OTHERS if names.agent_id.lower() in UUIDS else (*MICROSOFT, *OTHERS)


def _is_microsoft(names: DirectoryAttributes) -> bool:
    return names.agent_id.lower() in MICROSOFT_IDS or names.login.lower() in _MICROSOFT_LOGINS


def asked_of(names: DirectoryAttributes) -> tuple[str, ...]:
    """All attributes to read, without duplicates."""
    single = (names.agent_id, names.login, names.display_name, names.mail, names.department, names.site, names.groups)
    primary = _PRIMARY_GROUP if _is_microsoft(names) else ()
    # objectClass always: in the schema of Active Directory computers are persons.
    asked = (*single, *states_of(names), names.end_date, *names.extra, "objectClass", *primary)
    return tuple({name.lower(): name for name in asked if name}.values())


def not_a_person(entry: Entry) -> NoPerson | None:
    """The kind of an entry that the schema counts as a person although it is none; None: it may be a person."""
    classes = {value.lower() for value in entry.attributes.get("objectclass", ())}
    return next((kind for name, kind in _NO_PEOPLE.items() if name in classes), None)


def agent_of(entry: Entry, names: DirectoryAttributes, *, now: Instant, tree: GroupTree | None = None) -> Agent:
    """The agent of an entry at this time; raises ValueError with the missing or unusable attribute."""
    login = _login(entry, names)
    # Shared values are interned: a directory has few departments, sites, units and groups.
    return Agent(
        agent_id=agent_id_of(entry, names.agent_id),
        login=login,
        display_name=first(entry, names.display_name) or login,
        mail=first(entry, names.mail),
        department=intern(first(entry, names.department)),
        site=intern(first(entry, names.site)),
        unit=intern(parent_of(entry.dn)),
        rdn=own_part_of(entry.dn),
        groups=_groups(entry, names.groups, login, tree),
        standing=_standing(entry, names, now),
        attributes={intern(name.lower()): _further(entry, name) for name in names.extra},
    )


_PRIMARY_GROUP = ("objectSid", "primaryGroupID")
_NO_PEOPLE = {
    b"msds-groupmanagedserviceaccount": NoPerson.SERVICE_ACCOUNT,
    b"msds-managedserviceaccount": NoPerson.SERVICE_ACCOUNT,
    b"computer": NoPerson.COMPUTER,
}
"""MS-ADSC 2: each class inherits from `user` and `person`, the first two also from `computer`."""
_MICROSOFT_LOGINS = frozenset({"samaccountname", "userprincipalname"})


def _further(entry: Entry, name: str) -> tuple[str, ...]:
    """A binary UUID of Microsoft becomes text."""
    if name.lower() not in MICROSOFT_IDS:
        return texts(entry, name)
    return tuple(id_text(value, name) for value in entry.attributes.get(name.lower(), ()))


def login_or_none(entry: Entry, names: DirectoryAttributes) -> str:
    """The login of an entry that is not an agent; empty if it cannot be read."""
    try:
        return _login(entry, names)
    except ValueError:
        return ""


def _standing(entry: Entry, names: DirectoryAttributes, now: Instant) -> AccountStatus:
    status = account_status_of(entry, states_of(names), now=now)
    return worst(status, ended(entry, names.end_date, names.end_date_format, now=now)) if names.end_date else status


def _login(entry: Entry, names: DirectoryAttributes) -> str:
    name = names.login
    values = _logins(entry, names)
    if not values:
        raise ValueError(LOGIN_MISSING(name=name))
    if len(values) > 1:
        raise ValueError(LOGINS_MANY(count=len(values), name=name))
    if len(values[0]) > MAX_LOGIN_CHARACTERS or not values[0].isprintable():
        raise ValueError(LOGIN_UNUSABLE(name=name, most=MAX_LOGIN_CHARACTERS))
    return values[0]


def _logins(entry: Entry, names: DirectoryAttributes) -> tuple[str, ...]:
    """Of several logins those that match the pattern. If several match, the login in the entry's DN."""
    values = texts(entry, names.login)
    if len(values) > 1 and names.login_pattern:
        values = tuple(value for value in values if re.fullmatch(names.login_pattern, value))
    if len(values) > 1 and entry.dn.partition("=")[0].strip().lower() == names.login.lower():
        own = group_name(entry.dn).casefold()
        return tuple(value for value in values if value.casefold() == own) or values
    return values


def _groups(entry: Entry, name: str, login: str, tree: GroupTree | None) -> frozenset[str]:
    direct = texts(entry, name)
    if tree is not None:
        return tree.names_of(entry.dn, login, direct)
    return frozenset(intern(group_name(value)) for value in direct)


__all__ = [
    "MAX_CHARACTERS", "MAX_VALUES", "Entry", "GroupTree", "agent_id_of", "agent_of", "asked_of", "login_key",
    "login_or_none", "not_a_person", "states_of",
]  # fmt: skip
