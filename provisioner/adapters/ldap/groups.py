"""Groups of a server. Active Directory follows nested groups itself; those of other servers are read and followed here.

Active Directory's primary group is apart: a person's entry names it by number; neither memberOf nor the group's entry lists
it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import ldap3
from ldap3.utils.conv import escape_filter_chars

from provisioner.adapters.ldap.entries import GroupTree, login_key
from provisioner.adapters.ldap.search import NO_ATTRIBUTES, LdapQuery, ServerRoot, answers
from provisioner.adapters.ldap.values import Entry
from provisioner.model.people.distinguished_names import dn_key, is_dn
from provisioner.settings.directory import DirectoryGroups, DirectorySettings

Parents = dict[str, set[str]]


def group_tree(
    connection: ldap3.Connection, url: str, settings: DirectorySettings, named: frozenset[str], *, chains: bool
) -> GroupTree:
    """Memberships in addition to each person's own entry; none without `groups`. Raises DirectoryError.

    A name in `named` may belong to one group only. `chains`: the server follows nested groups itself, as Active Directory
    does; it is asked for each group in `named`.
    """
    groups = settings.groups
    if groups is None:
        return GroupTree(nested=False, wanted=named)
    if chains and groups.nested and not groups.members:
        return GroupTree(parents=_chained(connection, url, settings, groups, named), wanted=named)
    return GroupTree(parents=_listed(connection, url, settings, groups), nested=groups.nested, wanted=named)


_IN_CHAIN = "1.2.840.113556.1.4.1941"
"""MS-ADTS 3.1.1.3.4.4.3: matches members through any number of groups."""
_UNIQUE = re.compile(r"#'[01]*'B$")
"""RFC 4517, 3.3.21: a bit string after the DN of a uniqueMember, for a name that is used again; it is not part of the DN."""


def _chained(
    connection: ldap3.Connection, url: str, settings: DirectorySettings, groups: DirectoryGroups, named: frozenset[str]
) -> Parents:
    """By group, the named groups that contain it. Direct groups of people are in their own entries.

    Only groups are searched, not people: the server follows the chain of each candidate, and groups are few.
    """
    parents: Parents = defaultdict(set)
    for name in sorted(named):
        attribute = "distinguishedName" if is_dn(name) else "cn"
        outer = f"(&{groups.filter}({attribute}={escape_filter_chars(name)}))"
        for group in list(answers(connection, url, _names_alone(groups, outer), settings)):
            inner = f"(&{groups.filter}(memberOf:{_IN_CHAIN}:={escape_filter_chars(group.dn)}))"
            for member in answers(connection, url, _names_alone(groups, inner), settings):
                parents[dn_key(member.dn)].add(group.dn)
    return parents


def _names_alone(groups: DirectoryGroups, wanted: str) -> LdapQuery:
    return LdapQuery(base=groups.base, filter=wanted, attributes=NO_ATTRIBUTES)


def _listed(connection: ldap3.Connection, url: str, settings: DirectorySettings, groups: DirectoryGroups) -> Parents:
    """By member, the groups that list it: in the group's entry or in the member's."""
    of_groups = settings.attributes.groups or "memberOf"
    read = tuple(dict.fromkeys((of_groups, *groups.members)))
    parents: Parents = defaultdict(set)
    for group in answers(connection, url, LdapQuery(base=groups.base, filter=groups.filter, attributes=read), settings):
        parents[dn_key(group.dn)].update(_texts(group, of_groups))
        for key in _member_keys(group, groups.members):
            parents[key].add(group.dn)
    return parents


def _member_keys(group: Entry, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        for member in _texts(group, name):
            yield login_key(member) if name.lower() == "memberuid" else dn_key(_UNIQUE.sub("", member))


def _texts(group: Entry, name: str) -> list[str]:
    return [value.decode(errors="replace") for value in group.attributes.get(name.lower(), ())]


def with_primary_groups(
    entries: Iterable[Entry], connection: ldap3.Connection, url: str, settings: DirectorySettings, root: ServerRoot
) -> Iterator[Entry]:
    """The entries with their primary group among their groups. Each group is searched once. Raises DirectoryError."""
    name = settings.attributes.groups.lower()
    if not root.microsoft or not name:
        yield from entries
        return
    found: dict[bytes, list[bytes]] = {}
    for entry in entries:
        sid = _primary_group_sid(entry)
        if sid is None:
            yield entry
            continue
        if sid not in found:
            found[sid] = [dn.encode() for dn in _group(connection, url, settings, root, sid)]
        groups = [*entry.attributes.get(name, ()), *found[sid]]
        yield Entry(dn=entry.dn, attributes={**entry.attributes, name: groups})


def _primary_group_sid(entry: Entry) -> bytes | None:
    """The security id of the group: the person's own, with the group's number last (MS-DTYP 2.4.2.2)."""
    own, number = (next(iter(entry.attributes.get(name, ())), b"") for name in ("objectsid", "primarygroupid"))
    if len(own) < _SHORTEST_SID or not _NUMBER.fullmatch(number) or int(number) >= 2**32:
        return None
    return own[:-4] + int(number).to_bytes(4, "little")


_SHORTEST_SID = 12
"""Bytes: revision, count, six of the authority, one number of four."""
_NUMBER = re.compile(rb"[0-9]{1,10}")


def _group(connection: ldap3.Connection, url: str, settings: DirectorySettings, root: ServerRoot, sid: bytes) -> Iterator[str]:
    escaped = "".join(f"\\{byte:02x}" for byte in sid)
    question = LdapQuery(base=root.first("defaultNamingContext"), filter=f"(objectSid={escaped})", attributes=NO_ATTRIBUTES)
    for group in answers(connection, url, question, settings):
        yield group.dn
