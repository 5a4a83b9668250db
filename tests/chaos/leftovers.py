"""VMs of ours that no listing shows the daemon: outside the pool, on which alone its token has rights."""

from collections.abc import Callable, Iterator

from provisioner.model.status import Status
from provisioner.reasons.phases import HIDDEN
from provisioner.reasons.reason import as_reason
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin
from tests.chaos.judge import Judge


class Leftovers:
    """Whether each is named, and somebody who removes what is named, as root."""

    def __init__(
        self, twin: Twin, judge: Judge, *, pool: str, vmids: tuple[int, int], status: Callable[[], Status | None]
    ) -> None:
        """`status`: the daemon's last; None: it does not live, or has not looked."""
        self._twin, self._judge, self._status, self._vmids = twin, judge, status, vmids
        self.ever: set[int] = set()
        """All that there ever were."""
        self.forgotten: set[int] = set()
        """Of them, those that went out of memory with a store."""
        self.store_went = False
        judge.outside = self._is_outside
        judge.is_hidden = self._is_hidden

    def there(self) -> Iterator[TwinGuest]:
        """Those that no task works on any more."""
        at_work = {task.makes for tasks in self._twin.cluster.tasks.values() for task in tasks.running()}
        for guest in list(self._twin.cluster.guests.values()):
            if self._is_outside(guest) and guest.vmid not in at_work:
                self.ever.add(guest.vmid)
                yield guest

    def unnamed(self) -> list[int]:
        """Those that nothing names that people read."""
        named = self._named()
        return [guest.vmid for guest in self.there() if guest.vmid not in named and not self._is_forgotten(guest)]

    def tidied(self, *_: object) -> None:
        """Somebody follows the list: what it names, unless it is there as a desktop, is unlocked and destroyed."""
        for vmid in self._named():
            guest = self._twin.cluster.guests.get(vmid)
            if guest is None:
                continue
            if not self._is_outside(guest):
                self._judge.condemn("what is named as left behind is not a desktop", f"VM {vmid} is in the pool")
                continue
            guest.config.pop("lock", None)
            guest.changed()
            self._twin.cluster.drop_guest(guest)

    def remain(self) -> list[int]:
        """After everybody has looked: those that are not there for want of a store alone."""
        return [guest.vmid for guest in self.there() if not self._is_forgotten(guest)]

    def _named(self) -> set[int]:
        status = self._status()
        if status is None:
            return set()
        unlisted = (state for state in status.desktops.values() if as_reason(state.because).code == HIDDEN.code)
        return {entry.key.vmid for entry in status.left_behind} | {state.reservation.vmid for state in unlisted}

    def _is_forgotten(self, guest: TwinGuest) -> bool:
        """Whether the store that knew of it is lost: nobody can know before the number is tried again."""
        records = self._judge.records
        known = {*(desktop.vmid for desktop in records.reservations), *(key.vmid for key in records.retired)}
        if guest.vmid in known or not self.store_went:
            return False
        self.forgotten.add(guest.vmid)
        return True

    def _is_outside(self, guest: TwinGuest) -> bool:
        first, last = self._vmids
        return first <= guest.vmid <= last and guest.vmid not in self._twin.cluster.pool_of

    def _is_hidden(self, vmid: int) -> bool:
        guest = self._twin.cluster.guests.get(vmid)
        return guest is not None and self._is_outside(guest)


__all__ = ["Leftovers"]
