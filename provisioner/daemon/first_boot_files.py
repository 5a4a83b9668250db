"""What a desktop gets at its first boot, with the site's own files: the hook, and the hash of its agent's one-time password;
and what it gets later, if its agent has another login."""

import re
from collections.abc import Callable
from pathlib import Path

from provisioner.model.machines.desktops import is_same_person
from provisioner.model.machines.first_boot import (
    MOST_HOOK_BYTES,
    AccountKind,
    DomainJoin,
    FirstBootGrant,
    access_data,
    first_boot_data,
)
from provisioner.named_files import read_text_named

_HASH = re.compile(r"\$[0-9a-z]+\$[!-9;-~]{8,255}")
"""crypt(5); a plain password is none."""


def data_of(grant: FirstBootGrant, join: Callable[[FirstBootGrant], DomainJoin | None]) -> dict[str, str]:
    """What this desktop gets, with the files as they are now. `join`: makes its account in the domain, last of all.

    Raises OSError, ValueError and DirectoryError."""
    hook = "" if grant.rules.hook is None else hook_in(grant.rules.hook)
    return first_boot_data(grant, hook=hook, password_hash=_hash_for(grant), join=join(grant))


def access_of(grant: FirstBootGrant, allowed: str) -> dict[str, str]:
    """Who may log on there, if it is not `allowed`, whom the desktop lets in; empty: it is, or the desktop is nobody's.

    Raises OSError."""
    if grant.is_shut:
        return {"allow": "nobody"} if allowed else {}
    return {} if grant.login in ("", allowed) else access_data(grant, password_hash=_hash_for(grant))


def hook_in(path: Path) -> str:
    """Raises OSError and ValueError."""
    return read_text_named(path, most=MOST_HOOK_BYTES)


def _hash_for(grant: FirstBootGrant) -> str:
    hashes = grant.rules.password_hashes if grant.rules.account is AccountKind.ONE_TIME and grant.login else None
    return "" if hashes is None else hash_of(hashes, grant.login)


def hash_of(path: Path, login: str) -> str:
    """The hash of a login's one-time password; empty: there is none. Raises OSError."""
    rows = (line.strip().rpartition(":") for line in read_text_named(path).splitlines() if line[:1] != "#")
    return next((text for name, _, text in rows if is_same_person(name, login) and _HASH.fullmatch(text)), "")
