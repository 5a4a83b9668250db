"""Active Directory's primary group. A person's entry names it by number; neither memberOf nor the group's entry lists it."""

import re
from collections.abc import Iterable, Iterator

import ldap3

from provisioner.adapters.ldap.root_dse import ServerRoot
from provisioner.adapters.ldap.search import NO_ATTRIBUTES, LdapQuery, answers
from provisioner.adapters.ldap.values import Entry
from provisioner.settings.directory import DirectorySettings


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
        sid = primary_group_sid(entry)
        if sid is None:
            yield entry
            continue
        if sid not in found:
            found[sid] = [dn.encode() for dn in _group(connection, url, settings, root, sid)]
        groups = [*entry.attributes.get(name, ()), *found[sid]]
        yield Entry(dn=entry.dn, attributes={**entry.attributes, name: groups})


def primary_group_sid(entry: Entry) -> bytes | None:
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
