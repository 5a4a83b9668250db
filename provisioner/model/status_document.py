"""The status document of a desktop: its report on itself, read through its guest agent or over SSH.

One JSON object of version 1, written by `config/guest/bascule_guest`:

    {"version": 1, "booted_at": 1751349600.0, "first_boot": "running|done|failed", "logon_port": "open|closed",
     "ready_at": 1751349660.0 or null,
     "sessions": [{"user": "jdupont", "state": "connected|disconnected", "since": 1751349690.0}],
     "written_at": 1751349700.0, "period_s": 10, "connections": 1, "boot_id": "0a9c1ecf-5d8f-4b1c-9a27-3f5a0f0f8a01",
     "sequence": 100000000, "event_number": 2,
     "events": [{"number": 1, "event": "logon|logoff|connect|disconnect", "user": "jdupont", "at_s": 90.0}],
     "image": "2026.11", "machine": "<32 digits>", "host_keys": ["SHA256:..."], "hostname": "vd-20003",
     "cards": ["02:00:00:00:4e:23"], "addresses": ["192.0.2.23"], "first_boot_data": "none|waiting|done|failed",
     "first_boot_error": "", "push_secret": "<64 digits>"}

Times are seconds since the epoch by the desktop's clock; `at_s` is seconds since the boot, and `sequence` microseconds. A
document in any other form is not evidence. `version` to `sessions` are needed, the rest may be missing, as in an image of your
own. `period_s` is the time from one writing to the next, `connections` the number of established connections to the log-on
port, `boot_id` the kernel's id of this boot. Without `written_at` no desktop is stopped on it. `push_secret` is only in the
document that Bascule fetches.
"""

import json
import re
from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Any, NoReturn, TypeVar

from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import (
    PERIOD_S,
    EventKind,
    FirstBoot,
    FirstBootData,
    GuestReport,
    Identity,
    Session,
    SessionEvent,
    SessionState,
)
from provisioner.model.machines.guest_bounds import (
    LONGEST_S,
    MAX_AGE_S,
    MAX_CARDS,
    MAX_CONNECTIONS,
    MAX_EVENTS,
    MAX_HOST_KEYS,
    MAX_LOGIN_CHARACTERS,
    MAX_SAID,
    MAX_SESSIONS,
    MAX_STATUS_BYTES,
    PERIODS_S,
)
from provisioner.model.words import GuestWord

VERSION = 1
SECRET_DIGITS = 64
MACHINE_DIGITS = 32

Word = TypeVar("Word", bound=StrEnum)
BootSecret = tuple[str, str, int]
"""Boot id, push secret, sequence number."""


class NoDocument(ValueError):
    """The text is not a valid status document; `cause` says why, as a word.

    `boot`: boot id, push secret and sequence number, if only its time is wrong. The secret holds for the whole boot.
    `age_s`: by how much it is too old, in seconds; negative: dated in the future; None: its time is not what is wrong.
    """

    def __init__(self, text: str, *, cause: GuestWord, boot: BootSecret | None = None, age_s: float | None = None) -> None:
        super().__init__(text)
        self.cause, self.boot, self.age_s = cause, boot, age_s


def cause_of(error: ValueError) -> GuestWord:
    """The cause of an error from `parse_status`."""
    return error.cause if isinstance(error, NoDocument) else GuestWord.UNREADABLE


def boot_in(error: ValueError) -> BootSecret | None:
    """What an error from `parse_status` leaves of the document."""
    return error.boot if isinstance(error, NoDocument) else None


def age_in(error: ValueError) -> float | None:
    """How old a document is whose time is what is wrong with it, seconds."""
    return error.age_s if isinstance(error, NoDocument) else None


def parse_status(
    text: str, *, read_at: Instant, source: str, max_sessions: int = MAX_SESSIONS, signed: bool = False
) -> GuestReport:  # fmt: skip
    """The report in a status document; `source` is recorded with each session (`guest_agent`, `ssh`, `push`).

    `max_sessions` is the profile's limit. `signed`: its sequence number proves that it is new, whatever its clock says.
    Raises ValueError with one sentence about the first problem; nothing is guessed or
    left out.
    """
    document = _object(_json(text), "the document")
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise NoDocument(f"version is {_shown(version)}, not {VERSION}", cause=GuestWord.VERSION)
    _check_keys(document, "the document", required=_KEYS, optional=_OPTIONAL)
    until = _LATEST if signed else read_at + MAX_AGE_S  # of what is signed the times are moved before they are believed
    written_at = _instant(document["written_at"], "written_at") if "written_at" in document else None
    if written_at is not None and not signed:
        _check_age(read_at - written_at, document)
    return GuestReport(
        read_at=read_at,
        first_boot=_word(FirstBoot, document["first_boot"], "first_boot"),
        logon_port_open=_word(_LogonPort, document["logon_port"], "logon_port") is _LogonPort.OPEN,
        booted_at=_instant(document["booted_at"], "booted_at"),
        ready_at=None if document["ready_at"] is None else _instant(document["ready_at"], "ready_at"),
        sessions=_sessions(document["sessions"], source, max_sessions, until=until),
        written_at=written_at,
        period_s=_number(document.get("period_s", PERIOD_S), "period_s", *PERIODS_S),
        boot_id=_boot_id(document.get("boot_id", "")),
        connections=_connections(document),
        sequence=int(_number(document.get("sequence", 0), "sequence", 0, LONGEST_S * 1e6)),
        event_number=int(_number(document.get("event_number", 0), "event_number", 0, LONGEST_S)),
        events=_events(document.get("events", [])),
        identity=_identity(document),
        first_boot_data=_word(FirstBootData, document.get("first_boot_data", "none"), "first_boot_data"),
        first_boot_error=_said(document.get("first_boot_error", "")),
        push_secret=_hexadecimal(document.get("push_secret", ""), "push_secret", SECRET_DIGITS),
    )


class _LogonPort(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


_LATEST = 253_402_300_799
"""The last second of the year 9999: the limit of common clocks and databases."""
_KEYS = frozenset({"version", "booted_at", "first_boot", "logon_port", "ready_at", "sessions"})
_OPTIONAL = frozenset(
    {"written_at", "period_s", "connections", "boot_id", "sequence", "event_number", "events", "image", "machine", "host_keys",
     "hostname", "cards", "addresses", "first_boot_data", "first_boot_error", "push_secret"}
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")
"""Characters that begin a formula in a spreadsheet; no account name begins with one."""
_BOOT_ID = re.compile(r"[0-9a-fA-F-]{0,64}")
_SESSION_KEYS = frozenset({"user", "state", "since"})
_EVENT_KEYS = frozenset({"number", "event", "user", "at_s"})
_DIGITS = re.compile(r"[0-9a-f]*")
_IMAGE = re.compile(r"[\w.+~-]{0,64}", re.ASCII)
_FINGERPRINT = re.compile(r"SHA256:[0-9A-Za-z+/]{43}")
_HOSTNAME = re.compile(r"[\w.-]{0,64}", re.ASCII)
_CARD = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_IP = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f:]{2,39}")


def _json(text: str) -> object:
    if len(text) > MAX_STATUS_BYTES or len(text.encode(errors="replace")) > MAX_STATUS_BYTES:
        raise ValueError(f"the document is larger than {MAX_STATUS_BYTES} bytes")
    if not text.strip():
        raise ValueError("the document is empty")
    try:
        return json.loads(text, parse_int=_integer, parse_constant=_refuse_constant, object_pairs_hook=_unique)
    except json.JSONDecodeError as exc:
        raise ValueError(f"the document is not JSON: {exc}") from exc
    except RecursionError as exc:
        raise ValueError("the document is nested too deeply") from exc


def _integer(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError(f"a number has {len(digits)} digits")
    return int(digits)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key appears twice")
    return members


def _sessions(value: object, source: str, most: int, *, until: Instant) -> tuple[Session, ...]:
    if not isinstance(value, list):
        raise ValueError(f"sessions is {_shown(value)}, not a list")
    if len(value) > most:
        raise NoDocument(f"{len(value)} sessions are more than {most} (max_sessions of its profile)", cause=GuestWord.CROWDED)
    return tuple(
        _session(_object(entry, f"sessions[{index}]"), f"sessions[{index}]", source, until=until)
        for index, entry in enumerate(value)
    )


def _session(members: dict[str, Any], where: str, source: str, *, until: Instant) -> Session:
    _check_keys(members, where, required=_SESSION_KEYS)
    return Session(
        login=_login(members["user"], f"{where}.user"),
        state=_word(SessionState, members["state"], f"{where}.state"),
        since=min(_instant(members["since"], f"{where}.since"), until),
        source=source,
    )


def _events(value: object) -> tuple[SessionEvent, ...]:
    if not isinstance(value, list) or len(value) > MAX_EVENTS:
        raise ValueError(f"events is {_shown(value)}, not a list of at most {MAX_EVENTS}")
    events = tuple(_event(_object(entry, f"events[{index}]"), f"events[{index}]") for index, entry in enumerate(value))
    if any(later.number != event.number + 1 for event, later in pairwise(events)):
        raise ValueError("events are not numbered without a gap")
    return events


def _event(members: dict[str, Any], where: str) -> SessionEvent:
    _check_keys(members, where, required=_EVENT_KEYS)
    return SessionEvent(
        number=int(_number(members["number"], f"{where}.number", 1, LONGEST_S)),
        kind=_word(EventKind, members["event"], f"{where}.event"),
        login=_login(members["user"], f"{where}.user"),
        at_s=_number(members["at_s"], f"{where}.at_s", 0, LONGEST_S),
    )


def _connections(document: dict[str, Any]) -> int | None:
    if "connections" not in document:
        return None
    return int(_number(document["connections"], "connections", 0, MAX_CONNECTIONS))


def _identity(document: dict[str, Any]) -> Identity:
    image = document.get("image", "")
    if not isinstance(image, str) or not _IMAGE.fullmatch(image):
        raise ValueError(f"image is {_shown(image)}, not a version of at most 64 letters")
    hostname = document.get("hostname", "")
    if not isinstance(hostname, str) or not _HOSTNAME.fullmatch(hostname):
        raise ValueError(f"hostname is {_shown(hostname)}, not a host name")
    return Identity(
        image=image,
        machine=_hexadecimal(document.get("machine", ""), "machine", MACHINE_DIGITS),
        host_keys=_all_like(_FINGERPRINT, document, "host_keys", most=MAX_HOST_KEYS),
        hostname=hostname.lower(),
        cards=_all_like(_CARD, document, "cards", most=MAX_CARDS),
        addresses=_all_like(_IP, document, "addresses", most=MAX_CARDS),
    )


def _said(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_SAID or not (value.isascii() and (not value or value.isprintable())):
        raise ValueError(f"first_boot_error is {_shown(value)}, not a line of at most {MAX_SAID} ASCII characters")
    return value


def _all_like(pattern: re.Pattern[str], document: dict[str, Any], key: str, *, most: int) -> tuple[str, ...]:
    values = document.get(key, [])
    is_list = isinstance(values, list) and len(values) <= most
    if not is_list or not all(isinstance(value, str) and pattern.fullmatch(value) for value in values):
        raise ValueError(f"{key} is {_shown(values)}, not a list of at most {most} of their kind")
    return tuple(values)


def _hexadecimal(value: object, where: str, digits: int) -> str:
    """Never shown in the message: it may be a secret."""
    if not isinstance(value, str) or len(value) not in (0, digits) or not _DIGITS.fullmatch(value):
        raise ValueError(f"{where} is not {digits} hexadecimal digits")
    return value


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


def _check_age(age: float, document: dict[str, Any]) -> None:
    """A document of a wrong time still tells what its pushes are signed with: each of those proves its own time."""
    if abs(age) <= MAX_AGE_S:
        return
    text = f"written {age:.0f} s ago, more than {MAX_AGE_S:.0f} s: nothing keeps it current"
    if age < 0:
        text = f"written {-age:.0f} s in the future: the desktop's clock is wrong"
    raise NoDocument(text, cause=GuestWord.OUTDATED, boot=_boot_secret(document), age_s=age)


def _boot_secret(document: dict[str, Any]) -> BootSecret | None:
    secret = _hexadecimal(document.get("push_secret", ""), "push_secret", SECRET_DIGITS)
    sequence = int(_number(document.get("sequence", 0), "sequence", 0, LONGEST_S * 1e6))
    return (_boot_id(document.get("boot_id", "")), secret, sequence) if secret else None


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
