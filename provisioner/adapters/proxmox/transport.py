"""One request to Proxmox VE over HTTPS, with proxmoxer: with a token, certificate always checked, one try, errors translated.

Threads share the sessions: urllib3's connection pools allow it, each request carries the token, and cookies are refused. So a
session does not change after its creation.
"""

import logging
import re
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proxmoxer import ProxmoxAPI
from proxmoxer.core import ResourceException
from pydantic_core import from_json

from provisioner.adapters.proxmox.session import OneServer, Received, translate_failure, trusting
from provisioner.errors import HypervisorError, NoQuorum, OutcomeUnknown, SettingsError, word_for
from provisioner.named_files import look_at_named
from provisioner.ports import ApiCall, Clock
from provisioner.pve.faults import error_for
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.reasons import requests as reasons
from provisioner.reasons.reason import Reason
from provisioner.settings.values import ClusterSettings

CONNECT_TIMEOUT_S = 5.0
"""A node of the same site answers a SYN in milliseconds. After this time it is down, and another endpoint may be up."""
READ_TIMEOUT_S = 35.0
"""More than the 30 s after which pveproxy gives up on a worker and answers 596, so that we get this answer."""
MAX_REASON = 1000
"""Characters kept of a reason: some reasons quote a whole command line."""
_TOKEN_ID = re.compile(r"(?P<user>[^\s!@]+@[^\s!@]+)!(?P<name>[A-Za-z][A-Za-z0-9._-]+)")
_SECRET = re.compile(r"[!-~]+")
_SYSTEM_CA = "/etc/ssl/certs/ca-certificates.crt"
"""Debian's file, if OpenSSL knows no other. An error message can then name a file."""
_A_BUG = word_for(HypervisorError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds of real time."""

    connect_s: float = CONNECT_TIMEOUT_S
    read_s: float = READ_TIMEOUT_S
    whole_s: float = 60.0
    """For the whole body of an answer; a listing of 10,000 guests takes a second or two."""


DEFAULT_TIMEOUTS = Timeouts()


class HttpTransport:
    """Sends requests to one cluster, through one of its endpoints. Safe to share between threads.

    After a failure or a loss of quorum the next call goes to the next endpoint. No call is sent twice.
    """

    def __init__(
        self,
        settings: ClusterSettings,
        *,
        clock: Clock,
        on_call: Callable[[ApiCall], None],
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        if not settings.endpoints:
            raise _settings_error(settings, reasons.NO_ENDPOINT())
        user, name = _checked_token(settings)
        trusted = _checked_ca(settings)
        self._cluster = settings.cluster
        self._endpoints = tuple(url.removeprefix("https://") for url in settings.endpoints)
        self._clock = clock
        self._on_call = on_call
        self._lock = threading.Lock()
        self._index = 0
        self._apis = tuple(
            _api(endpoint, settings, user=user, name=name, trusted=trusted, timeouts=timeouts) for endpoint in self._endpoints
        )

    def __repr__(self) -> str:
        return f"HttpTransport(cluster={self._cluster!r}, endpoints={self._endpoints!r})"

    def send(self, request: ApiRequest) -> ApiResponse:
        """Send once; the answer, whatever its status. Raises NotSent, OutcomeUnknown or Refused if there is no answer."""
        index = self._index
        started = self._clock.now()
        outcome, received = _A_BUG, 0
        try:
            response = self._try(index, request)
            received = _size(response)
            answer = _answer(response, self._doing(index, request))
            outcome = "ok" if answer.ok else self._judge(index, answer)
            return answer
        except HypervisorError as error:
            outcome = word_for(type(error))
            self.leave(index)
            raise
        finally:
            self._report(request, outcome=outcome, seconds=self._clock.now() - started, received=received)

    def leave(self, index: int | None = None) -> None:
        """Use the next endpoint from now on. If several threads leave the same endpoint, they move on only once."""
        with self._lock:
            if index is None or index == self._index:
                self._index = (self._index + 1) % len(self._apis)

    def close(self) -> None:
        """Close the idle connections; a later call opens new ones."""
        for api in self._apis:
            api._store["session"].close()

    def _try(self, index: int, request: ApiRequest) -> Received:
        resource = self._apis[index](request.path.lstrip("/"))
        began = time.monotonic()
        try:
            response: Received = getattr(resource, request.method.lower())(**request.params)
        except ResourceException as refusal:
            answer: Received = refusal.errors
            return answer
        except Exception as failure:
            error = translate_failure(failure, self._doing(index, request), after_s=time.monotonic() - began)
            if error is failure:
                raise
            raise error from failure
        return response

    def _doing(self, index: int, request: ApiRequest) -> str:
        return f"{self._endpoints[index]}: {request.method} {request.path}"

    def _judge(self, index: int, answer: ApiResponse) -> str:
        kind = type(error_for(answer, ""))
        if kind is NoQuorum:
            self.leave(index)
        return word_for(kind)

    def _report(self, request: ApiRequest, *, outcome: str, seconds: float, received: int) -> None:
        self._on_call(
            ApiCall(
                cluster=self._cluster,
                method=request.method,
                endpoint=request.endpoint,
                outcome=outcome,
                seconds=seconds,
                received_bytes=received,
            )
        )


class _Raw:
    """Returns the answer unchanged: proxmoxer would take a 200 with an HTML page for success."""

    def loads(self, response: Received) -> Received:
        return response

    def loads_errors(self, response: Received) -> Received:
        return response


def _api(
    endpoint: str, settings: ClusterSettings, *, user: str, name: str, trusted: ssl.SSLContext, timeouts: Timeouts
) -> ProxmoxAPI:
    # proxmoxer logs every form at INFO, and urllib3 every path at DEBUG.
    for logger in ("proxmoxer.core", "proxmoxer.backends.https", "urllib3.connectionpool"):
        logging.getLogger(logger).setLevel(logging.WARNING)
    api = ProxmoxAPI(endpoint, user=user, token_name=name, token_value=settings.token_secret.reveal())
    timeout, size = (timeouts.connect_s, timeouts.read_s), settings.connections + 1
    store = api._store
    store["session"] = OneServer(
        store["session"], store["base_url"], trusted=trusted, pool_size=size, timeout=timeout, whole_s=timeouts.whole_s
    )
    store["serializer"] = _Raw()
    return api


def _answer(response: Received, doing: str) -> ApiResponse:
    body = _json(response)
    if response.status_code >= 300:
        return _refusal(response, body if isinstance(body, dict) else {})
    if not isinstance(body, dict) or "data" not in body:
        form = response.headers.get("Content-Type") or reasons.NO_CONTENT_TYPE()
        raise OutcomeUnknown(reasons.DOING(request=doing, why=reasons.NOT_JSON(status=response.status_code, form=form)))
    return ApiResponse(status=response.status_code, reason=response.reason, data=body["data"])


def _refusal(response: Received, body: dict[str, Any]) -> ApiResponse:
    message, errors = body.get("message"), body.get("errors")
    reason = message if isinstance(message, str) and message.strip() else response.reason
    return ApiResponse(
        status=response.status_code,
        reason=reason.strip()[:MAX_REASON],
        data=body.get("data"),
        errors={str(name): str(text)[:MAX_REASON] for name, text in errors.items()} if isinstance(errors, dict) else {},
    )


def _json(response: Received) -> object:
    try:
        # Twice as fast as the standard library, and equal strings of a listing are kept once.
        return from_json(response.body)
    except ValueError:
        return None


def _size(response: Received) -> int:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else len(response.body)


def _checked_token(settings: ClusterSettings) -> tuple[str, str]:
    token_id = settings.token_id
    match = _TOKEN_ID.fullmatch(token_id)
    if match is None:
        raise _settings_error(settings, reasons.TOKEN_FORM(token=token_id))
    if _SECRET.fullmatch(settings.token_secret.reveal()) is None:
        raise _settings_error(settings, reasons.TOKEN_SECRET(token=token_id))
    return match["user"], match["name"]


def _checked_ca(settings: ClusterSettings) -> ssl.SSLContext:
    ca_file = str(settings.ca_file or ssl.get_default_verify_paths().cafile or _SYSTEM_CA)
    try:
        look_at_named(Path(ca_file))
        trusted = trusting(ca_file)
    except (OSError, ValueError) as wrong:
        raise _settings_error(settings, reasons.CA_UNREADABLE(path=ca_file, said=str(wrong))) from wrong
    if not trusted.cert_store_stats()["x509"]:
        raise _settings_error(settings, reasons.CA_EMPTY(path=ca_file))
    return trusted


def _settings_error(settings: ClusterSettings, why: Reason) -> SettingsError:
    return SettingsError(reasons.OF_CLUSTER(cluster=settings.cluster, why=why))
