"""The status document of a desktop: its report on itself, read through its guest agent or over SSH.

One JSON object of version 1, written by `config/guest/bascule-report`:

    {"version": 1, "booted_at": 1751349600.0, "first_boot": "running|done|failed", "logon_port": "open|closed",
     "ready_at": 1751349660.0 or null,
     "sessions": [{"user": "jdupont", "state": "connected|disconnected|idle", "since": 1751349690.0}],
     "written_at": 1751349700.0, "period_s": 10, "connections": 1, "boot_id": "0a9c1ecf-5d8f-4b1c-9a27-3f5a0f0f8a01"}

Times are seconds since the epoch by the desktop's clock. A document in any other form is no evidence at all. The last line may
be missing, as in earlier images. `period_s` is the time from one writing to the next, `connections` the number of established
connections to the log-on port, `boot_id` the kernel's id of this boot. Without `written_at` no desktop is stopped on it.
"""

import json
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from provisioner.model.desktops import PERIOD_S, FirstBoot, GuestReport, Session, SessionState
from provisioner.model.ids import Instant
from provisioner.model.words import GuestWord

VERSION = 1
MAX_STATUS_BYTES = 65_536
"""Of UTF-8; readers stop here. A session takes about 90 bytes, so no desktop needs as much."""
PERIODS_S = (1, 120)
"""The shortest and the longest period in a document: with a longer one a report would be too old as evidence."""
MAX_SESSIONS = 256
MAX_LOGIN_CHARACTERS = 256
"""Linux stops at 32, sAMAccountName at 20, a userPrincipalName at 256."""
MAX_AGE_S = 180.0
"""The most between `written_at` and the reading, in either direction: the unit writes every 10 s, and clocks of one site differ
by less than one second. In an older document the sessions are no longer true: its writer has stopped."""

Word = TypeVar("Word", bound=StrEnum)


class NoDocument(ValueError):
    """The text is no valid status document; `cause` says why, as a word."""

    def __init__(self, text: str, *, cause: GuestWord) -> None:
        super().__init__(text)
        self.cause = cause


def cause_of(error: ValueError) -> GuestWord:
    """The cause of an error from `parse_status`."""
    return error.cause if isinstance(error, NoDocument) else GuestWord.UNREADABLE


def parse_status(text: str, *, read_at: Instant, source: str, max_sessions: int = MAX_SESSIONS) -> GuestReport:
    """The report in a status document; `source` is recorded with each session (`guest_agent`, `ssh`).

    `max_sessions` is the profile's limit. Raises ValueError with one sentence about the first problem; nothing is guessed or
    left out.
    """
    document = _object(_json(text), "the document")
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise NoDocument(f"version is {_shown(version)}, not {VERSION}", cause=GuestWord.VERSION)
    _check_keys(document, "the document", required=_KEYS, optional=_OPTIONAL)
    written_at = _instant(document["written_at"], "written_at") if "written_at" in document else None
    if written_at is not None:
        _check_age(read_at - written_at)
    return GuestReport(
        read_at=read_at,
        first_boot=_word(FirstBoot, document["first_boot"], "first_boot"),
        logon_port_open=_word(_LogonPort, document["logon_port"], "logon_port") is _LogonPort.OPEN,
        booted_at=_instant(document["booted_at"], "booted_at"),
        ready_at=None if document["ready_at"] is None else _instant(document["ready_at"], "ready_at"),
        sessions=_sessions(document["sessions"], source, max_sessions),
        written_at=written_at,
        period_s=_number(document.get("period_s", PERIOD_S), "period_s", *PERIODS_S),
        boot_id=_boot_id(document.get("boot_id", "")),
        connections=int(_number(document["connections"], "connections", 0, _MANY)) if "connections" in document else None,
    )


class _LogonPort(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


_LATEST = 253_402_300_799
"""The last second of the year 9999: the limit of common clocks and databases."""
_KEYS = frozenset({"version", "booted_at", "first_boot", "logon_port", "ready_at", "sessions"})
_OPTIONAL = frozenset({"written_at", "period_s", "connections", "boot_id"})
_FORMULA = ("=", "+", "-", "@")
"""Characters that begin a formula in a spreadsheet; no account name begins with one."""
_BOOT_ID = re.compile(r"[0-9a-fA-F-]{0,64}")
_MANY = 65_536
"""The most connections: each has a port."""
_SESSION_KEYS = frozenset({"user", "state", "since"})


def _json(text: str) -> object:
    if len(text) > MAX_STATUS_BYTES or len(text.encode(errors="replace")) > MAX_STATUS_BYTES:
        raise ValueError(f"the document is larger than {MAX_STATUS_BYTES} bytes")
    if not text.strip():
        raise ValueError("the document is empty")
    try:
        return json.loads(text, parse_int=_integer, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as exc:
        raise ValueError(f"the document is no JSON: {exc}") from exc
    except RecursionError as exc:
        raise ValueError("the document is nested too deeply") from exc


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key appears twice")
    return members


def _sessions(value: object, source: str, most: int) -> tuple[Session, ...]:
    if not isinstance(value, list):
        raise ValueError(f"sessions is {_shown(value)}, not a list")
    if len(value) > most:
        raise NoDocument(f"{len(value)} sessions are more than {most} (max_sessions of its profile)", cause=GuestWord.CROWDED)
    return tuple(
        _session(_object(entry, f"sessions[{index}]"), f"sessions[{index}]", source) for index, entry in enumerate(value)
    )


def _session(members: dict[str, Any], where: str, source: str) -> Session:
    _check_keys(members, where, required=_SESSION_KEYS)
    return Session(
        login=_login(members["user"], f"{where}.user"),
        state=_word(SessionState, members["state"], f"{where}.state"),
        since=_instant(members["since"], f"{where}.since"),
        source=source,
    )


def _login(value: object, where: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_LOGIN_CHARACTERS or not value.isprintable():
        raise ValueError(f"{where} is {_shown(value)}, not a login of 1 to {MAX_LOGIN_CHARACTERS} printable characters")
    if value.startswith(_FORMULA):
        raise ValueError(f"{where} is {_shown(value)}: no login begins with one of {' '.join(_FORMULA)}")
    return value


def _word(words: type[Word], value: object, where: str) -> Word:
    for word in words:
        if word == value:
            return word
    raise ValueError(f"{where} is {_shown(value)}, not one of {', '.join(words)}")


def _instant(value: object, where: str) -> Instant:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LATEST:
        raise ValueError(f"{where} is {_shown(value)}, not seconds since the epoch")
    return float(value)


def _boot_id(value: object) -> str:
    if not isinstance(value, str) or not _BOOT_ID.fullmatch(value):
        raise ValueError(f"boot_id is {_shown(value)}, not as the kernel gives it")
    return value


def _number(value: object, where: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{where} is {_shown(value)}, not a number from {least} to {most}")
    return float(value)


def _check_age(age: float) -> None:
    if age > MAX_AGE_S:
        text = f"written {age:.0f} s ago, more than {MAX_AGE_S:.0f} s: nothing keeps it current"
        raise NoDocument(text, cause=GuestWord.OUTDATED)
    if age < -MAX_AGE_S:
        raise NoDocument(f"written {-age:.0f} s in the future: the desktop's clock is wrong", cause=GuestWord.OUTDATED)


def _check_keys(members: dict[str, Any], where: str, *, required: frozenset[str], optional: Iterable[str] = ()) -> None:
    if missing := required - members.keys():
        raise ValueError(f"{where} lacks {', '.join(sorted(missing))}")
    if unknown := members.keys() - required - frozenset(optional):
        raise ValueError(f"{where} has unknown keys: {', '.join(_shown(key) for key in sorted(unknown))}")


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is {_shown(value)}, not an object")
    return value


def _shown(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
