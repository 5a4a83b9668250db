"""A person's permanent id: a UUID from the server, or any stable attribute. Pure."""

import re
import uuid

from provisioner.adapters.ldap.values import Entry
from provisioner.model.ids import MAX_AGENT_ID_CHARACTERS, AgentId
from provisioner.reasons.directory import ID_MISSING, ID_UNUSABLE, IDS_MANY, NO_UUID

MICROSOFT_IDS = frozenset({"objectguid", "guid", "ms-ds-consistencyguid"})
"""Binary UUIDs as Microsoft writes them: the first three groups little-endian."""
UUIDS = frozenset({"entryuuid", "nsuniqueid", "ipauniqueid"})
"""UUIDs in text: of OpenLDAP (RFC 4530), of 389 Directory, of FreeIPA."""


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


__all__ = ["MICROSOFT_IDS", "UUIDS", "agent_id_of", "id_text"]
