"""The desktop that a liar is root of: in a twin, or one that only speaks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from provisioner.twin.api.endpoints.guest_agent import boot_id_of, secret_of, status_document
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin
from tests.sessions.desktops import SpeakingDesktop

_KNOWN = 3
"""Other desktops whose VMID and boot it has found out."""


Other = tuple[int, str, float]
"""VMID, boot id, and when that boot began."""


class Body(Protocol):
    """What root sees and can do there."""

    vmid: int

    @property
    def now(self) -> float: ...

    @property
    def is_up(self) -> bool: ...

    @property
    def up_s(self) -> float: ...

    @property
    def boot_id(self) -> str: ...

    @property
    def secret(self) -> str: ...

    def document(self) -> dict[str, Any]:
        """What is true of it now, without its secret."""

    def others(self) -> list[Other]:
        """Some others that are up."""

    def after(self, delay_s: float, do: Callable[[], None]) -> None:
        """Do that later."""

    def hush(self) -> None:
        """Its own program says nothing any more."""


@dataclass(frozen=True)
class TwinBody:
    """A guest of a twin; is_up has to be asked before the rest."""

    twin: Twin
    vmid: int

    @property
    def now(self) -> float:
        return self.twin.events.now

    @property
    def is_up(self) -> bool:
        return self._guest.boot is not None

    @property
    def up_s(self) -> float:
        assert self._guest.boot is not None
        return self.now - self._guest.boot.began_at

    @property
    def boot_id(self) -> str:
        assert self._guest.boot is not None
        return boot_id_of(self.vmid, self._guest.boot)

    @property
    def secret(self) -> str:
        return secret_of(self.twin.cluster, self._guest)

    def document(self) -> dict[str, Any]:
        return status_document(self._guest, now=self.now, period_s=10.0)

    def others(self) -> list[Other]:
        guests = [guest for _, guest in sorted(self.twin.cluster.guests.items()) if guest.desktop and guest.vmid != self.vmid]
        boots = [(each.vmid, each.boot) for each in guests[:_KNOWN] if each.boot is not None]
        return [(vmid, boot_id_of(vmid, boot), boot.began_at) for vmid, boot in boots]

    def after(self, delay_s: float, do: Callable[[], None]) -> None:
        self.twin.events.after(delay_s, do)

    def hush(self) -> None:
        self._guest.pushes = False

    @property
    def _guest(self) -> TwinGuest:
        return self.twin.cluster.guests[self.vmid]


@dataclass(frozen=True)
class SpeakingBody:
    """A desktop without a cluster: always up."""

    desktops: Mapping[int, SpeakingDesktop]
    vmid: int
    events: EventHeap
    is_up: bool = True

    @property
    def now(self) -> float:
        return self.events.now

    @property
    def up_s(self) -> float:
        return self.now - self._desktop.booted_at

    @property
    def boot_id(self) -> str:
        return str(self._desktop.history.boot_id)

    @property
    def secret(self) -> str:
        return str(self._desktop.history.secret)

    def document(self) -> dict[str, Any]:
        return self._desktop.document(self.now)

    def others(self) -> list[Other]:
        found = [(vmid, each) for vmid, each in self.desktops.items() if vmid != self.vmid][:_KNOWN]
        return [(vmid, str(each.history.boot_id), each.booted_at) for vmid, each in found]

    def after(self, delay_s: float, do: Callable[[], None]) -> None:
        self.events.after(delay_s, do)

    def hush(self) -> None:
        """Nobody asks its program."""

    @property
    def _desktop(self) -> SpeakingDesktop:
        return self.desktops[self.vmid]


__all__ = ["Body", "SpeakingBody", "TwinBody"]
