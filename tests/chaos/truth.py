"""The twin's hidden truth, as the judges need it, and the violations found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from provisioner.model.ids import ClusterId, GuestKey, NodeName, Vmid
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import Reservation
from provisioner.model.machines.ownership import NoteKey, read_note
from provisioner.model.vm_marks import configured_tag
from provisioner.ports import Store
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin
from tests.chaos.world import CLUSTER, INSTALLATION

STALE_S = 25.0
"""So long a listing and what was decided from it may be behind: pvestatd's 10 s, our own 10 s, and the way."""
CONFIGURED = configured_tag(INSTALLATION)


@dataclass(slots=True, kw_only=True)
class Foreigners:
    """VMs of other people in our range, by VMID: since when, and how each was made."""

    made_at: dict[int, float] = field(default_factory=dict)
    instead_of_ours: set[int] = field(default_factory=set)
    """Made in place of a proven desktop of ours: until a listing shows the change, they cannot be distinguished."""
    looks: dict[int, tuple[object, ...]] = field(default_factory=dict)


class Truth:
    """Records violations; `wrong` stays empty in a good run."""

    def __init__(
        self,
        twin: Twin,
        keys: Sequence[NoteKey],
        *,
        store: Callable[[], Store],
        frozen_by_file: Callable[[], bool],
        grace_s: float = 0.0,
    ) -> None:
        """`grace_s`: so long what has been decided before may still be on its way; in virtual time nothing is."""
        self.twin, self.wrong, self.foreigners = twin, dict[str, None](), Foreigners()
        self._loaded: tuple[Store, float, Records] | None = None
        self._grace_s = grace_s
        self._keys, self._store, self._frozen_by_file = keys, store, frozen_by_file
        self.tampered = False
        """Whether it is judged as well by what holds where no clock is set and no answer is made slow."""
        self.calm_at = 0.0
        self.is_hidden: Callable[[int], bool] = lambda _: False
        """Whether listings lack that VM now."""
        self.outside: Callable[[TwinGuest], bool] = lambda _: False
        """Whether that VM is in our range, and not in the pool that desktops are cloned into."""
        self.is_forbidden: Callable[[int], bool] = lambda _: False
        """Whether the token may not start that VM."""
        self._unlisted_since: dict[int, float] = {}
        self.hidden_until = self.stalled_until = float("-inf")
        """Until then listings lack VMs, or are older than pvestatd's period."""
        self.left: dict[str, float] = {}
        """Who has left, and when."""
        self._notes: dict[tuple[int, str], Reservation | None] = {}
        for vmid in twin.cluster.guests:
            self.foreigners.made_at[vmid] = 0.0
            self.foreigners.looks[vmid] = self._looks(vmid)

    def condemn(self, invariant: str, text: str) -> None:
        """Say what was violated, and how."""
        self.wrong.setdefault(f"{invariant}: {text}")

    @property
    def stale_s(self) -> float:
        """How far an observation or decision may lag behind."""
        return STALE_S + self._grace_s

    @property
    def records(self) -> Records:
        """What the store has now."""
        return self._records

    @property
    def _records(self) -> Records:
        """The records, read once for each moment: over HTTP they are in a database."""
        store, now = self._store(), self.twin.events.now
        if self._loaded is None or self._loaded[:2] != (store, now):
            self._loaded = (store, now, store.load())
        return self._loaded[2]

    def desktops_of(self) -> dict[str, list[int]]:
        """VMIDs of the desktops there are, by agent; those of pools are nobody's for long."""
        found: dict[str, list[int]] = {}
        for vmid, guest in self.twin.cluster.guests.items():
            note = self.note_of(guest)
            if note is not None and note.agent_id is not None:
                found.setdefault(note.agent_id, []).append(vmid)
        return found

    def note_of(self, guest: TwinGuest) -> Reservation | None:
        """What its own note proves. What is locked 'clone' or lies outside the pool is not a desktop, or not yet."""
        if guest.lock == "clone" or self.outside(guest):
            return None
        text = guest.config.get("description", "")
        if (guest.vmid, text) not in self._notes:
            notes = (read_note(text, key, node=NodeName(guest.node)) for key in self._keys)
            note = next((note for note in notes if note is not None), None)
            mine = note is not None and note.key == GuestKey(ClusterId(CLUSTER), Vmid(guest.vmid))
            self._notes[guest.vmid, text] = note if mine else None
        return self._notes[guest.vmid, text]

    def guest_named(self, name: str) -> TwinGuest | None:
        """The VM whose own note has this desktop's name."""
        guests = self.twin.cluster.guests.values()
        return next((guest for guest in guests if (note := self.note_of(guest)) is not None and note.name == name), None)

    def note_making(self, vmid: int) -> None:
        """Somebody is about to make a VM of their own."""
        self.foreigners.made_at[vmid] = self.twin.events.now
        ours = (reservation for reservation in self._records.reservations if reservation.vmid == vmid)
        if any(reservation.proven for reservation in ours):
            self.foreigners.instead_of_ours.add(vmid)

    def note_foreigner(self, vmid: int) -> None:
        """How a foreign VM looks, once it is there."""
        guest = self.twin.cluster.guests.get(vmid)
        if guest is not None and self.note_of(guest) is None and guest.lock is None:
            self.foreigners.looks[vmid] = self._looks(vmid)

    def _looks(self, vmid: int) -> tuple[object, ...]:
        guest = self.twin.cluster.guests.get(vmid)
        if guest is None:
            return ()
        config = tuple(sorted((key, value) for key, value in guest.config.items() if key != "lock"))
        return (guest.node, config)


__all__ = ["CONFIGURED", "STALE_S", "Truth"]
