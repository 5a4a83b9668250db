"""The operator who gives an order, from the system's own facts. The operator's own words are only added."""

import os
import pwd
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.model.people.plain_text import author

if TYPE_CHECKING:  # commands ask who orders, without the API's code
    from provisioner.api.peers import Peer

_UID = re.compile(r"[0-9]{1,10}")
_UNSET = 2**32 - 1
"""The process does not come from a log-on."""
_BEFORE = ("BASCULE_CALLER", "SUDO_UID")
"""Variables with the account, a number, that became this one: of the role's wrapper, then of sudo."""


def operator(words: str = "", *, environment: Mapping[str, str] = os.environ) -> str:
    """`claire`, `claire as bascule`, `claire as bascule (the night shift)`: log-on, account of the process, own words.

    Without a log-on the caller comes from a variable of the wrapper or of sudo. Everybody can set these, so the account of the
    process is named too.
    """
    return describe_operator(os.getuid(), (_logged_on(), _number_in(caller_before(environment))), words)


def describe_operator(uid: int, before: tuple[int | None, ...], words: str = "") -> str:
    """`before`: earlier accounts of the process, the most reliable source first; None: the source does not know."""
    person = next((account_id for account_id in before if account_id is not None and account_id != uid), uid)
    return author(account(uid) if person == uid else f"{account(person)} as {account(uid)}", words)


def peer_name(peer: "Peer", said: str = "") -> str:
    """Who is at the other end of the API's socket: `claire`, `claire as root`.

    `said`: the account, a number, for which the peer says that it asks. Only root and the daemon's own account are believed.
    """
    believed = _number_in(said) if peer.uid in (0, os.getuid()) else None
    return describe_operator(peer.uid, (_logged_on_as(peer), believed))


def caller_before(environment: Mapping[str, str] = os.environ) -> str:
    """The account, a number, that became this process's, as the wrapper or sudo say; empty: they do not."""
    return next((said for name in _BEFORE if _number_in(said := environment.get(name, "")) is not None), "")


def account(uid: int) -> str:
    """The name of an account; if there is none, its number."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _logged_on(process: Path = Path("/proc/self")) -> int | None:
    """The account that logged on: PAM sets it once, and the kernel keeps it through sudo and su (proc_pid_loginuid(5))."""
    try:
        uid = int((process / "loginuid").read_text())
    except (OSError, ValueError):  # a kernel without audit, or a process that may not be looked at
        return None
    return None if uid == _UNSET else uid


def _logged_on_as(peer: "Peer") -> int | None:
    """Only of a process of the peer's account: its number may belong to another process by now."""
    process = Path(f"/proc/{peer.pid}")
    try:
        return _logged_on(process) if process.stat().st_uid == peer.uid else None
    except OSError:
        return None


def _number_in(said: str) -> int | None:
    return int(said) if _UID.fullmatch(said) and int(said) < _UNSET else None
