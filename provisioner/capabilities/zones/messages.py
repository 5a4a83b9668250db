"""Updates as messages, each change with the prerequisite that its name is still as it was read."""

from collections.abc import Iterable

import dns.name
import dns.rdatatype
import dns.update

from provisioner.capabilities.zones.model import RecordKind, ZoneChange
from provisioner.capabilities.zones.settings import DnsKey

_OURS = (*(kind.value for kind in RecordKind), "TXT")
"""What is deleted under a name; whatever else stands there stays."""


def update_message(zone: str, changes: Iterable[ZoneChange], *, key: DnsKey, ttl_s: float) -> dns.update.UpdateMessage:
    """One message, which the server carries out as a whole or not at all."""
    message = dns.update.UpdateMessage(zone, keyring={dns.name.from_text(key.name): key_of(key)})
    for change in changes:
        _add(message, change, int(ttl_s))
    return message


def key_of(key: DnsKey) -> dns.tsig.Key:
    """The key of every request."""
    return dns.tsig.Key(key.name, key.secret.reveal(), f"{key.algorithm}.")


def _add(message: dns.update.UpdateMessage, change: ZoneChange, ttl_s: int) -> None:
    name = dns.name.from_text(change.name)
    if change.owner_before:
        message.present(name, "TXT", quoted(change.owner_before))
        for kind in _OURS:
            message.delete(name, kind)
    else:
        message.absent(name)
    if change.record is not None:
        kind, value = change.record.kind, change.record.value
        message.add(name, ttl_s, kind.value, f"{value}." if kind is RecordKind.PTR else value)
        message.add(name, ttl_s, "TXT", quoted(change.owner))


def quoted(text: str) -> str:
    """As a TXT record is written."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
