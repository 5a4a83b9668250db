"""One LDAP connection: open, TLS, bind, close; and which server is asked first. Each failure is an error that says what to
do next."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import LDAPExceptionError
from ldap3.core.results import RESULT_BUSY, RESULT_SUCCESS, RESULT_UNAVAILABLE

from provisioner.adapters.ldap.bounds import BoundedSocket, Elapsed, ReadingBudget
from provisioner.errors import DirectoryError, DirectoryRefused, DirectoryUnavailable
from provisioner.model.ids import Instant
from provisioner.reasons import reading as reasons
from provisioner.reasons.reason import Reason, ReasonKind
from provisioner.settings.directory import DirectorySettings, Tls


@contextmanager
def connect(
    url: str, settings: DirectorySettings, *, elapsed: Elapsed = time.monotonic, may_write: bool = False
) -> Iterator[ldap3.Connection]:
    """A bound connection, always closed at the end; raises DirectoryError, also for a passed deadline or size limit."""
    budget = ReadingBudget(url, timeout_s=settings.reading_timeout_s, elapsed=elapsed)
    tls = None if _in_clear(url, settings.tls) else _Tls(_context(settings))
    connection = _connection(url, settings, tls, may_write=may_write)
    try:
        with _open_errors(url, tls):
            connection.open(read_server_info=False)
            connection.socket = BoundedSocket(connection.socket, budget, receive_timeout_s=settings.receive_timeout_s)
            if tls is not None and not connection.server.ssl:
                connection.start_tls(read_server_info=False)
            connection.bind()
        _check_bind(url, settings, connection.result)
        yield connection
    finally:
        _close(connection)


def tls_socket(connection: ldap3.Connection) -> ssl.SSLSocket | None:
    """The connection's TLS socket; None: it is not encrypted."""
    outer = connection.socket
    raw = outer.raw if isinstance(outer, BoundedSocket) else outer
    return raw if isinstance(raw, ssl.SSLSocket) else None


def result_words(result: Mapping[str, Any]) -> str:
    """A result's name and the server's message. Active Directory's numbers are translated."""
    message, name = str(result.get("message") or "").strip("\0 \n"), str(result["description"])
    known = next((kind() for code, kind in _AD_REASONS.items() if code in message), None)
    message = known or " ".join(message.split())[:200]
    return reasons.RESULT(result=name, message=message) if message else name


def failure_of(exc: Exception, failed: ReasonKind) -> Reason:
    """Why an exchange failed. An error that is neither LDAP's nor the network's comes from an answer that is not LDAP."""
    if isinstance(exc, LDAPExceptionError | OSError):
        return failed(said=" ".join(str(exc).split())[:300])
    return reasons.NOT_LDAP()


_AD_REASONS = {
    "data 525": reasons.NO_ACCOUNT,
    "data 52e": reasons.PASSWORD_WRONG,
    "data 530": reasons.HOUR_WRONG,
    "data 532": reasons.PASSWORD_EXPIRED,
    "data 533": reasons.ACCOUNT_DISABLED,
    "data 701": reasons.ACCOUNT_EXPIRED,
    "data 773": reasons.PASSWORD_MUST_CHANGE,
    "data 775": reasons.ACCOUNT_LOCKED,
}


class _Tls(ldap3.Tls):
    """The standard library checks certificate and host name: ldap3's own check does not know IP addresses."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context
        self.failure: OSError | None = None

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:  # noqa: ARG002 (ldap3 names it)
        """Start TLS on the connection's socket, handshake included. With StartTLS the socket is bounded already."""
        bounded = connection.socket if isinstance(connection.socket, BoundedSocket) else None
        raw: socket.socket = bounded.raw if bounded else connection.socket
        try:
            protected = self._context.wrap_socket(raw, server_hostname=connection.server.host)
        except OSError as exc:
            self.failure = exc
            raise
        if bounded:
            bounded.raw = protected
        else:
            connection.socket = protected


def _in_clear(url: str, mode: Tls) -> bool:
    try:
        scheme, name = urlsplit(url).scheme, urlsplit(url).hostname
    except ValueError as exc:
        raise DirectoryRefused(_of(url, reasons.ADDRESS_UNREADABLE(said=str(exc)))) from exc
    if scheme not in ("ldap", "ldaps") or not name:
        raise DirectoryRefused(_of(url, reasons.ADDRESS_WRONG()))
    if scheme == "ldap" and mode is Tls.LDAPS:
        raise DirectoryRefused(_of(url, reasons.ADDRESS_NO_LDAPS()))
    return scheme == "ldap" and mode is Tls.NONE


def _context(settings: DirectorySettings) -> ssl.SSLContext:
    with _file_errors(reasons.CA_FILE_AT(path=str(settings.ca_file)), reasons.NO_CERTIFICATE()):
        context = ssl.create_default_context(cafile=settings.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.certificate is not None:
        with _file_errors(reasons.CERTIFICATE_AT(path=str(settings.certificate)), reasons.KEY_WRONG()):
            context.load_cert_chain(settings.certificate, settings.key)
    return context


@contextmanager
def _file_errors(file: Reason, tls_error: Reason) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        why = tls_error if isinstance(exc, ssl.SSLError) else str(exc.strerror)
        raise DirectoryRefused(reasons.FILE_UNUSABLE(file=file, why=why)) from exc


def _connection(url: str, settings: DirectorySettings, tls: _Tls | None, *, may_write: bool) -> ldap3.Connection:
    if settings.bind_dn and not settings.password:
        raise DirectoryRefused(_of(url, reasons.NO_PASSWORD(account=settings.bind_dn)))
    try:
        server = ldap3.Server(url, tls=tls, get_info=ldap3.NONE, connect_timeout=settings.connect_timeout_s)
    except LDAPExceptionError as exc:
        raise DirectoryRefused(_of(url, reasons.ADDRESS_UNREADABLE(said=str(exc)))) from exc
    return ldap3.Connection(
        server,
        **_credentials(settings),
        client_strategy=ldap3.SYNC,  # a connection has one thread: the thread-safe kind copies every answer
        receive_timeout=max(1, round(settings.receive_timeout_s)),
        auto_bind=ldap3.AUTO_BIND_NONE,
        auto_referrals=False,  # a referral would carry our password to whichever server it names
        auto_range=False,  # ldap3 ends silently when the server refuses the rest of a long attribute
        return_empty_attributes=False,
        read_only=not may_write,
    )


def _credentials(settings: DirectorySettings) -> dict[str, Any]:
    if settings.certificate is not None and not settings.bind_dn:
        # Empty credentials, not none: the certificate says which account we are.
        return {"authentication": ldap3.SASL, "sasl_mechanism": ldap3.EXTERNAL, "sasl_credentials": ""}
    return {"user": settings.bind_dn or None, "password": settings.password.reveal() if settings.password else None}


@contextmanager
def _open_errors(url: str, tls: _Tls | None) -> Iterator[None]:
    try:
        yield
    except DirectoryError:
        raise
    except Exception as exc:
        # Deliberately all errors: on an answer that is not LDAP, ldap3's decoder raises anything.
        if tls is not None and tls.failure is not None:
            raise DirectoryUnavailable(_of(url, reasons.NO_TLS_CONNECTION(why=_tls_reason(tls.failure)))) from exc
        raise DirectoryUnavailable(_of(url, failure_of(exc, reasons.UNANSWERED))) from exc


def _tls_reason(failure: OSError) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        return reasons.CERTIFICATE_REFUSED_BY_US(said=failure.verify_message.rstrip("."))
    return getattr(failure, "reason", None) or failure.strerror or str(failure)


def _check_bind(url: str, settings: DirectorySettings, result: Mapping[str, Any]) -> None:
    code = result["result"]
    if code == RESULT_SUCCESS:
        return
    account = settings.bind_dn or str(settings.certificate or "") or reasons.ANONYMOUS()
    if code in (RESULT_BUSY, RESULT_UNAVAILABLE):
        raise DirectoryUnavailable(_of(url, reasons.BIND_WAITS(account=account, said=result_words(result))))
    raise DirectoryRefused(_of(url, reasons.BIND_REFUSED_AS(account=account, said=result_words(result))))


def _of(url: str, why: Reason) -> Reason:
    return reasons.OF_SOURCE(source=url, why=why)


def _close(connection: ldap3.Connection) -> None:
    # A failed bind or handshake leaves the socket open, and ldap3 does not say so.
    open_socket = getattr(connection, "socket", None)
    try:
        connection.unbind()
    except (LDAPExceptionError, OSError, DirectoryError):
        pass
    finally:
        if open_socket is not None:
            open_socket.close()


class Failover:
    """Addresses in the configured order, recently failed addresses last. Safe to use from several threads."""

    def __init__(self, urls: tuple[str, ...], *, dead_for_s: float) -> None:
        self._urls = urls
        self._dead_for_s = dead_for_s
        self._lock = threading.Lock()
        self._failed: Mapping[str, tuple[Instant, Reason]] = {}

    def order(self, now: Instant) -> tuple[str, ...]:
        """All addresses: even if all have failed, each is tried again."""
        return tuple(sorted(self._urls, key=lambda url: self._dead(url, now)))

    @property
    def failing(self) -> tuple[Reason, ...]:
        """For each address without a complete last answer the reason, in the configured order."""
        failed = self._failed
        return tuple(failed[url][1] for url in self._urls if url in failed)

    def failed(self, url: str, now: Instant, reason: Reason) -> None:
        """Record that the address gave no complete answer; the reason contains the address."""
        with self._lock:
            self._failed = {**self._failed, url: (now, reason)}

    def answered(self, url: str) -> None:
        """Record that the address gave a complete answer."""
        with self._lock:
            self._failed = {address: failure for address, failure in self._failed.items() if address != url}

    def _dead(self, url: str, now: Instant) -> bool:
        failure = self._failed.get(url)
        return failure is not None and now - failure[0] < self._dead_for_s
