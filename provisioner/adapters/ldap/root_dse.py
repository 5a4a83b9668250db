"""The root entry of a server, read before anything else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ldap3

from provisioner.adapters.ldap.search import LdapQuery, answers
from provisioner.settings.directory import DirectorySettings

ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800"
"""MS-ADTS 3.1.1.3.4.1: the capability of a directory server of Active Directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRoot:
    """The root entry (RFC 4512, 5.1): the kind of server, and where its parts begin."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """By lower-case name."""

    @property
    def microsoft(self) -> bool:
        """Whether it is Active Directory, or Samba as one."""
        return ACTIVE_DIRECTORY in self.values.get("supportedcapabilities", ())

    def first(self, name: str) -> str:
        """An attribute's first value, or nothing."""
        return next(iter(self.values.get(name.lower(), ())), "")


def root_of(connection: ldap3.Connection, url: str, settings: DirectorySettings) -> ServerRoot:
    """Read the root entry; empty if the server hides it. Raises DirectoryError if there is no answer."""
    question = LdapQuery(base="", filter="(objectClass=*)", attributes=_ATTRIBUTES, entry_alone=True)
    parts = [entry.attributes for entry in answers(connection, url, question, settings)]
    values = {name: tuple(value.decode(errors="replace") for value in raw) for part in parts for name, raw in part.items()}
    return ServerRoot(values=values)


_ATTRIBUTES = ("supportedCapabilities", "namingContexts", "defaultNamingContext", "dsServiceName", "highestCommittedUSN")
