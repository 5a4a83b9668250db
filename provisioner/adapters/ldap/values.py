"""Values of an entry as text, checked. Pure. A value that cannot be used raises ValueError with the reason."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.reasons.directory import BINARY, CONTROL_CHARACTERS, CUT_SHORT, TOO_LONG, VALUES_MANY

MAX_CHARACTERS = 1_024
"""Of a value that is kept. Enough for the DN of a group deep in a tree; longer values are data in the wrong attribute."""
MAX_VALUES = 2_000
"""Of one attribute; Active Directory allows about 1,015 groups a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as the server sent it; attribute names in lower case."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]] = field(default_factory=dict, hash=False)


def texts(entry: Entry, name: str) -> tuple[str, ...]:
    """An attribute's values that are not blank; raises ValueError for a value that is no text, or too long."""
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
