"""Values of an entry as text, checked; and a person's permanent id: a UUID from the server, or any stable attribute. Pure.

A value that cannot be used raises ValueError with the reason.
"""

import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.model.ids import MAX_AGENT_ID_CHARACTERS, AgentId
from provisioner.reasons.directory import (
    BINARY,
    CONTROL_CHARACTERS,
    CUT_SHORT,
    ID_MISSING,
    ID_UNUSABLE,
    IDS_MANY,
    NO_UUID,
    TOO_LONG,
    VALUES_MANY,
)

MAX_CHARACTERS = 1_024
"""Of a value that is kept. Enough for the DN of a group deep in a tree; longer values are data in the wrong attribute."""
MAX_VALUES = 2_000
"""Of one attribute; Active Directory allows about 1,015 groups a person."""
MICROSOFT_IDS = frozenset({"objectguid", "guid", "ms-ds-consistencyguid"})
"""Binary UUIDs as Microsoft writes them: the first three groups little-endian."""
UUIDS = frozenset({"entryuuid", "nsuniqueid", "ipauniqueid"})
"""UUIDs in text: of OpenLDAP (RFC 4530), of 389 Directory, of FreeIPA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as the server sent it; attribute names in lower case."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]] = field(default_factory=dict, hash=False)


def texts(entry: Entry, name: str) -> tuple[str, ...]:
    """An attribute's values that are not blank; raises ValueError for a value that is not text, or too long."""
    if not name:
        return ()
    values = entry.attributes.get(name.lower(), ())
    if not values and any(other.startswith(f"{name.lower()};range=") for other in entry.attributes):
        raise ValueError(CUT_SHORT(name=name))
    if len(values) > MAX_VALUES:
        raise ValueError(VALUES_MANY(name=name, count=len(values), most=MAX_VALUES))
    return tuple(found for value in values if (found := _text(value, name)))


def first(entry: Entry, name: str) -> str:
    """The first value, or an empty text."""
    return next(iter(texts(entry, name)), "")


def _text(value: bytes, name: str) -> str:
    try:
        text = unicodedata.normalize("NFC", value.decode().strip())
    except UnicodeDecodeError:
        raise ValueError(BINARY(name=name)) from None
    if not text.isprintable() and any(unicodedata.category(letter) == "Cc" for letter in text):
        raise ValueError(CONTROL_CHARACTERS(name=name))
    if len(text) > MAX_CHARACTERS:
        raise ValueError(TOO_LONG(name=name, count=len(text), most=MAX_CHARACTERS))
    return text


def agent_id_of(entry: Entry, name: str) -> AgentId:
    """The id that a person keeps through renames and moves; raises ValueError if the entry has none."""
    values = entry.attributes.get(name.lower(), ())
    if len(values) != 1:
        raise ValueError(IDS_MANY(count=len(values), name=name) if values else ID_MISSING(name=name))
    return AgentId(id_text(values[0], name))


def id_text(value: bytes, name: str) -> str:
    """An attribute's value as an id; raises ValueError if it cannot be an id.

    In lower case: directories ignore case in such values, so the same person always gets the same id.
    """
    if name.lower() in MICROSOFT_IDS:
        return _binary_uuid(value, name)
    text = value.decode("ascii", errors="replace").strip()
    if _UUID.fullmatch(text):
        return str(uuid.UUID(text))
    if name.lower() in UUIDS:
        raise ValueError(NO_UUID(name=name))
    if not _SAFE.fullmatch(text):
        raise ValueError(ID_UNUSABLE(name=name, most=MAX_AGENT_ID_CHARACTERS))
    return text.lower()


_UUID = re.compile(r"(?:[0-9A-Fa-f]-?){31}[0-9A-Fa-f]")
_SAFE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._@:+-]{{0,{MAX_AGENT_ID_CHARACTERS - 1}}}", re.ASCII)
"""No character that ends a field of a note, a path or a log line, or that a shell interprets."""


def _binary_uuid(value: bytes, name: str) -> str:
    try:
        return str(uuid.UUID(bytes_le=value))
    except ValueError:
        raise ValueError(NO_UUID(name=name)) from None
