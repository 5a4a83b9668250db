"""Facts about a directory server, for the doctor. No reading of the agents depends on them."""

import enum
import ssl
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import ldap3
from ldap3.core.exceptions import LDAPExceptionError
from ldap3.core.results import RESULT_SIZE_LIMIT_EXCEEDED, RESULT_SUCCESS

from provisioner.adapters.ldap.connection import connect, result_words, tls_socket
from provisioner.adapters.ldap.search import ACTIVE_DIRECTORY
from provisioner.model.ids import Instant
from provisioner.ports import Clock
from provisioner.settings.directory import DirectorySettings

SAMPLE = 20
"""Entries whose attribute names are collected. An attribute that none of twenty has is rare."""


class ServerKind(enum.StrEnum):
    """Kinds of servers with different names for some attributes."""

    OPENLDAP = "OpenLDAP"
    ACTIVE_DIRECTORY = "Active Directory"
    SAMBA = "Samba (Active Directory)"
    DS389 = "389 Directory Server"
    OTHER = "an LDAP server of another kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseFacts:
    """What was found below one base."""

    base: str
    filter: str
    problem: str = ""
    """Why it cannot be searched; empty: it can be searched."""
    unpaged_limit: int | None = None
    """Entries after which the server ends an answer without pages; None: no limit was met."""
    attributes: frozenset[str] = frozenset()
    """Attribute names of the first entries, as the server writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """A server that answered and accepted the bind."""

    url: str
    kind: ServerKind
    version: str = ""
    tls: str = ""
    """`TLSv1.3`, …; empty: the connection is not encrypted."""
    certificate_ends: Instant | None = None
    bound_as: str | None = None
    """The account that the server names (RFC 4532), empty for anonymous; None: it names none."""
    paged: bool
    """Whether it supports paged results (RFC 2696)."""
    clock_ahead_s: float | None = None
    """Seconds its clock is ahead of ours, accurate to a second or two; None: it does not tell its time."""
    bases: tuple[BaseFacts, ...] = ()
    absent: frozenset[str] = frozenset()
    """Of the attributes that were asked for: those that no entry has. Each was searched for; unknown is not absent."""


def look_at(
    url: str,
    settings: DirectorySettings,
    *,
    bases: Iterable[tuple[str, str]],
    clock: Clock,
    asked: Collection[str] = (),
) -> ServerFacts:
    """Connect, bind and collect the facts; `bases` are pairs of base and filter. Raises DirectoryError as a reading does.

    `asked`: attributes to search for in all entries, not in a sample alone.
    """
    bases = tuple(bases)
    with connect(url, settings) as connection:
        asked_at = clock.now()
        root = _root(connection)
        now = (asked_at + clock.now()) / 2
        return ServerFacts(
            url=url,
            kind=kind_of(root),
            version=_first(root, "vendorversion"),
            tls=_tls(connection),
            certificate_ends=_certificate_ends(connection),
            bound_as=_bound_as(connection),
            paged=_PAGED in root.get("supportedcontrol", ()),
            clock_ahead_s=_clock_ahead(_first(root, "currenttime") or _monitored_time(connection), now),
            bases=tuple(_base(connection, base, filter) for base, filter in bases),
            absent=frozenset(name for name in asked if all(_lacks(connection, *place, name) for place in bases)),
        )


def kind_of(root: Mapping[str, tuple[str, ...]]) -> ServerKind:
    """The kind of server, from its root entry (attribute names in lower case)."""
    vendor = _first(root, "vendorname").lower()
    if ACTIVE_DIRECTORY in root.get("supportedcapabilities", ()):
        return ServerKind.SAMBA if "samba" in vendor else ServerKind.ACTIVE_DIRECTORY
    if "389" in vendor:
        return ServerKind.DS389
    classes = {name.lower() for name in root.get("objectclass", ())}
    return ServerKind.OPENLDAP if "openldaprootdse" in classes or "openldap" in vendor else ServerKind.OTHER


_PAGED = "1.2.840.113556.1.4.319"
_ROOT = ("objectClass", "vendorName", "vendorVersion", "supportedControl", "supportedCapabilities", "currentTime")
_TIME = ("cn=Current,cn=Time,cn=Monitor", "monitorTimestamp")
"""OpenLDAP's time, if its monitor runs and this account may read it."""


def _root(connection: ldap3.Connection) -> dict[str, tuple[str, ...]]:
    return _read(connection, "", _ROOT)


def _monitored_time(connection: ldap3.Connection) -> str:
    return _first(_read(connection, _TIME[0], (_TIME[1],)), _TIME[1].lower())


def _read(connection: ldap3.Connection, dn: str, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The texts of one entry; empty if it does not exist or cannot be read."""
    try:
        connection.search(dn, "(objectClass=*)", search_scope=ldap3.BASE, attributes=list(names))
    except LDAPExceptionError:
        return {}
    entries = [part["raw_attributes"] for part in connection.response or () if part["type"] == "searchResEntry"]
    found: Mapping[str, Sequence[bytes]] = entries[0] if entries else {}
    return {name.lower(): tuple(value.decode(errors="replace") for value in values) for name, values in found.items()}


def _first(root: Mapping[str, tuple[str, ...]], name: str) -> str:
    return next(iter(root.get(name, ())), "")


def _tls(connection: ldap3.Connection) -> str:
    way = tls_socket(connection)
    return way.version() or "" if way else ""


def _certificate_ends(connection: ldap3.Connection) -> Instant | None:
    way = tls_socket(connection)
    ends = (way.getpeercert() or {}).get("notAfter") if way else None
    return float(ssl.cert_time_to_seconds(ends)) if isinstance(ends, str) else None


def _bound_as(connection: ldap3.Connection) -> str | None:
    try:
        connection.extended("1.3.6.1.4.1.4203.1.11.3")
    except LDAPExceptionError:
        return None
    result = connection.result
    if result["result"] != RESULT_SUCCESS:
        return None
    return (result.get("responseValue") or b"").decode(errors="replace")


def _clock_ahead(text: str, now: Instant) -> float | None:
    """`text` is LDAP's GeneralizedTime in UTC, for instance `20261124223015.0Z`."""
    try:
        theirs = datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return theirs.timestamp() - now


def _base(connection: ldap3.Connection, base: str, filter: str) -> BaseFacts:
    try:
        result, entries = _asked(connection, base, filter, attributes=["1.1"])
        if result["result"] not in (RESULT_SUCCESS, RESULT_SIZE_LIMIT_EXCEEDED):
            return BaseFacts(base=base, filter=filter, problem=result_words(result))
        limit = len(entries) if result["result"] == RESULT_SIZE_LIMIT_EXCEEDED else None
        sample = _asked(connection, base, filter, attributes=["*", "+"], types_only=True, size_limit=SAMPLE)[1]
    except LDAPExceptionError as exc:
        return BaseFacts(base=base, filter=filter, problem=str(exc))
    names = frozenset(name.partition(";")[0] for entry in sample for name in entry["raw_attributes"])
    return BaseFacts(base=base, filter=filter, unpaged_limit=limit, attributes=names)


def _lacks(connection: ldap3.Connection, base: str, filter: str, name: str) -> bool:
    """Whether no entry has it, as the server says."""
    try:
        result, entries = _asked(connection, base, f"(&{filter}({name}=*))", attributes=["1.1"], size_limit=1)
    except LDAPExceptionError:
        return False
    return not entries and bool(result["result"] == RESULT_SUCCESS)


def _asked(connection: ldap3.Connection, base: str, filter: str, **how: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    connection.search(base, filter, search_scope=ldap3.SUBTREE, **how)
    return connection.result, [part for part in connection.response or () if part["type"] == "searchResEntry"]
