"""Asks the daemon, over its Unix socket. Imports nothing large: a command that asks must start at once."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, NoReturn
from urllib.parse import urlencode
from uuid import uuid4

import typer

from provisioner.cli.documents import Document, Resource
from provisioner.cli.output import CONFIG
from provisioner.cli.reason_lines import reason_in
from provisioner.cli.socket_http import CONFLICT, NOT_MODIFIED, OK, TOO_MANY_REQUESTS, NotHttpError, answer_of
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
