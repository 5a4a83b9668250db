"""A search to its last page and to each attribute's last value, or an error that says why it ended early. The first is of
the server's root entry."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import ldap3
from ldap3.core.exceptions import (
    LDAPAttributeError,
    LDAPInvalidDnError,
    LDAPInvalidFilterError,
    LDAPObjectClassError,
)
from ldap3.core.results import RESULT_BUSY, RESULT_REFERRAL, RESULT_SUCCESS, RESULT_UNAVAILABLE

from provisioner.adapters.ldap.bounds import MAX_EMPTY_PAGES, MAX_ENTRIES
from provisioner.adapters.ldap.connection import failure_of, result_words
from provisioner.adapters.ldap.entries import asked_of
from provisioner.adapters.ldap.values import Entry
from provisioner.errors import DirectoryError, DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable
from provisioner.reasons import reading as reasons
from provisioner.reasons.reason import Reason
from provisioner.settings.directory import DirectorySettings

NO_ATTRIBUTES = ("1.1",)
"""RFC 4511, 4.5.1.8: names alone."""
ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800"
"""MS-ADTS 3.1.1.3.4.1: the capability of a directory server of Active Directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapQuery:
    """One search."""

    base: str
    filter: str
    attributes: tuple[str, ...]
    entry_alone: bool = False
    """Only the base itself, not the entries below it."""


def search(
    connection: ldap3.Connection, url: str, settings: DirectorySettings, extra_filter: str = "", *, also: str = ""
) -> Iterator[Entry]:
    """All entries below the configured bases; raises DirectoryError if the answer is not complete.

    `also`: an attribute to read besides the configured ones.
    """
    asked = (*asked_of(settings.attributes), *((also,) if also else ()))
    for place in settings.places:
        narrowed = f"(&{place.filter}{extra_filter})" if extra_filter else place.filter
        question = LdapQuery(base=place.base, filter=narrowed, attributes=asked)
        yield from answers(connection, url, question, settings)


def answers(connection: ldap3.Connection, url: str, question: LdapQuery, settings: DirectorySettings) -> Iterator[Entry]:
    """All matching entries, page by page, attributes complete; raises DirectoryError if the answer is not complete."""
    cookie: bytes | None = None
    count = empty = 0
    # One entry needs no pages, and a server may refuse pages of that size.
    size = None if question.entry_alone else settings.page_size
    while True:
        result, response = _page(connection, url, question, size, cookie)
        empty = 0 if response else empty + 1
        for part in response or ():
            if part["type"] == "searchResEntry":
                count += 1
                yield _whole(connection, url, _entry(part))
            else:
                _check_reference(url, [str(uri) for uri in part["uri"]], settings)
        _check_search(url, question, result, count)
        cookie = result.get("controls", {}).get(_PAGED, {}).get("value", {}).get("cookie")
        if not cookie:
            return
        if empty >= MAX_EMPTY_PAGES:
            raise DirectoryIncomplete(_of(url, reasons.GIVEN_UP(what=reasons.EMPTY_PAGES(count=empty))))


_PAGED = "1.2.840.113556.1.4.319"
_INCOMPLETE = {
    3: reasons.TIME_LIMITED,
    4: reasons.SIZE_LIMITED,
    11: reasons.ADMIN_LIMITED,
}
_APPLICATION_PARTITIONS = ("domaindnszones.", "forestdnszones.", "cn=configuration,")
"""Active Directory refers to these below a domain's root. They hold no people."""
_RANGE = ";range="
"""RFC draft-kashi-incremental: `member;range=0-1499` are the first values, `member;range=1500-*` the last."""


def _page(
    connection: ldap3.Connection, url: str, question: LdapQuery, size: int | None, cookie: bytes | None = None
) -> tuple[Any, Any]:
    with _search_errors(url, question):
        connection.search(
            question.base,
            question.filter,
            search_scope=ldap3.BASE if question.entry_alone else ldap3.SUBTREE,
            dereference_aliases=ldap3.DEREF_NEVER,
            attributes=list(question.attributes),
            paged_size=size,
            paged_cookie=cookie,
        )
    return connection.result, connection.response


@contextmanager
def _search_errors(url: str, question: LdapQuery) -> Iterator[None]:
    try:
        yield
    except LDAPInvalidFilterError as exc:
        raise DirectoryRefused(_of(url, reasons.FILTER_UNREADABLE(filter=question.filter, said=str(exc)))) from exc
    except (LDAPInvalidDnError, LDAPAttributeError, LDAPObjectClassError) as exc:
        raise DirectoryRefused(_of(url, reasons.SEARCH_REFUSED(base=question.base, said=str(exc)))) from exc
    except DirectoryError:
        raise
    except Exception as exc:
        # Deliberately all errors: see `connection`.
        raise DirectoryIncomplete(_of(url, failure_of(exc, reasons.LOST))) from exc


def _entry(part: Mapping[str, Any]) -> Entry:
    return Entry(dn=part["dn"], attributes={name.lower(): values for name, values in part["raw_attributes"].items()})


def _whole(connection: ldap3.Connection, url: str, entry: Entry) -> Entry:
    """The entry with all values, where the server sent only a part of them."""
    cut = [name for name in entry.attributes if _RANGE in name]
    if not cut:
        return entry
    attributes = {name: values for name, values in entry.attributes.items() if name not in cut}
    for name in cut:
        attributes[name.partition(_RANGE)[0]] = _all_values(connection, url, entry, name)
    return Entry(dn=entry.dn, attributes=attributes)


def _all_values(connection: ldap3.Connection, url: str, entry: Entry, part: str) -> list[bytes]:
    name, values = part.partition(_RANGE)[0], list(entry.attributes[part])
    while not part.endswith("-*"):
        wanted = f"{name}{_RANGE}{len(values)}-*"
        question = LdapQuery(base=entry.dn, filter="(objectClass=*)", attributes=(wanted,), entry_alone=True)
        result, response = _page(connection, url, question, None)
        _check_search(url, question, result, 0)
        found = [pair for answer in response or () if "raw_attributes" in answer for pair in _entry(answer).attributes.items()]
        part, more = next((pair for pair in found if pair[0].startswith(f"{name}{_RANGE}")), ("", ()))
        if not more:
            raise DirectoryIncomplete(_of(url, reasons.VALUES_CUT(name=name, entry=entry.dn, count=len(values))))
        values += more
    return values


def _check_reference(url: str, uris: list[str], settings: DirectorySettings) -> None:
    if settings.ignore_referrals:
        return
    if not any(partition in uri.lower() for uri in uris for partition in _APPLICATION_PARTITIONS):
        raise DirectoryIncomplete(_of(url, reasons.PART_ELSEWHERE(uris=", ".join(uris)[:200])))


def _check_search(url: str, question: LdapQuery, result: Mapping[str, Any], count: int) -> None:
    code = result["result"]
    if code in _INCOMPLETE:
        raise DirectoryIncomplete(_of(url, reasons.LIMITED(limit=_INCOMPLETE[code](), count=count, said=result_words(result))))
    if code == RESULT_REFERRAL:
        uris = ", ".join(str(uri) for uri in result.get("referrals") or ())
        raise DirectoryIncomplete(_of(url, reasons.BASE_ELSEWHERE(base=question.base, uris=uris[:200])))
    if code in (RESULT_BUSY, RESULT_UNAVAILABLE):
        raise DirectoryUnavailable(_of(url, reasons.SEARCH_WAITS(said=result_words(result))))
    if code != RESULT_SUCCESS:
        raise DirectoryRefused(_of(url, reasons.SEARCH_REFUSED(base=question.base, said=result_words(result))))
    if count > MAX_ENTRIES:
        raise DirectoryRefused(_of(url, reasons.ENTRIES_MANY(limit=MAX_ENTRIES)))


def _of(url: str, why: Reason) -> Reason:
    return reasons.OF_SOURCE(source=url, why=why)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerRoot:
    """The root entry (RFC 4512, 5.1): the kind of server, and where its parts begin."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """The attributes' values, by lower-case name."""

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
