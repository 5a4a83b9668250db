"""A search to its last page, or an error that says why it did not get there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ldap3
from ldap3.core.exceptions import (
    LDAPAttributeError,
    LDAPInvalidDnError,
    LDAPInvalidFilterError,
    LDAPObjectClassError,
)
from ldap3.core.results import RESULT_BUSY, RESULT_SUCCESS, RESULT_UNAVAILABLE

from provisioner.adapters.ldap_connection import failure_of, said
from provisioner.adapters.ldap_entries import Entry
from provisioner.adapters.ldap_settings import LdapSettings
from provisioner.errors import DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable

MAX_ENTRIES = 100_000
"""Of one reading: some sixty times the agents of a département; more, and base or filter are not what was meant."""


def search(connection: ldap3.Connection, url: str, settings: LdapSettings) -> Iterator[Entry]:
    """Every entry below the base that the filter matches; raises DirectoryError when the answer is not whole."""
    cookie: bytes | None = None
    count = 0
    while True:
        with _search_errors(url, settings):
            result, response = _answer(connection, settings, cookie)
        for part in response or ():
            count += part["type"] == "searchResEntry"
            yield from _entries(part, url)
        _check_search(url, settings, result, count)
        cookie = result.get("controls", {}).get(_PAGED, {}).get("value", {}).get("cookie")
        if not cookie:
            return


_PAGED = "1.2.840.113556.1.4.319"
_INCOMPLETE = {
    3: "the server's time limit ended the answer",
    4: "the server's size limit ended the answer: raise it for this account, or allow it paged results without limit",
    11: "an administrative limit of the server ended the answer",
}
_APPLICATION_PARTITIONS = ("domaindnszones.", "forestdnszones.", "cn=configuration,")
"""What Active Directory refers to below a domain's root: parts of its own that hold no people."""


def _answer(connection: ldap3.Connection, settings: LdapSettings, cookie: bytes | None) -> tuple[Any, Any]:
    done = connection.search(
        settings.base,
        settings.filter,
        search_scope=ldap3.SUBTREE,
        dereference_aliases=ldap3.DEREF_NEVER,
        attributes=list(settings.attributes.names),
        paged_size=settings.page_size,
        paged_cookie=cookie,
    )
    # SAFE_SYNC returns the answer; the strategy that serves a file leaves it on the connection.
    return (done[1], done[2]) if isinstance(done, tuple) else (connection.result, connection.response)


@contextmanager
def _search_errors(url: str, settings: LdapSettings) -> Iterator[None]:
    try:
        yield
    except LDAPInvalidFilterError as exc:
        raise DirectoryRefused(f"{url}: the filter {settings.filter} is no LDAP filter: {exc}") from exc
    except (LDAPInvalidDnError, LDAPAttributeError, LDAPObjectClassError) as exc:
        raise DirectoryRefused(f"{url}: the search below '{settings.base}' was refused: {exc}") from exc
    except Exception as exc:
        # Deliberately everything: see connected().
        raise DirectoryIncomplete(f"{url}: {failure_of(exc, 'the connection was lost before the last entry')}") from exc


def _entries(part: Mapping[str, Any], url: str) -> Iterator[Entry]:
    if part["type"] == "searchResRef":
        _check_reference(url, [str(uri) for uri in part["uri"]])
        return
    yield Entry(dn=part["dn"], attributes={name.lower(): values for name, values in part["raw_attributes"].items()})


def _check_reference(url: str, uris: list[str]) -> None:
    if not any(partition in uri.lower() for uri in uris for partition in _APPLICATION_PARTITIONS):
        raise DirectoryIncomplete(f"{url}: a part of the tree is elsewhere ({', '.join(uris)[:200]}): choose a narrower base")


def _check_search(url: str, settings: LdapSettings, result: Mapping[str, Any], count: int) -> None:
    code = result["result"]
    if code in _INCOMPLETE:
        raise DirectoryIncomplete(f"{url}: {_INCOMPLETE[code]}, after {count} entries")
    if code in (RESULT_BUSY, RESULT_UNAVAILABLE):
        raise DirectoryUnavailable(f"{url}: the search had to wait: {said(result)}")
    if code != RESULT_SUCCESS:
        raise DirectoryRefused(f"{url}: the search below '{settings.base}' was refused: {said(result)}")
    if count > MAX_ENTRIES:
        raise DirectoryRefused(f"{url}: more than {MAX_ENTRIES} entries match: narrow base or filter")
