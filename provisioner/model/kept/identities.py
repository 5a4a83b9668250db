"""What no two desktops may share: found over all of them, in one pass."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import replace

from provisioner.model.ids import DesktopName
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import Identity, Reservation
from provisioner.model.vm_marks import vmid_in
from provisioner.reasons import phases as reasons
from provisioner.reasons.directory import AND_MORE
from provisioner.reasons.reason import NONE, Reason, ReasonKind

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
    """Which desktops show each mark, and which were given it: a word about a mark of another one convicts nobody else."""

    def __init__(self, records: Iterable[DesktopRecord] = ()) -> None:
        self._holders, self._given = _Names(), _Names()
        self._addresses: defaultdict[DesktopName, set[Mark]] = defaultdict(set)
        for record in records:
            self.reserve(record.reservation)
            self.add(record.reservation.name, record.identity)

    def reserve(self, reservation: Reservation) -> None:
        """What Bascule gives to it. A name or VMID may be there once in each cluster."""
        for mark in given_to(reservation):
            self._given.add(mark, reservation.name)

    def add(self, name: DesktopName, identity: Identity) -> None:
        """It shows this, too."""
        for mark in marks_of(identity):
            self._holders.add(_as_given(mark), name)
            if mark[0] == "address":
                self._addresses[name].add(mark)

    def clash(self, name: DesktopName, identity: Identity) -> Reason:
        """What a desktop with this identity shares, and with which others; empty: nothing. For each mark:

        1. it is its own, by its reservation: whoever says it, too, is convicted alone;
        2. another one's, by its reservation: it is convicted alone;
        3. nobody's: it is shared with whoever shows it; an address, with whoever shares no more of them: a desktop that says
           that it has the addresses of many is told alone.
        """
        if not identity:
            return NONE
        return self._worded(self._claimed(name, identity), reasons.CLAIMED) or self._worded(
            self._shared(name, identity), reasons.SHARED
        )

    def keeps_back(self, name: DesktopName, identity: Identity) -> Reason:
        """The same, as far as nobody gets it for that: not for an address that Bascule has given to nobody.

        Which one comes next can be guessed: whoever says that they have it would keep others back.
        """
        return self.clash(name, replace(identity, addresses=tuple(filter(self._is_given, identity.addresses))))

    def _is_given(self, address: str) -> bool:
        return ("address", address) in self._given

    def _claimed(self, name: DesktopName, identity: Identity) -> Mapping[str, Set[DesktopName]]:
        claimed: defaultdict[str, set[DesktopName]] = defaultdict(set)
        for mark in map(_as_given, marks_of(identity)):
            given = self._given.of(mark)
            if name not in given:
                claimed[mark[0]] |= given
        return claimed

    def _shared(self, name: DesktopName, identity: Identity) -> Mapping[str, Set[DesktopName]]:
        shared: defaultdict[str, set[DesktopName]] = defaultdict(set)
        for mark in map(_as_given, marks_of(identity)):
            if mark not in self._given:
                shared[mark[0]] |= self._holders.of(mark) - {name}
        if shared["address"]:
            mine = self._sharing(name, {mark for mark in marks_of(identity) if mark[0] == "address"})
            shared["address"] = {other for other in shared["address"] if self._sharing(other, self._addresses[other]) <= mine}
        return shared

    def _sharing(self, name: DesktopName, addresses: Set[Mark]) -> int:
        """How many of these, of this desktop, others show too, and nobody was given."""
        return sum(mark not in self._given and bool(self._holders.of(mark) - {name}) for mark in addresses)

    def _worded(self, found: Mapping[str, Set[DesktopName]], says: ReasonKind) -> Reason:
        if not any(found.values()):  # of thousands of desktops
            return NONE
        for kind, what in MARKS.items():
            if others := sorted(found.get(kind, ())):
                more = len(others) - _NAMED
                named = ", ".join(others[:_NAMED])
                return says(what=what(), others=AND_MORE(names=named, count=more) if more > 0 else named)
        return NONE


class _Names:
    """Desktops by mark. Nearly every mark is of one alone, and a set takes five times as much as a name."""

    def __init__(self) -> None:
        self._of: dict[Mark, DesktopName | set[DesktopName]] = {}

    def add(self, mark: Mark, name: DesktopName) -> None:
        there = self._of.setdefault(mark, name)
        if isinstance(there, set):
            there.add(name)
        elif there != name:
            self._of[mark] = {there, name}

    def of(self, mark: Mark) -> Set[DesktopName]:
        there = self._of.get(mark, set())
        return there if isinstance(there, set) else {there}

    def __contains__(self, mark: object) -> bool:
        return mark in self._of


def given_to(reservation: Reservation) -> Iterator[Mark]:
    """The marks that Bascule gives to a desktop: its name, its address, and the number in its network card's address."""
    name = reservation.name
    yield "hostname", name if name.islower() else name.lower()  # a copy of each of 100,000 names takes 5 MiB
    yield "card", str(reservation.vmid)
    if reservation.address:
        yield "address", reservation.address


def _as_given(mark: Mark) -> Mark:
    """A card's address of our making as the VMID in it; a host name without its domain, which can be guessed."""
    kind, value = mark
    if kind == "hostname":
        return kind, value.partition(".")[0]
    number = vmid_in(value) if kind == "card" else None
    return mark if number is None else (kind, str(number))


__all__ = ["MARKS", "Identities", "given_to", "marks_of"]
