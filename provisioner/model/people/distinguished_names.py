"""Distinguished names as text: comparison, parent, first part, groups' names. Pure."""

import re
import unicodedata
from functools import lru_cache


def is_below(dn: str, top: str) -> bool:
    """Whether an entry is `top` or anywhere below it; case and blanks do not matter."""
    tops = _parts(top)
    return bool(tops) and _parts(dn)[-len(tops) :] == tops


def parent_of(dn: str) -> str:
    """The DN one level up; empty at the root."""
    first = _FIRST_PART.match(dn)
    return dn[first.end() :].strip() if first else ""


def own_part_of(dn: str) -> str:
    """The first part, as written: the entry's name within its parent."""
    first = _FIRST_PART.match(dn)
    return (first[0][:-1] if first else dn).strip()


def dn_key(dn: str) -> str:
    """A normal form: the same text for every spelling of a DN (case, blanks, escapes)."""
    plain = _ESCAPES.sub(_plain, dn) if "\\" in dn else dn
    return _BLANKS.sub(r"\1", plain).casefold()


def group_name(value: str) -> str:
    """A group's name from its DN: the value of the first part, unescaped. A plain name stays as it is."""
    match = _FIRST_RDN.match(value)
    if match is None:
        return value
    raw = _ESCAPED.sub(lambda part: bytes.fromhex(part[1].decode()) if part[1] else part[2], match["value"].encode())
    return unicodedata.normalize("NFC", raw.decode(errors="replace").strip())


def is_dn(value: str) -> bool:
    """Whether a text is a DN of two parts or more, not a plain name."""
    return _TWO_PARTS.match(value) is not None


def group_key(value: str) -> str:
    """A group as `groups:` names it: its name (cn), or the normal form of its DN."""
    return dn_key(value) if is_dn(value) else value


@lru_cache(maxsize=4096)
def _parts(dn: str) -> tuple[str, ...]:
    """The parts, from the entry to the root."""
    return tuple(part for part in _COMMA.split(dn_key(dn)) if part)


def _plain(escape: re.Match[str]) -> str:
    r"""The character of an escape. Separators stay escaped; a backslash becomes \5c, so that it cannot escape a comma."""
    text = bytes.fromhex(escape[1].replace("\\", "")).decode(errors="replace") if escape[1] else escape[2]
    return "".join(_KEPT.get(letter, letter) for letter in text)


_ESCAPES = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)
"""RFC 4514, 2.4: OpenLDAP writes a comma as `\\2C`, Active Directory as `\\,`."""
_KEPT = {",": "\\,", "+": "\\+", " ": "\\ ", "\\": "\\5c"}
_FIRST_PART = re.compile(r"(?:\\.|[^\\,])*,", re.DOTALL)
_TWO_PARTS = re.compile(r"\s*[A-Za-z][\w.-]*\s*=(?:\\.|[^,\\])+,\s*[A-Za-z][\w.-]*\s*=", re.DOTALL)
_COMMA = re.compile(r"(?<!\\),")
_BLANKS = re.compile(r"^\s+|(?<!\\)\s+$|\s*((?<!\\)[,=])\s*")
_FIRST_RDN = re.compile(r"\s*[A-Za-z][\w.-]*\s*=\s*(?P<value>(?:\\.|[^,+\\])*)", re.DOTALL)
_ESCAPED = re.compile(rb"\\(?:([0-9A-Fa-f]{2})|(.))", re.DOTALL)
