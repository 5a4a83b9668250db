"""What no two desktops may share: found over all of them, in one pass."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set

from provisioner.model.desktops import Identity
from provisioner.model.ids import DesktopName
from provisioner.model.records import DesktopRecord
from provisioner.reasons import identities as reasons
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.roster import AND_MORE

Mark = tuple[str, str]
"""A kind of mark, and its value."""
MARKS = {
    "machine": reasons.MACHINE_ID,
    "host_key": reasons.HOST_KEY,
    "card": reasons.CARD,
    "hostname": reasons.HOSTNAME,
    "address": reasons.ADDRESS,
}
"""Each kind of mark in words, the surest proof of a template that is not generalised first."""
_NAMED = 3
"""Desktops named in a reason: all clones of one template share what it shares."""


def marks_of(identity: Identity) -> Iterator[Mark]:
    """What it shows of itself; nothing of what it does not say."""
    single = (("machine", identity.machine), ("hostname", identity.hostname))
    yield from ((kind, value) for kind, value in single if value)
    several = (("host_key", identity.host_keys), ("card", identity.cards), ("address", identity.addresses))
    yield from ((kind, value) for kind, values in several for value in values)


class Identities:
    """Which desktops show each mark."""

    def __init__(self, records: Iterable[DesktopRecord] = ()) -> None:
        self._holders: defaultdict[Mark, set[DesktopName]] = defaultdict(set)
        for record in records:
            self.add(record.reservation.name, record.identity)

    def add(self, name: DesktopName, identity: Identity) -> None:
        """It shows this, too."""
        for mark in marks_of(identity):
            self._holders[mark].add(name)

    def clash(self, name: DesktopName, identity: Identity) -> Reason:
        """What a desktop with this identity shares, and with which others; empty: nothing."""
        shared = self._shared(name, identity)
        for kind, what in MARKS.items():
            if others := sorted(shared.get(kind, ())):
                more = len(others) - _NAMED
                named = ", ".join(others[:_NAMED])
                return reasons.SHARED(what=what(), others=AND_MORE(names=named, count=more) if more > 0 else named)
        return NONE

    def _shared(self, name: DesktopName, identity: Identity) -> Mapping[str, Set[DesktopName]]:
        shared: defaultdict[str, set[DesktopName]] = defaultdict(set)
        for kind, value in marks_of(identity):
            shared[kind] |= self._holders.get((kind, value), set()) - {name}
        return shared


__all__ = ["MARKS", "Identities", "marks_of"]
