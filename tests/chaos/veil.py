"""Hides VMs from the daemon's token: listings that lack VMs, and VMs that it may not read. Writes pass unchanged."""

from collections.abc import Callable

from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.twin import Reply

_FORBIDDEN = ApiResponse(status=403, reason="Permission check failed (/vms/{vmid}, VM.Audit)")
_MAY_NOT_START = ApiResponse(status=403, reason="Permission check failed (/vms/{vmid}, VM.PowerMgmt)")


class Veil:
    """Between the wire and the twin."""

    def __init__(self, send: Callable[..., None]) -> None:
        self.hidden: Callable[[int], bool] = lambda _: False
        """Which VMs no listing shows."""
        self.free: Callable[[int], bool] = lambda _: False
        """VMs reported as nonexistent when asked for by number: the answer is wrong, no right is missing."""
        self.unreadable: Callable[[int], bool] = lambda _: False
        """VMs whose configuration may not be read."""
        self.forbidden: Callable[[int], bool] = lambda _: False
        """Which VMs the token may not start."""
        self._send = send

    def lift(self) -> None:
        """Everything is seen again."""
        self.hidden = self.free = self.unreadable = lambda _: False

    def request(self, request: ApiRequest, reply: Reply, *, auth: str | None = None) -> None:
        """As the twin's."""
        if self._may_not_read(request):
            self._send(request, lambda _: reply(_FORBIDDEN), auth=auth)
        elif request.path.endswith("/status/start") and self.forbidden(int(request.path.split("/")[4])):
            reply(_MAY_NOT_START)
        elif request.path == "/cluster/nextid" and self.free(int(request.params.get("vmid", 0))):
            reply(ApiResponse(status=200, data=str(request.params["vmid"])))
        elif request.path == "/cluster/resources":
            self._send(request, lambda answer: reply(self._seen(answer)), auth=auth)
        else:
            self._send(request, reply, auth=auth)

    def _may_not_read(self, request: ApiRequest) -> bool:
        parts = request.path.split("/")
        return request.method == "GET" and parts[-1] == "config" and self.unreadable(int(parts[-2]))

    def _seen(self, answer: ApiResponse) -> ApiResponse:
        if not isinstance(answer.data, list):
            return answer
        shown = [entry for entry in answer.data if "vmid" not in entry or not self.hidden(int(entry["vmid"]))]
        return ApiResponse(status=answer.status, reason=answer.reason, data=shown)


__all__ = ["Veil"]
