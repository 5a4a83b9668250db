"""Look at a directory for a first configuration: recognise the server, and read the people once. Reads only.

Which attributes are used follows from the kind of its server and from what its entries have.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from provisioner.adapters.ldap.connection import connect
from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.ldap.search import root_of
from provisioner.adapters.ldap.server_facts import BaseFacts, ServerKind, look_at
from provisioner.errors import DirectoryIncomplete, DirectoryRefused
from provisioner.model.people.agents import Roster
from provisioner.ports import Clock
from provisioner.reasons.commands import BASE_UNREAD
from provisioner.settings.directory import GROUP_FILTER, DirectoryAttributes, DirectoryGroups, DirectorySettings

_SMALL_PAGE = 200
"""Entries: what servers with a low limit allow."""
_MICROSOFT = (ServerKind.ACTIVE_DIRECTORY, ServerKind.SAMBA)
_PEOPLE_OF_MICROSOFT = "(&(objectCategory=person)(objectClass=user))"
_PEOPLE = "(objectClass=inetOrgPerson)"
_MEMBERS = ("member", "uniqueMember", "memberUid")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryLook:
    """What a directory shows."""

    server: str
    settings: DirectorySettings
    """As given, completed by filter, attributes and groups of this kind of server."""
    people: int
    """Whose accounts are usable."""
    rejected: int
    """Entries that are not usable people."""
    groups: Mapping[str, int]
    """People by group, the largest first."""


def naming_contexts(settings: DirectorySettings) -> tuple[str, ...]:
    """Where the tree begins, as the server says; the usual one first. Raises DirectoryError."""
    url = settings.urls[0]
    with connect(url, settings) as connection:
        root = root_of(connection, url, settings)
    usual = root.first("defaultNamingContext")
    return tuple(dict.fromkeys(filter(None, (usual, *root.values.get("namingcontexts", ())))))


def look_at_directory(settings: DirectorySettings, *, clock: Clock) -> DirectoryLook:
    """`settings`: address, account and base. Raises DirectoryError."""
    if settings.ldif is not None:
        return _read(settings, "LDIF", clock)
    url = settings.urls[0]
    top = next(iter(naming_contexts(settings)), settings.base)
    facts = look_at(url, settings, bases=[(settings.base, settings.filter)], clock=clock)
    asked = [(settings.base, _filter_for(facts.kind)), (top, GROUP_FILTER)]
    people, groups = look_at(url, settings, bases=asked, clock=clock).bases
    if people.problem:
        raise DirectoryRefused(BASE_UNREAD(base=people.base, said=people.problem))
    words = words_for(facts.kind, people.attributes)
    complete = replace(
        settings,
        filter=words.filter,
        attributes=words.attributes,
        groups=_groups(top, people, groups, nested=words.nested),
    )
    return _read(complete, words.server, clock)


def _groups(top: str, people: BaseFacts, groups: BaseFacts, *, nested: bool) -> DirectoryGroups | None:
    """None: people's own entries list their groups."""
    if nested:
        return DirectoryGroups(base=top)
    if "memberof" in {name.lower() for name in people.attributes}:
        return None
    members = members_of(groups.attributes)
    return DirectoryGroups(base=top, members=members) if members else None


def _read(settings: DirectorySettings, server: str, clock: Clock) -> DirectoryLook:
    settings, roster = _roster(settings, clock)
    return DirectoryLook(
        server=server,
        settings=settings,
        people=sum(agent.enabled for agent in roster.agents.values()),
        rejected=len(roster.rejected),
        groups=_by_group(roster),
    )


def _roster(settings: DirectorySettings, clock: Clock) -> tuple[DirectorySettings, Roster]:
    """The people, in smaller pages if the server allows no others."""
    try:
        return settings, LdapDirectory(settings, clock=clock).read()
    except DirectoryIncomplete:
        smaller = replace(settings, page_size=_SMALL_PAGE)
        return smaller, LdapDirectory(smaller, clock=clock).read()


def _by_group(roster: Roster) -> dict[str, int]:
    counts = Counter(group for agent in roster.agents.values() if agent.enabled for group in agent.groups)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryWords:
    """What a kind of server calls things."""

    server: str
    """Its product."""
    filter: str
    """Finds people."""
    attributes: DirectoryAttributes
    nested: bool = False
    """The server follows nested groups itself."""


def _filter_for(kind: ServerKind) -> str:
    """Finds the people on such a server."""
    return _PEOPLE_OF_MICROSOFT if kind in _MICROSOFT else _PEOPLE


def words_for(kind: ServerKind, having: Collection[str]) -> DirectoryWords:
    """`having`: names of attributes that entries of people have."""
    if kind in _MICROSOFT:
        names = DirectoryAttributes(
            agent_id="objectGUID",
            login="sAMAccountName",
            department="department",
            site=_first(("l", "physicalDeliveryOfficeName"), having, "l"),
        )
        return DirectoryWords(server=kind.value, filter=_PEOPLE_OF_MICROSOFT, attributes=names, nested=True)
    free_ipa = _has("ipaUniqueID", having)
    return DirectoryWords(
        server="FreeIPA" if free_ipa else kind.value,
        filter=_PEOPLE,
        attributes=DirectoryAttributes(
            agent_id=_first(("ipaUniqueID", "entryUUID", "nsUniqueId", "supannEmpId", "employeeNumber"), having, "entryUUID"),
            login="uid",
            display_name=_first(("displayName", "cn"), having, "displayName"),
            department=_first(
                ("departmentNumber", "department", "supannEntiteAffectationPrincipale", "ou"), having, "departmentNumber"
            ),
            site=_first(("l", "physicalDeliveryOfficeName"), having, "l"),
        ),
    )


def members_of(having: Collection[str]) -> tuple[str, ...]:
    """The attributes by which groups list their members, of those that entries of groups have."""
    return tuple(name for name in _MEMBERS if _has(name, having))


def _first(names: tuple[str, ...], having: Collection[str], usual: str) -> str:
    return next((name for name in names if _has(name, having)), usual)


def _has(name: str, having: Collection[str]) -> bool:
    return name.lower() in {other.lower() for other in having}
