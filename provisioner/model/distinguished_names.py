"""Distinguished names as text: which entry a DN names, where it lies, and what it is called. Pure."""

import re
import unicodedata
from functools import lru_cache


def is_below(dn: str, top: str) -> bool:
    """Whether an entry is `top` or anywhere below it; case and blanks do not tell two DNs apart."""
    tops = _parts(top)
    return bool(tops) and _parts(dn)[-len(tops) :] == tops


def parent_of(dn: str) -> str:
    """The DN one level up; empty at the root."""
    first = _FIRST_PART.match(dn)
    return dn[first.end() :].strip() if first else ""


def own_part_of(dn: str) -> str:
    """The first part, as it is written: what the entry is called within its parent."""
    first = _FIRST_PART.match(dn)
    return (first[0][:-1] if first else dn).strip()


def dn_key(dn: str) -> str:
    """The same text for the same entry, however its DN is written: case, blanks and ways of escaping do not count."""
    plain = _ESCAPES.sub(_plain, dn) if "\\" in dn else dn
    return _BLANKS.sub(r"\1", plain).casefold()


def group_name(value: str) -> str:
    """The name of a group from its DN, unescaped: the value of the first part; a plain name stays as it is."""
    found = _FIRST_RDN.match(value)
    if found is None:
        return value
    raw = _ESCAPED.sub(lambda part: bytes.fromhex(part[1].decode()) if part[1] else part[2], found["value"].encode())
    return unicodedata.normalize("NFC", raw.decode(errors="replace").strip())


def is_dn(value: str) -> bool:
    """Whether a text is a DN of two parts or more; a plain name is none, whatever signs it holds."""
    return _TWO_PARTS.match(value) is not None


def group_key(value: str) -> str:
    """A group as `groups:` names it: by its name (cn), or by its DN in the one form that all spellings of it have."""
    return dn_key(value) if is_dn(value) else value


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
_TWO_PARTS = re.compile(r"\s*[A-Za-z][\w.-]*\s*=(?:\\.|[^,\\])+,\s*[A-Za-z][\w.-]*\s*=", re.DOTALL)
_COMMA = re.compile(r"(?<!\\),")
_BLANKS = re.compile(r"^\s+|(?<!\\)\s+$|\s*((?<!\\)[,=])\s*")
_FIRST_RDN = re.compile(r"\s*[A-Za-z][\w.-]*\s*=\s*(?P<value>(?:\\.|[^,+\\])*)", re.DOTALL)
_ESCAPED = re.compile(rb"\\(?:([0-9A-Fa-f]{2})|(.))", re.DOTALL)
