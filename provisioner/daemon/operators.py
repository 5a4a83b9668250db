"""Who orders something, by what the system knows of it. What people say of themselves is added, and replaces nothing."""

import os
import pwd
import re
from collections.abc import Mapping
from pathlib import Path

_LOGIN_UID = Path("/proc/self/loginuid")
"""Who logged on: set by PAM once, and kept by the kernel over sudo and su (proc_pid_loginuid(5))."""
_UID = re.compile(r"[0-9]{1,10}")
_UNSET = 2**32 - 1
"""The process comes from no log-on."""


def operator(words: str = "", *, environment: Mapping[str, str] = os.environ) -> str:
    """`claire`, `claire as bascule`, `claire as bascule (the night shift)`: who logged on, as which account, and the words.

    Without a log-on it is sudo's word for who called it. That is a variable, and anybody may set it: the account that the
    process really runs as is named too.
    """
    return describe_operator(os.getuid(), (_logged_on(), _by_sudo(environment)), words)


def describe_operator(uid: int, before: tuple[int | None, ...], words: str = "") -> str:
    """`before`: who it was before becoming `uid`, the best witness first; None: that one knows nothing."""
    person = next((account_id for account_id in before if account_id is not None and account_id != uid), uid)
    who = account(uid) if person == uid else f"{account(person)} as {account(uid)}"
    return f"{who} ({words.strip()})" if words.strip() else who


def account(uid: int) -> str:
    """Its name; one that nobody knows by its number."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _logged_on() -> int | None:
    try:
        uid = int(_LOGIN_UID.read_text())
    except (OSError, ValueError):  # a kernel without audit
        return None
    return None if uid == _UNSET else uid


def _by_sudo(environment: Mapping[str, str]) -> int | None:
    said = environment.get("SUDO_UID", "")
    return int(said) if _UID.fullmatch(said) and int(said) < _UNSET else None
