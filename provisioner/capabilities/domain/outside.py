"""Computer accounts in an Active Directory domain: the port `ComputerAccounts`.

Passwords go over TLS alone, and an account is removed by its GUID: one that was made anew under its name is never hit.
"""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import ldap3
from ldap3.core.results import RESULT_ENTRY_ALREADY_EXISTS, RESULT_NO_SUCH_OBJECT, RESULT_SUCCESS
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import escape_rdn

from provisioner.adapters.ldap.connection import Failover, connect, failure_of, result_words
from provisioner.adapters.ldap.search import LdapQuery, answers
from provisioner.adapters.ldap.values import Entry
from provisioner.capabilities.domain import reasons as words
from provisioner.capabilities.domain.model import ComputerAccount, WantedAccount
from provisioner.capabilities.domain.settings import DomainSettings
from provisioner.errors import DirectoryError, DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable
from provisioner.model.ids import DesktopName
from provisioner.model.machines.first_boot import DomainJoin
from provisioner.model.machines.owner_text import desktop_in, owner_text
from provisioner.model.people.distinguished_names import parent_of
from provisioner.ports import Clock
from provisioner.reasons import reading as reasons
from provisioner.settings.directory import DirectorySettings

_T = TypeVar("_T")
_WORKSTATION_TRUST_ACCOUNT = 0x1000
"""userAccountControl of a computer that is a member of the domain: [MS-ADTS] 2.2.16."""
_TREE_DELETE = "1.2.840.113556.1.4.805"
"""[MS-ADTS] 3.1.1.3.4.1.15: with what lies below the account, such as keys of its disks."""
_PASSWORD_BYTES = 24
_DEAD_FOR_S = 300.0
_READING_S = 60.0
_GUID, _NAME, _TEXT, _MAY_HOLD = "objectGUID", "sAMAccountName", "description", "allowedChildClassesEffective"


class DomainComputers:
    """One connection for each call; the next domain controller if one does not answer."""

    def __init__(self, settings: DomainSettings, *, installation: str, clock: Clock) -> None:
        self._settings, self._installation, self._clock = settings, installation, clock
        self._failover = Failover(settings.urls, dead_for_s=_DEAD_FOR_S)
        self._directory = DirectorySettings(
            urls=settings.urls,
            ca_file=settings.ca_file,
            bind_dn=settings.bind_dn,
            password=settings.password,
            base=settings.ou,
            connect_timeout_s=settings.timeout_s,
            receive_timeout_s=settings.timeout_s,
            reading_timeout_s=_READING_S,
            ignore_referrals=True,  # other domains have names of their own
        )

    def __repr__(self) -> str:
        return f"DomainComputers({self._settings.realm})"

    def read(self) -> tuple[ComputerAccount, ...]:
        """All of this installation."""
        text = escape_filter_chars(owner_text(self._installation, DesktopName("")))
        return self._with_any(lambda connection, url: self._found(connection, url, f"({_TEXT}={text}*)"))

    def make(self, wanted: WantedAccount) -> DomainJoin:
        """See `ports.ComputerAccounts`."""
        return self._with_any(lambda connection, url: self._make(connection, url, wanted))

    def remove(self, account: ComputerAccount) -> None:
        """See `ports.ComputerAccounts`."""
        self._with_any(lambda connection, _url: self._remove(connection, account.identity))

    def may_make(self, computer_ou: str) -> bool:
        """As the domain itself computes it for whom is bound: [MS-ADTS] 3.1.1.4.5.5."""
        return self._with_any(lambda connection, url: self._may_make(connection, url, computer_ou))

    def _with_any(self, call: Callable[[ldap3.Connection, str], _T]) -> _T:
        failed: DirectoryError | None = None
        for url in self._failover.order(self._clock.now()):
            try:
                with connect(url, self._directory, may_write=True) as connection:
                    result = call(connection, url)
            except (DirectoryUnavailable, DirectoryIncomplete) as exc:
                self._failover.failed(url, self._clock.now(), exc.reason)
                failed = exc
                continue
            self._failover.answered(url)
            return result
        raise failed or DirectoryRefused(reasons.NO_SERVER())

    def _found(self, connection: ldap3.Connection, url: str, filter_: str) -> tuple[ComputerAccount, ...]:
        found = self._search(connection, url, self._settings.ou, filter_)
        desktops = ((entry, desktop_in(_texts(entry), self._installation)) for entry in found)
        return tuple(ComputerAccount(identity=_guid(entry), desktop=desktop) for entry, desktop in desktops if desktop)

    def _make(self, connection: ldap3.Connection, url: str, wanted: WantedAccount) -> DomainJoin:
        computer = wanted.desktop.upper()
        self._free(connection, url, computer)
        password = f"Aa1-{secrets.token_urlsafe(_PASSWORD_BYTES)}"  # three kinds of characters, whatever was drawn
        dn = f"CN={escape_rdn(computer)},{wanted.computer_ou}"
        code = _ask(connection, "add", dn, "computer", self._attributes(wanted, computer, password))
        if code == RESULT_ENTRY_ALREADY_EXISTS:
            raise DirectoryRefused(words.COMPUTER_FOREIGN(name=computer, dn=dn))
        if code != RESULT_SUCCESS:
            said = result_words(connection.result)
            raise DirectoryRefused(words.COMPUTER_REFUSED(name=computer, ou=wanted.computer_ou, said=said))
        return DomainJoin(
            realm=self._settings.realm,
            controller=urlsplit(url).hostname or "",
            computer=computer,
            host_name=wanted.host_name,
            password=password,
        )

    def _free(self, connection: ldap3.Connection, url: str, computer: str) -> None:
        """Remove the account of an earlier desktop of this name, wherever it stands."""
        for entry in self._search(connection, url, _domain_of(self._settings.ou), f"({_NAME}={computer}$)"):
            if desktop_in(_texts(entry), self._installation) is None:
                raise DirectoryRefused(words.COMPUTER_FOREIGN(name=computer, dn=entry.dn))
            self._remove(connection, _guid(entry))

    def _attributes(self, wanted: WantedAccount, computer: str, password: str) -> dict[str, Any]:
        kinds = ("HOST", "RestrictedKrbHost")
        return {
            _NAME: f"{computer}$",
            "userAccountControl": _WORKSTATION_TRUST_ACCOUNT,
            "unicodePwd": f'"{password}"'.encode("utf-16-le"),
            _TEXT: owner_text(self._installation, wanted.desktop),
            "dNSHostName": wanted.host_name,
            "servicePrincipalName": [f"{kind}/{name}" for kind in kinds for name in (computer, wanted.host_name)],
        }

    def _remove(self, connection: ldap3.Connection, identity: str) -> None:
        code = _ask(connection, "delete", f"<GUID={identity}>", controls=[(_TREE_DELETE, False, None)])
        if code not in (RESULT_SUCCESS, RESULT_NO_SUCH_OBJECT):
            raise DirectoryRefused(words.COMPUTER_STAYS(ou=self._settings.ou, said=result_words(connection.result)))

    def _may_make(self, connection: ldap3.Connection, url: str, computer_ou: str) -> bool:
        query = LdapQuery(base=computer_ou, filter="(objectClass=*)", attributes=(_MAY_HOLD,), entry_alone=True)
        (entry,) = answers(connection, url, query, self._directory)
        return b"computer" in entry.attributes.get(_MAY_HOLD.lower(), ())

    def _search(self, connection: ldap3.Connection, url: str, base: str, narrowed: str) -> list[Entry]:
        query = LdapQuery(base=base, filter=f"(&(objectClass=computer){narrowed})", attributes=(_GUID, _TEXT))
        return list(answers(connection, url, query, self._directory))


def _ask(connection: ldap3.Connection, operation: str, *what: object, **more: object) -> int:
    """The result's code."""
    try:
        getattr(connection, operation)(*what, **more)
    except DirectoryError:
        raise
    except Exception as exc:
        # Deliberately all errors: see `connection`.
        raise DirectoryUnavailable(failure_of(exc, reasons.UNANSWERED)) from exc
    return int(connection.result["result"])


def _guid(entry: Entry) -> str:
    return entry.attributes[_GUID.lower()][0].hex()


def _texts(entry: Entry) -> list[str]:
    return [value.decode(errors="replace") for value in entry.attributes.get(_TEXT, ())]


def _domain_of(dn: str) -> str:
    """The domain's root: names of accounts are unique in all of it."""
    while dn and not dn.lower().startswith("dc="):
        dn = parent_of(dn)
    return dn
