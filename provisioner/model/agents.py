"""The people: agents and the roster last read of them."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from provisioner.model.ids import AgentId, Instant


class Standing(enum.StrEnum):
    """What the directory says of an account. A locked one is no leaver's: wrong passwords lock it, and it opens again."""

    ACTIVE = "active"
    LOCKED = "locked"
    DISABLED = "disabled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """One person, as the directory's configured attributes say."""

    agent_id: AgentId
    login: str
    display_name: str
    mail: str = ""
    department: str = ""
    site: str = ""
    groups: frozenset[str] = frozenset()
    """Names (cn) of the groups the person is a member of."""
    standing: Standing = Standing.ACTIVE
    unit: str = ""
    """DN of the entry's parent, as the server wrote it: where in the tree the person is."""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Further configured directory attributes by lower-case name, for entitlements and selections."""

    @property
    def enabled(self) -> bool:
        """Whether the person may have a desktop as far as the account goes."""
        return self.standing in (Standing.ACTIVE, Standing.LOCKED)


def is_below(dn: str, top: str) -> bool:
    """Whether an entry is `top` or anywhere below it; case and blanks do not tell two DNs apart."""
    tops = _parts(top)
    return bool(tops) and _parts(dn)[-len(tops) :] == tops


def parent_of(dn: str) -> str:
    """The DN one level up; empty at the root."""
    first = _FIRST_PART.match(dn)
    return dn[first.end() :].strip() if first else ""


def dn_key(dn: str) -> str:
    """The same text for the same entry, however its DN is written: case, blanks and ways of escaping do not count."""
    plain = _ESCAPES.sub(_plain, dn) if "\\" in dn else dn
    return _BLANKS.sub(r"\1", plain).casefold()


@lru_cache(maxsize=4096)
def _parts(dn: str) -> tuple[str, ...]:
    """From the entry to the root."""
    return tuple(part for part in _COMMA.split(dn_key(dn)) if part)


def _plain(escape: re.Match[str]) -> str:
    r"""What an escape stands for; a separator stays escaped, and a backslash becomes \5c, so that none precedes a comma."""
    text = bytes.fromhex(escape[1].replace("\\", "")).decode(errors="replace") if escape[1] else escape[2]
    return "".join(_KEPT.get(letter, letter) for letter in text)


_ESCAPES = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)
"""RFC 4514, 2.4: OpenLDAP writes a comma as `\\2C`, Active Directory as `\\,`."""
_KEPT = {",": "\\,", "+": "\\+", " ": "\\ ", "\\": "\\5c"}
_FIRST_PART = re.compile(r"(?:\\.|[^\\,])*,", re.DOTALL)
_COMMA = re.compile(r"(?<!\\),")
_BLANKS = re.compile(r"^\s+|(?<!\\)\s+$|\s*((?<!\\)[,=])\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A directory entry that is no usable agent, and why."""

    entry: str
    """The entry's DN."""
    reason: str
    agent_id: AgentId | None = None
    """Whose entry it is, where that can be read: who is there but unusable has not left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """How far a server's changes were read. It means something to that server alone."""

    server: str
    """The server's own lasting name, which also changes when it is restored from a backup."""
    value: str
    """A number or a cookie, as the server gave it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """All agents of one complete reading of the directory."""

    read_at: Instant
    agents: Mapping[AgentId, Agent]
    rejected: tuple[Rejected, ...] = ()
    source: str = ""
    """The server that was read."""
    mark: Mark | None = None
    """Up to where it was read; None: nothing can be read on from here."""
    full_at: Instant = 0.0
    """When every entry was last read; `read_at` of a full reading, earlier after readings of changes alone."""
