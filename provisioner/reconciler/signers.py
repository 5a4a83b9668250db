"""What each desktop signs with in its present boot, for other threads: whose question is worth the control thread's time."""

from collections.abc import Iterator, Set

from provisioner.model.desktops import Reservation
from provisioner.model.ids import DesktopName, Vmid
from provisioner.sessions.push import Push, is_signed


class Signers:
    """Only the control thread changes it, by a new value for a VMID; any thread may ask."""

    def __init__(self) -> None:
        self._of: dict[Vmid, dict[DesktopName, tuple[str, str]]] = {}

    def learn(self, reservation: Reservation, boot_id: str, secret: str) -> None:
        """A boot and its secret have been read. Each cluster may have a desktop with this VMID."""
        if secret:
            self._of[reservation.vmid] = {**self._of.get(reservation.vmid, {}), reservation.name: (boot_id, secret)}

    def forget(self, names: Set[DesktopName]) -> None:
        """They are gone."""
        for vmid, known in tuple(self._of.items()):
            if names & known.keys():
                self._of[vmid] = {name: boot for name, boot in known.items() if name not in names}

    def has_signed(self, push: Push) -> bool:
        """Whether a desktop with its VMID has signed it, as far as was read."""
        return any(is_signed(push, secret) for secret in self._secrets(push))

    def knows_boot(self, push: Push) -> bool:
        """Whether the boot that it names was read."""
        return any(True for _ in self._secrets(push))

    def _secrets(self, push: Push) -> Iterator[str]:
        known = self._of.get(push.vmid, {})
        return (secret for boot_id, secret in known.values() if boot_id == push.boot_id)


__all__ = ["Signers"]
