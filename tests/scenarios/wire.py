"""The wire between a daemon and the twin: it is cut when the daemon dies, and it remembers what was written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provisioner.model.commands import Completion
from provisioner.model.ids import ClusterId
from provisioner.model.machines.ownership import NoteKey
from provisioner.ports import Directory
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.calls import VirtualCalls
from provisioner.twin.twin import Reply, Twin

_UNDER_WAY_S = 0.5
"""How long a request is on its way when something happens right before it is served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A request of the daemon's that changes something."""

    at: float
    endpoint: str
    """With its method: `POST /nodes/{node}/qemu/{vmid}/clone`."""
    vmid: int
    """The VM it is about; of a clone, the new one."""
    ours: bool
    """Whether that VM was a desktop of ours then; for a clone, whether its VMID was in our range."""

    @property
    def clones(self) -> bool:
        """Whether it is a clone's order."""
        return self.endpoint.endswith("/clone")


class Wire:
    """The twin as seen by one life of the daemon."""

    def __init__(
        self,
        twin: Twin,
        *,
        writes: list[Write],
        judge: Callable[[ApiRequest], Write],
        meddling: Mapping[int, Callable[[], None]],
    ) -> None:
        """`writes` is added to; `meddling` happens right before the nth clone of all lives is served."""
        self.twin, self.cut = twin, False
        self._writes, self._judge, self._meddling = writes, judge, meddling

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """Pass it on, unless the daemon is dead; so its answer."""
        if self.cut:
            return
        if request.method != "GET":
            self._writes.append(self._judge(request))
        meddle = self._before(request)
        if meddle is None:
            self.twin.request(request, self._unless_cut(reply), auth=auth)
            return
        meddle()
        self.twin.events.after(_UNDER_WAY_S, lambda: self.twin.request(request, self._unless_cut(reply), auth=auth))

    def _before(self, request: ApiRequest) -> Callable[[], None] | None:
        if not request.endpoint.endswith("/clone"):
            return None
        return self._meddling.get(sum(write.clones for write in self._writes))

    def _unless_cut(self, reply: Reply) -> Reply:
        def answered(response: ApiResponse) -> None:
            if not self.cut:
                reply(response)

        return answered


class MortalCalls(VirtualCalls):
    """Calls of one life of the daemon: after its death nothing comes out any more."""

    def __init__(self, wire: Wire, *, cluster: ClusterId, directory: Directory, key: NoteKey) -> None:
        super().__init__(twins={cluster: wire}, events=wire.twin.events, directory=directory, key=key)
        self.wire = wire

    def next(self, until: float) -> Completion | None:
        """As usual, while alive."""
        completion = super().next(until)
        return None if self.wire.cut else completion
