"""Asks the daemon, over its Unix socket. Imports nothing large: a command that asks must start at once.

One question over a Unix socket, in HTTP/1.0. Python's own client loads TLS and a parser of e-mail: a tenth of a command.
"""

import json
import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, NamedTuple, NoReturn
from urllib.parse import urlencode
from uuid import uuid4

import typer

from provisioner.cli.documents import Document, Resource
from provisioner.cli.output import CONFIG
from provisioner.cli.reason_lines import reason_in
from provisioner.cli.times import use_zone
from provisioner.daemon.operators import caller_before
from provisioner.daemon.site_file import SITE, running_site
from provisioner.daemon.site_file import VARIABLE as SITE_VARIABLE
from provisioner.errors import BasculeError, OrderRefused, SettingsError
from provisioner.reasons.commands import DAEMON_AWAY, DAEMON_DEAF, DAEMON_GARBLED, DAEMON_UNKNOWN, PATIENCE_BAD
from provisioner.reasons.reason import SEVERAL, Reason, join_reasons
from provisioner.settings.headers import CALLER, ZONE
from provisioner.settings.site_zone import zone_named
from provisioner.texts.translate import language

VARIABLE = "BASCULE_SOCKET"
SocketOption = Annotated[
    Path | None,
    typer.Option(
        "--socket", metavar="FILE", envvar=VARIABLE, help="The daemon's socket, if it is not found.", show_default=False
    ),
]
PATIENCE = "BASCULE_PATIENCE"
_WITHIN_S = 5.0
"""Real seconds for the answer: a daemon that works needs a few hundredths. On a machine that is always busy: `PATIENCE`."""
_PATIENCE = re.compile("[1-9][0-9]{0,2}")
"""Seconds."""
_MOST_BYTES = 64 * 1024 * 1024
"""Of an answer: every desktop of a large site is a few MiB."""
_WRONG_CALL = (404, 422)
"""The call is wrong. With every other code the daemon cannot answer it, or may not."""
OK, NOT_MODIFIED, CONFLICT, TOO_MANY_REQUESTS = 200, 304, 409, 429
"""Codes of answers that a command tells apart."""
_DIGITS = 18
_SOON_S = 0.001
"""What has come is read, however late it is."""
_QUOTED = 100
"""Characters of an answer that is not HTTP: whoever answers may send any number of them."""
_STATUS = re.compile(r"HTTP/1\.[01] (\d{3})(?: .*)?")


class _Kept(NamedTuple):
    """An answer, and the entity tag with which it is asked for again: `--watch` costs the daemon little."""

    tag: str
    body: bytes


_kept: dict[tuple[Path, str, str], _Kept] = {}
"""The last answers to this process, by socket, question and language."""


class DaemonSilent(Exception):
    """Nobody answers; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def daemon_socket(option: Path | None, config: Path) -> Path | None:
    """Where the daemon answers: as ordered; else by the running daemon's own word. None: no daemon is known.

    A configuration that was named is another site's, unless the running daemon has it too, or one whose socket is beside it.
    """
    if option is not None:
        return option
    site, named = running_site(), config.absolute()
    if config != CONFIG and (site is None or site.config != named):
        site = running_site({SITE_VARIABLE: str(named.with_name(SITE.name))})
        if site is None or site.config != named:
            return None
    return SITE.with_name("api.sock") if site is None or site.socket is None else site.socket


def ask_daemon(at: Path | None, resource: Resource[Document], **query: str) -> Document:
    """The document. Raises DaemonSilent; SettingsError if the call is wrong, and BasculeError if it is refused."""
    document: Document = _document(at, f"/v1/{resource}" + (f"?{urlencode(query, errors='surrogateescape')}" if query else ""))
    return document


def order_daemon(at: Path | None, resource: Resource[Document], order: Mapping[str, object]) -> Document:
    """Give an order once; returns what came of it. After DaemonSilent it may be in force.

    Raises OrderRefused, and as `ask_daemon` does.
    """
    document: Document = _document(at, f"/v1/{resource}", order)
    return document


class _Members(dict[str, Any]):
    """An object of an answer. What it lacks is not of this version: it is the answer that is wrong, and not the command."""

    def __init__(self, at: Path, members: Mapping[str, Any]) -> None:
        super().__init__(members)
        self._at = at

    def __missing__(self, name: str) -> NoReturn:
        raise BasculeError(DAEMON_GARBLED(path=str(self._at)))


def _document(at: Path | None, what: str, order: Mapping[str, object] | None = None) -> Any:
    if at is None:
        raise DaemonSilent(DAEMON_UNKNOWN())
    status, body = _answered(at, what, order)
    try:
        document = json.loads(body, object_hook=lambda members: _Members(at, members))
        if status == OK and isinstance(document, _Members):
            return document
        codes = frozenset(str(reason["code"]) for reason in document["reasons"])
        reasons = join_reasons(map(reason_in, document["reasons"]), SEVERAL)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise BasculeError(DAEMON_GARBLED(path=str(at))) from error
    if status in (CONFLICT, TOO_MANY_REQUESTS):
        raise OrderRefused(reasons, codes)
    raise (SettingsError if status in _WRONG_CALL else BasculeError)(reasons)


def _answered(at: Path, what: str, order: Mapping[str, object] | None) -> tuple[int, bytes]:
    headers = {"Accept-Language": language(), "Connection": "close"}
    if caller := caller_before():
        headers[CALLER] = caller
    kept = _kept.get((at, what, language())) if order is None else None
    if kept is not None:
        headers["If-None-Match"] = kept.tag
    if order is not None:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
    content = None if order is None else json.dumps(order)
    try:
        answer = answer_of(at, what, headers, content, within_s=_within_s(), most=_MOST_BYTES)
    except TimeoutError as error:
        raise DaemonSilent(DAEMON_DEAF(path=str(at), within_s=_within_s())) from error
    except (OSError, NotHttpError) as error:
        said = error.strerror if isinstance(error, OSError) else None
        raise DaemonSilent(DAEMON_AWAY(path=str(at), said=said or str(error))) from error
    if (zone := zone_named(answer.headers.get(ZONE.lower()))).key is not None:
        use_zone(zone)
    if kept is not None and answer.status == NOT_MODIFIED:
        return OK, kept.body
    if order is None and (tag := answer.headers.get("etag")) and answer.status == OK:
        _kept[at, what, language()] = _Kept(tag, answer.body)
    return answer.status, answer.body


def _within_s() -> float:
    """Raises SettingsError."""
    said = os.environ.get(PATIENCE)
    if not said:
        return _WITHIN_S
    if not _PATIENCE.fullmatch(said):
        raise SettingsError(PATIENCE_BAD(said=said))
    return float(said)


class NotHttpError(Exception):
    """Something answers that does not speak HTTP; the text says what."""


class HttpAnswer(NamedTuple):
    """What was answered."""

    status: int
    headers: Mapping[str, str]
    """The names in lower case."""
    body: bytes


def answer_of(
    at: Path, what: str, headers: Mapping[str, str], content: str | None, *, within_s: float, most: int
) -> HttpAnswer:
    """Ask: with content it is a POST. `within_s`: real seconds to connect, and for the whole answer; `most`: of its bytes.

    Raises OSError (TimeoutError: too late), and NotHttpError.
    """
    body = None if content is None else content.encode()
    with _connected(at, within_s) as connection:
        connection.sendall(_head(what, headers, body) + (body or b""))
        return _answer(_received(connection, within_s, most))


def _received(connection: socket.socket, within_s: float, most: int) -> bytes:
    received, ends = bytearray(), monotonic() + within_s
    while len(received) < most and (part := connection.recv(1 << 18)):
        received += part
        connection.settimeout(max(_SOON_S, ends - monotonic()))
    return bytes(received)


def _head(what: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    lines = [f"{'GET' if body is None else 'POST'} {what} HTTP/1.0", "Host: bascule"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [] if body is None else [f"Content-Length: {len(body)}"]
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


@contextmanager
def _connected(at: Path, within_s: float) -> Iterator[socket.socket]:
    """By the folder's descriptor, because the kernel takes no path of more than 107 bytes."""
    folder = os.open(at.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(within_s)
            connection.connect(f"/proc/self/fd/{folder}/{at.name}")
            yield connection
    finally:
        os.close(folder)


def _answer(received: bytes) -> HttpAnswer:
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise NotHttpError(first[:_QUOTED] or "closed without an answer")
    pairs = (line.partition(":") for line in lines)
    answer = HttpAnswer(int(status[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}, body)
    length = answer.headers.get("content-length", "")
    if answer.status != NOT_MODIFIED and length.isdecimal() and len(body) < int(length[:_DIGITS]):
        raise NotHttpError("closed in the middle of its answer")
    return answer
