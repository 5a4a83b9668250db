"""The ports Hypervisor and GuestProbe over Proxmox VE's HTTPS API."""

from collections.abc import Callable

from provisioner.actions.client import GuestAgentProbe, PveClient
from provisioner.adapters.proxmox.transport import DEFAULT_TIMEOUTS, HttpTransport, Timeouts
from provisioner.model.cluster import ClusterView
from provisioner.model.commands import Observe
from provisioner.model.ownership import NoteKey
from provisioner.ports import ApiCall, Clock
from provisioner.settings.values import ClusterSettings


class ProxmoxHypervisor(PveClient):
    """One Proxmox VE cluster, reached through any of several endpoints. Safe to call from a pool of threads.

    `on_call` is told of every request, from the calling thread. Raises SettingsError on a token or CA file it cannot use.
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
        """Everything on the cluster; an endpoint without quorum is left for the next, which may be on the other side."""
        view = super().observe(command)
        if not view.quorate:
            self._transport.leave()
        return view

    def guest_probe(self) -> GuestAgentProbe:
        """A probe through QEMU's guest agent, over the same connections."""
        return GuestAgentProbe(self._transport.send, now=self._clock.now)

    def close(self) -> None:
        """Close the idle connections."""
        self._transport.close()
