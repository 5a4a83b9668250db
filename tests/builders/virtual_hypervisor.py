"""The ports Hypervisor and GuestProbe on a twin. Synchronous: each call advances virtual time until its answer arrives."""

from provisioner.actions.client import GuestAgentProbe, PveClient
from provisioner.model.ids import ClusterId
from provisioner.model.machines.ownership import NoteKey
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.twin import Twin


class VirtualHypervisor(PveClient):
    """One twin, called synchronously. For concurrent calls use VirtualCalls.

    `auth` is the value of an Authorization header; None means the trusted root@pam.
    """

    def __init__(self, twin: Twin, *, key: NoteKey, auth: str | None = None) -> None:
        self._twin = twin
        self._auth = auth
        super().__init__(ClusterId(twin.spec.name), self._ask, key=key, now=lambda: twin.events.now)

    def guest_probe(self) -> GuestAgentProbe:
        """The GuestProbe that uses the twin's guest agents."""
        return GuestAgentProbe(self._ask, now=lambda: self._twin.events.now)

    def _ask(self, request: ApiRequest) -> ApiResponse:
        answers: list[ApiResponse] = []
        self._twin.request(request, answers.append, auth=self._auth)
        while not answers:
            self._twin.events.step()
        return answers[0]
