"""The session that proxmoxer sends requests through, and its failures: was the request sent, and may it have had an effect?

Whatever is the same in all requests is prepared once: for each, `requests` computes proxies, cookies, redirects, headers, pool
and CA file again, and each new connection reads the CA file again: two thirds of a call's processor time. With one server, one
token and small forms none of this changes.
"""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

import requests
import urllib3.exceptions
from requests import PreparedRequest, Request, RequestException, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import create_urllib3_context

from provisioner.errors import HypervisorError, NotSent, OutcomeUnknown, Refused
from provisioner.reasons import requests as reasons
from provisioner.reasons.reason import Reason, reason_of
from provisioner.reasons.requests import DOING, NO_ANSWER_WITHIN, NO_CONNECTION

_PART_BYTES = 1 << 20
MAX_TEXT = 1000
"""Characters kept of a library's text."""

_NOT_AN_ADDRESS = (requests.exceptions.InvalidURL, UnicodeError)


class NoConnection(OSError):
    """No connection, or no TLS handshake: no byte of a request was sent."""


class PointedElsewhere(RequestException):
    """A portal or a proxy answered instead of Proxmox VE, and did not pass the request on."""


class NotWhole(RequestException):
    """The answer began, but was not complete in time."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Received:
    """A complete answer."""

    status_code: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    content: ClassVar[str] = "not for the log"
    """proxmoxer formats `content` into a debug line for each answer, shown or not. For a listing this would take as long as
    parsing it."""


class OneServer:
    """Replaces a `requests.Session` for one URL: no proxy, no cookie, no redirect, no second try.

    It does not change after its creation, so threads may share it.
    """

    def __init__(
        self,
        session: Session,
        base_url: str,
        *,
        trusted: ssl.SSLContext,
        pool_size: int,
        timeout: tuple[float, float],
        whole_s: float,
    ) -> None:
        """`session` has the headers and the token of each request; `timeout`: to connect, and to read (between two bytes).

        `whole_s`: for the whole body of an answer.
        """
        session.trust_env = False  # neither a proxy nor a password from the environment
        self._session, self._base_url = session, base_url
        self._adapter = _Adapter(trusted, pool_size)
        self._timeout, self._whole_s = timeout, whole_s

    def request(
        self, method: str, url: str, data: Mapping[str, object] | None = None, params: Mapping[str, object] | None = None
    ) -> Received:
        """The answer, as a `requests.Session` gives it."""
        response = self._adapter.send(self._prepared(method, url, data, params), stream=True, timeout=self._timeout)
        body = _whole(response, within_s=self._whole_s)
        if 300 <= response.status_code < 400:
            raise PointedElsewhere(_elsewhere(response), response=response)
        if response.status_code < 200:  # proxmoxer makes neither an answer nor an error of these
            raise RequestException(reasons.STATUS_UNKNOWN(status=_status(response)), response=response)
        return Received(status_code=response.status_code, reason=response.reason or "", headers=response.headers, body=body)

    def close(self) -> None:
        """Close the idle connections; a later request opens new ones."""
        self._adapter.close()

    @cached_property
    def _blank(self) -> PreparedRequest:
        """Built with the first request, which raises the error of a wrong URL."""
        return self._session.prepare_request(Request("GET", self._base_url))

    def _prepared(
        self, method: str, url: str, data: Mapping[str, object] | None, params: Mapping[str, object] | None
    ) -> PreparedRequest:
        prepared = self._blank.copy()
        prepared.method = method
        prepared.url = f"{url}?{urlencode(params)}" if params else url
        if data:
            prepared.body = urlencode(data)
            prepared.headers["Content-Type"] = "application/x-www-form-urlencoded"
        if method != "GET":
            prepared.headers["Content-Length"] = str(len(prepared.body or ""))
        return prepared


def _elsewhere(response: Response) -> Reason:
    """Only scheme and server: the address of a log-in page may contain secrets."""
    where = urlsplit(response.headers.get("Location", ""))
    if not where.netloc:
        return reasons.NOT_PROXMOX(status=_status(response))
    address = f"{where.scheme}://{where.netloc.rpartition('@')[2]}"
    return reasons.POINTS_ELSEWHERE(status=_status(response), address=address)


def _status(response: Response) -> str:
    return f"{response.status_code} {response.reason or ''}".strip()


def _whole(response: Response, *, within_s: float) -> bytes:
    """The complete body, within a time limit. The time-outs of `requests` restart with each byte, so a slow body never ends."""
    parts: list[bytes] = []
    until = time.monotonic() + within_s
    while part := response.raw.read1(_PART_BYTES, decode_content=True):
        parts.append(part)
        if time.monotonic() > until:
            response.close()
            raise NotWhole(reasons.NOT_WHOLE(limit_s=within_s), response=response)
    return b"".join(parts)


class _Connection(HTTPSConnection):
    """Raises NoConnection for a failure before the first byte of a request."""

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPError) as failure:
            raise NoConnection(*failure.args) from failure


class _Adapter(HTTPAdapter):
    """One pool; all its connections share one TLS context."""

    def __init__(self, trusted: ssl.SSLContext, size: int) -> None:
        self._trusted = trusted
        self._pool: HTTPConnectionPool | None = None
        super().__init__(pool_connections=1, pool_maxsize=size, pool_block=True, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **others: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._trusted, **others)

    def get_connection_with_tls_context(self, request: PreparedRequest, *_: Any, **__: Any) -> HTTPConnectionPool:
        if self._pool is None:
            self._pool = self.poolmanager.connection_from_url(request.url)
            self._pool.ConnectionCls = _Connection
        return self._pool

    def cert_verify(self, *_: Any) -> None:
        """The TLS context verifies. `requests` would check the path of the CA file for every request."""

    def request_url(self, request: PreparedRequest, *_: Any) -> str:
        return request.path_url

    def close(self) -> None:
        super().close()
        self._pool = None  # last: otherwise another thread could store the closed pool again


def trusting(ca_file: str) -> ssl.SSLContext:
    """urllib3's TLS context that trusts only these authorities, or these servers' own certificates; raises OSError."""
    context = create_urllib3_context()
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # a server's own certificate, which somebody has compared
    context.load_verify_locations(cafile=ca_file)
    return context


def translate_failure(failure: Exception, doing: str, *, after_s: float) -> Exception:
    """The error to raise for `failure`, which came after `after_s` seconds; a programming error is returned unchanged.

    There are four cases: no byte was sent; a portal or proxy answered and passed nothing on; the address is not an address; or
    the request was sent, and the answer is missing or incomplete. Texts of `requests` contain no header.
    """
    causes = _chain(failure)
    if any(isinstance(cause, NoConnection) for cause in causes):
        return NotSent(_of(doing, _connecting(causes[-1], after_s)))
    if isinstance(failure, PointedElsewhere):
        return NotSent(_of(doing, _short(failure)))
    if isinstance(failure, _NOT_AN_ADDRESS):
        return Refused(_of(doing, _short(failure)))
    return _sent(failure, doing, innermost=causes[-1], after_s=after_s)


def _sent(failure: Exception, doing: str, *, innermost: BaseException, after_s: float) -> HypervisorError | Exception:
    if isinstance(failure, NotWhole):
        return OutcomeUnknown(_of(doing, _short(failure)))
    if isinstance(innermost, TimeoutError):
        return OutcomeUnknown(_of(doing, NO_ANSWER_WITHIN(seconds=_seconds(after_s))))
    if isinstance(failure, OSError | urllib3.exceptions.HTTPError):
        return OutcomeUnknown(_of(doing, _short(innermost)))
    return failure


def _connecting(innermost: BaseException, after_s: float) -> Reason:
    if isinstance(innermost, TimeoutError):
        return NO_CONNECTION(seconds=_seconds(after_s))
    return _short(innermost)


def _seconds(after_s: float) -> str:
    """The measured time, not the configured time-out: time-outs restart with each byte."""
    return f"{after_s:.0f}" if after_s >= 10 else f"{after_s:.1f}"


def _chain(failure: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = failure
    while current is not None and current not in chain:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


def _short(failure: BaseException) -> Reason:
    """Our own reason in full; a library's text cut to MAX_TEXT."""
    reason = reason_of(failure)
    return reason if reason.code else Reason(reason[:MAX_TEXT] or type(failure).__name__)


def _of(doing: str, why: Reason) -> Reason:
    return DOING(request=doing, why=why)
