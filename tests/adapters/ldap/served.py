"""The town on a server: read through the adapter, changed on the server, checked with the server's own tools."""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.ldap.ldif import LdifRecord, read_ldif, write_ldif
from provisioner.model.people.agents import Roster
from provisioner.settings.directory import DirectoryAttributes, DirectoryBase, DirectoryGroups, Tls
from tests.adapters.ldap.town import BASES, EVERYONE, GROUPS, RELIEF, ROUNDS, Flaw, Town, a_town
from tests.adapters.ldap.town_ldif import ActiveDirectoryWords, Dialect, FileWords, OpenLdapWords, entry_uuid, record
from tests.builders.directory import SERVED_AT, a_directory
from tests.servers import samba as active_directory
from tests.servers import slapd as openldap
from tests.servers.certificates import Authority
from tests.servers.samba import Samba
from tests.servers.slapd import Slapd

NAMED = frozenset({EVERYONE, *RELIEF, *ROUNDS})
"""Groups named in the entitlements."""


OPENLDAP = OpenLdapWords(suffix=openldap.SUFFIX)
ACTIVE_DIRECTORY = ActiveDirectoryWords(suffix=active_directory.SUFFIX)


class ServedTown(ABC):
    """A server that holds the town. `town` is its present content."""

    flaws: ClassVar[frozenset[Flaw]] = frozenset(Flaw)
    """Flaws that the server accepts."""
    attributes: ClassVar[DirectoryAttributes] = DirectoryAttributes()
    filter: ClassVar[str] = "(objectClass=person)"
    primary_groups: ClassVar[frozenset[str]] = frozenset()
    """Groups to which the server adds every person by itself."""

    def __init__(self, home: Path, words: Dialect, town: Town | None = None) -> None:
        self.home = home
        self.words = words
        self.town = town or a_town(self.flaws)
        self._changed = 0
        self._read: tuple[int, Roster] | None = None

    def directory(self, **settings: Any) -> LdapDirectory:
        """The adapter on the town's two bases, nested groups followed."""
        bases = tuple(DirectoryBase(base=self.words.place(unit)) for unit in BASES)
        groups = DirectoryGroups(base=self.words.place(GROUPS))
        usual = {
            "now": SERVED_AT,
            "named": NAMED,
            "filter": self.filter,
            "attributes": self.attributes,
            "groups": groups,
            "receive_timeout_s": 10.0,
        }
        if "base" not in settings:
            usual["bases"] = bases
        return a_directory(**{**usual, **self.way(), **settings})

    def roster(self) -> Roster:
        """The roster of a full reading, read once after each change."""
        if self._read is None or self._read[0] != self._changed:
            self._read = (self._changed, self.directory().read())
        return self._read[1]

    def become(self, change: Callable[[Town], Town]) -> Town:
        """Change the town, and the server accordingly."""
        before, self.town = self.town, change(self.town)
        self._changed += 1
        self.carry_out(before)
        return self.town

    @abstractmethod
    def way(self) -> Mapping[str, Any]:
        """Settings of the connection to the server."""

    @abstractmethod
    def carry_out(self, before: Town) -> None:
        """Write the present town to the server."""

    @abstractmethod
    def ids(self) -> Mapping[str, str]:
        """The ids by login, as the server's own tools show them."""

    def changes(self, before: Town) -> Path:
        """A file with the changes since `before`."""
        path = self.home / f"change-{self._changed}.ldif"
        write_ldif(path, self.words.changes(before, self.town))
        return path


class FileTown(ServedTown):
    """A file served from memory. It lists any number of members, so the town is smaller, but larger than a page."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, FileWords(suffix=openldap.SUFFIX), a_town(self.flaws, inhabitants=1_200))
        self.ldif = home / "town.ldif"
        self._written: Town | None = None

    def way(self) -> Mapping[str, Any]:
        if self._written is not self.town:
            write_ldif(self.ldif, self.words.records(self.town))
            self._written = self.town
        return {"ldif": self.ldif}

    def carry_out(self, before: Town) -> None:
        """Write nothing yet: each reading starts with the file, which is written then."""

    def ids(self) -> Mapping[str, str]:
        return {person.login: entry_uuid(person.number) for person in self.town.people.values()}


class OpenLdapTown(ServedTown):
    """OpenLDAP, at most 200 entries an answer."""

    def __init__(self, home: Path, authority: Authority, server: Slapd, tls: Tls = Tls.LDAPS) -> None:
        super().__init__(home, OPENLDAP)
        self.authority = authority
        self.server = server
        self.tls = tls

    def way(self) -> Mapping[str, Any]:
        reader = {"bind_dn": openldap.READER, "password": openldap.PASSWORD, "page_size": 200}
        url = self.server.ldaps if self.tls is Tls.LDAPS else self.server.ldap
        return {**reader, "urls": (url,), "ca_file": self.authority.ca_file, "tls": self.tls}

    def carry_out(self, before: Town) -> None:
        self.server.add(self.changes(before))

    def ids(self) -> Mapping[str, str]:
        address, password = f"ldap://127.0.0.1:{self.server.port}", str(self.server.password_file)
        command = ["/usr/bin/ldapsearch", "-x", "-LLL", "-H", address, "-D", openldap.READER, "-y", password]
        return _ids(self.home, [*command, "-E", "pr=200/noprompt", "-b", openldap.SUFFIX, "(uid=*)", "uid", "entryUUID"])


class ActiveDirectoryTown(ServedTown):
    """Samba as a domain controller."""

    flaws = frozenset({Flaw.NO_LOGIN})
    attributes = DirectoryAttributes(agent_id="objectGUID", login="sAMAccountName", department="department")
    filter = "(objectCategory=person)"
    primary_groups = frozenset({"Domain Users"})

    def __init__(self, home: Path, authority: Authority, server: Samba) -> None:
        super().__init__(home, ACTIVE_DIRECTORY)
        self.authority = authority
        self.server = server

    def way(self) -> Mapping[str, Any]:
        reader = {"bind_dn": active_directory.READER, "password": active_directory.PASSWORD}
        return {**reader, "urls": (self.server.ldaps,), "ca_file": self.authority.ca_file}

    def carry_out(self, before: Town) -> None:
        # Offline, since no client may write the time at which an account was locked.
        self.server.change_offline(self.changes(before))

    def ids(self) -> Mapping[str, str]:
        command = ["/usr/bin/ldbsearch", "-H", str(self.server.home / "private" / "sam.ldb")]
        command += [f"--configfile={self.server.home}/smb.conf", "(sAMAccountName=*)", "sAMAccountName", "objectGUID"]
        return _ids(self.home, command)


def open_ldap_ldif(path: Path, town: Town) -> Path:
    """The town as slapd takes it."""
    top = record(openldap.SUFFIX, objectClass=("dcObject", "organization"), dc=("departement",), o=("Département",))
    write_ldif(path, [top, *OPENLDAP.records(town)])
    return path


def active_directory_ldif(path: Path, more: Iterable[LdifRecord] = ()) -> Path:
    """The part of the town that Samba accepts, and further entries."""
    write_ldif(path, [*ACTIVE_DIRECTORY.records(a_town(ActiveDirectoryTown.flaws)), *more])
    return path


def _ids(home: Path, command: list[str]) -> Mapping[str, str]:
    """Ids by login, from the LDIF of `ldapsearch` or `ldbsearch`; the latter writes an objectGUID as a UUID."""
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    path = home / "ids.ldif"
    path.write_text("\n".join(line for line in done.stdout.split("\n") if not line.startswith(("#", "ref:"))))
    found = {}
    for entry in read_ldif(path):
        said = {name.lower(): [value.decode() for value in values] for name, values in entry.attributes.items()}
        for login in said.get("uid", said.get("samaccountname", [])):
            found[login] = next(iter(said.get("entryuuid", said.get("objectguid", []))))
    return found
