"""Guests that report something other than the truth, and people who log on to them."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from provisioner.actions.checkguest import UPTIME_FILE
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.api.endpoints.guest_agent import status_document
from provisioner.twin.model.guests import TwinGuest, TwinSession
from tests.bench.faults.scene import Scene

Change = Callable[[ApiResponse], ApiResponse]
Says = Callable[[ApiRequest, ApiResponse], ApiResponse | None]


def guests_say(change: Change, only: Iterable[int] = ()) -> Says:
    """Of the documents that are read; of these VMs only, where any are named."""
    some = frozenset(only)

    def says(request: ApiRequest, answer: ApiResponse) -> ApiResponse:
        asked = request.endpoint.endswith("/agent/file-read") and request.params.get("file") != UPTIME_FILE
        return change(answer) if asked and (not some or int(request.path.split("/")[4]) in some) else answer

    return says


def refused(text: str) -> Change:
    """An error in Proxmox VE's words."""
    return lambda _: ApiResponse(status=500, reason=text)


def with_document(change: Callable[[dict[str, Any]], object]) -> Change:
    """The guest's own document, with something changed."""

    def changed(answer: ApiResponse) -> ApiResponse:
        if not answer.ok:
            return answer
        document = json.loads(answer.data["content"])
        text = change(document)
        content = text if isinstance(text, str) else json.dumps(document)
        return ApiResponse(status=200, data={"content": content, "bytes-read": len(content)})

    return changed


def sessions_of(*logins: str) -> Change:
    """The document lists these people as logged on."""
    sessions = [{"user": login, "state": "connected", "since": 1_600_000_000.0} for login in logins]
    return with_document(lambda document: document.update(sessions=sessions))


def keep_as_written(scene: Scene, guest: TwinGuest) -> None:
    """Its status document is as of now, and is not written any more."""
    guest.status_file = json.dumps(status_document(guest, now=scene.events.now, period_s=scene.spec.report.period_s))


def log_on(scene: Scene, guest: TwinGuest) -> None:
    """Somebody comes."""
    guest.sessions.append(TwinSession(login=f"agent{guest.vmid}", since=scene.events.now))
    scene.twin.cluster.people.open += 1
