"""A zone on its primary server.

Updates as messages, each change with the prerequisite that its name is still as it was read.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import dns.exception
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.update
import dns.xfr
import dns.zone

from provisioner.capabilities.zones.model import Held, RecordKind, ZoneChange, ZoneContent
from provisioner.capabilities.zones.reasons import (
    ZONE_ANSWERS_BADLY,
    ZONE_KEY_WRONG,
    ZONE_MISSING,
    ZONE_REFUSES,
    ZONE_REFUSES_UPDATES,
    ZONE_SILENT,
)
from provisioner.capabilities.zones.settings import DnsKey, DnsSettings
from provisioner.errors import PublishingError
from provisioner.reasons.reason import ReasonKind

_OURS = (*(kind.value for kind in RecordKind), "TXT")
"""What is deleted under a name; whatever else stands there stays."""


_TOGETHER = 50
"""Changes in one message: a message has at most 64 KiB, and a change with its prerequisite some 400 bytes."""
_SIGNATURES = frozenset({"RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "TYPE65534"})
"""What a server adds by itself when it signs a zone."""
_OTHERWISE = (dns.rcode.YXDOMAIN, dns.rcode.NXRRSET, dns.rcode.YXRRSET, dns.rcode.NXDOMAIN)
"""A prerequisite did not hold: a name is not as it was read."""


class _Answered(Exception):
    """A server's answer to an update, if it is not a success."""

    def __init__(self, rcode: dns.rcode.Rcode) -> None:
        super().__init__(rcode)
        self.rcode = rcode


class DnsZone:
    """The port `ZoneServer` (`provisioner.ports`)."""

    def __init__(self, zone: str, settings: DnsSettings) -> None:
        self.zone = zone
        self._settings, self._key = settings, key_of(settings.key)

    def read(self) -> ZoneContent:
        """The zone's records, by zone transfer."""
        held = dns.zone.Zone(self.zone, relativize=False)
        query = dns.message.make_query(self.zone, "AXFR")
        query.use_tsig(self._key)
        with self._errors(ZONE_REFUSES):
            at, port, within_s = self._settings.server, self._settings.port, self._settings.timeout_s
            dns.query.inbound_xfr(at, held, query, port=port, timeout=within_s, lifetime=4 * within_s)
        return {str(name).lower().rstrip("."): _held(node) for name, node in held.nodes.items()}

    def apply(self, changes: Sequence[ZoneChange]) -> Sequence[ZoneChange]:
        """Many together; if one of them does not hold, each alone."""
        undone: list[ZoneChange] = []
        for first in range(0, len(changes), _TOGETHER):
            together = changes[first : first + _TOGETHER]
            if not self._update(together):
                undone += [change for change in together if len(together) == 1 or not self._update((change,))]
        return undone

    def probe(self) -> None:
        """An update that changes nothing, to see whether updates are let in."""
        self._update(())

    def _update(self, changes: Sequence[ZoneChange]) -> bool:
        """Whether every change was made; then all or none."""
        message = update_message(self.zone, changes, key=self._settings.key, ttl_s=self._settings.zones.ttl_s)
        with self._errors(ZONE_REFUSES_UPDATES):
            at, port, within_s = self._settings.server, self._settings.port, self._settings.timeout_s
            code = dns.query.tcp(message, at, port=port, timeout=within_s).rcode()
            if code in _OTHERWISE:
                return False
            if code != dns.rcode.NOERROR:
                raise _Answered(code)
        return True

    @contextmanager
    def _errors(self, refused: ReasonKind) -> Iterator[None]:
        """Name each failure after what an administrator has to do."""
        facts = {"server": self._settings.server, "zone": self.zone, "key": self._settings.key.name.rstrip(".")}
        try:
            yield
        except (dns.tsig.PeerError, dns.tsig.BadSignature, dns.tsig.BadTime, dns.message.UnknownTSIGKey) as error:
            raise PublishingError(ZONE_KEY_WRONG(**facts, said=type(error).__name__)) from error
        except (dns.xfr.TransferError, _Answered) as error:
            kinds = {dns.rcode.REFUSED: refused, dns.rcode.NOTAUTH: ZONE_MISSING, dns.rcode.NOTZONE: ZONE_MISSING}
            kind, said = kinds.get(error.rcode, ZONE_ANSWERS_BADLY), dns.rcode.to_text(error.rcode)
            raise PublishingError(kind(**facts, said=said)) from error
        except (dns.exception.DNSException, OSError, EOFError) as error:
            said = (error.strerror or "") if isinstance(error, OSError) else str(error) or type(error).__name__
            raise PublishingError(ZONE_SILENT(server=self._settings.server, said=said)) from error


def _held(node: dns.node.Node) -> Held:
    values, texts = set(), set()
    for rdataset in node:
        kind = dns.rdatatype.to_text(rdataset.rdtype)
        if kind == "TXT":
            texts |= {b"".join(record.strings).decode("utf-8", errors="replace") for record in rdataset}
        elif kind not in _SIGNATURES:
            values |= {(kind, record.to_text().lower().rstrip(".")) for record in rdataset}
    return Held(values=frozenset(values), texts=frozenset(texts))


def zones_of(settings: DnsSettings) -> tuple[DnsZone, ...]:
    """Every configured zone, on its server."""
    return tuple(DnsZone(zone, settings) for zone in (settings.zones.forward, *settings.zones.reverse))


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
