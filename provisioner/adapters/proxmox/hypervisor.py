"""The ports Hypervisor and GuestProbe over Proxmox VE's HTTPS API."""

from collections.abc import Callable

from provisioner.actions.client import GuestAgentProbe, PveClient
from provisioner.adapters.proxmox.transport import DEFAULT_TIMEOUTS, HttpTransport, Timeouts
from provisioner.model.commands import Observe
from provisioner.model.machines.cluster import ClusterView
from provisioner.model.machines.ownership import NoteKey
from provisioner.ports import ApiCall, Clock
from provisioner.settings.values import ClusterSettings


class ProxmoxHypervisor(PveClient):
    """A Proxmox VE cluster, through any of its endpoints. Safe to call from several threads.

    `on_call` gets every request, in the calling thread. Raises SettingsError for an unusable token or CA file.
    """

    def __init__(
        self,
        settings: ClusterSettings,
        *,
        note_key: NoteKey,
        clock: Clock,
        on_call: Callable[[ApiCall], None],
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        self._transport = HttpTransport(settings, clock=clock, on_call=on_call, timeouts=timeouts)
        self._clock = clock
        super().__init__(settings.cluster, self._transport.send, key=note_key, now=clock.now)

    def __repr__(self) -> str:
        return f"ProxmoxHypervisor({self._transport!r})"

    def observe(self, command: Observe) -> ClusterView:
        """Everything on the cluster. Without quorum the next call goes to the next endpoint, which may have it."""
        view = super().observe(command)
        if view.quorate is False:
            self._transport.leave()
        return view

    def guest_probe(self) -> GuestAgentProbe:
        """A probe through QEMU's guest agent, over the same connections."""
        return GuestAgentProbe(self._transport.send, now=self._clock.now)

    def close(self) -> None:
        """Close the idle connections."""
        self._transport.close()
