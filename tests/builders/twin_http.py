"""A twin behind HTTPS inside the test's own process: its loop runs in a thread."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from provisioner.model.machines.twin_spec import Durations, NodeSpec, StorageSpec, TemplateSpec, TokenSpec, TwinSpec
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.server.breakdowns import PlayedTwin
from provisioner.twin.server.http import IDLE_S, HttpTwin
from provisioner.twin.server.state import ScaledClock, TwinState, clock_from
from provisioner.twin.server.tls import Certificates, make_certificates
from provisioner.twin.twin import Twin, guard_access

EPOCH = 1_795_500_000.0
SECRET = "00000000-1111-2222-3333-444444444444"
ROOT_TOKEN = TokenSpec(user="root@pam", name="full", secret=SECRET, privsep=False)


def a_lab_spec() -> TwinSpec:
    """The cluster on which the exchanges under tests/contract were recorded, as far as they can tell."""
    storages = (
        StorageSpec(storage="qcow", shared=False, kind="dir", image_operation_s=0.2, nodes=("pve1",)),
        StorageSpec(storage="rawdir", shared=False, kind="dir", content="images", image_operation_s=0.2),
        StorageSpec(storage="shareddir", shared=True, kind="dir", content="images", image_operation_s=0.2),
        StorageSpec(storage="elsewhere", shared=False, kind="dir", content="images", nodes=("pve2",)),
    )
    templates = (
        TemplateSpec(vmid=9000, node="pve1", storage="qcow", name="tmpl-linked", tags="alpha;zeta"),
        TemplateSpec(vmid=9001, node="pve1", storage="shareddir", name="tmpl-shareddir"),
        TemplateSpec(vmid=9002, node="pve1", storage="rawdir", name="tmpl-rawdir"),
    )
    return a_twin_spec(storages=storages, templates=templates, pools={})


def a_twin_spec(**changes: Any) -> TwinSpec:
    """Two nodes, one storage on each, a template 9000 on pve1 and 9001 on pve2, quick and without chance."""
    nodes = (NodeSpec(name="pve1", cores=16, memory_mib=65536), NodeSpec(name="pve2", cores=16, memory_mib=65536))
    given: dict[str, Any] = {
        "name": "lab",
        "nodes": nodes,
        "storages": (StorageSpec(storage="qcow", shared=False, kind="dir", image_operation_s=0.2),),
        "templates": (
            TemplateSpec(vmid=9000, node="pve1", storage="qcow", name="tmpl-linked", tags="alpha;zeta"),
            TemplateSpec(vmid=9001, node="pve2", storage="qcow", name="tmpl-two"),
        ),
        "durations": Durations(sigma=0.0, upgrade_s=0.0, boot_s=4.0, first_boot_s=1.0, start_task_s=0.5, shutdown_s=1.0),
        "tokens": (ROOT_TOKEN,),
        "pools": {"stage-1": "first"},
    }
    return TwinSpec(**given | changes)


@dataclass(slots=True, kw_only=True)
class Served:
    """A running twin, and a plain client of it."""

    port: int
    ca: str
    clock: ScaledClock
    twin: Twin
    control: str = "control-secret"
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def state(self) -> TwinState:
        """As its state file says it."""
        clock = self.clock
        return TwinState(
            port=self.port,
            ca_file=self.ca,
            cluster=self.twin.spec.name,
            epoch0=clock.epoch0,
            monotonic0=clock.monotonic0,
            scale=clock.scale,
            control=self.control,
        )

    def ask(self, method: str, path: str, *, token: str | None = f"root@pam!full={SECRET}", **more: Any) -> requests.Response:
        """One request with a token."""
        headers = more.pop("headers", {}) | ({"Authorization": f"PVEAPIToken={token}"} if token else {})
        return self.session.request(method, f"{self.url}/api2/json{path}", headers=headers, verify=self.ca, timeout=30, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The data of a GET that succeeds."""
        answer = self.ask("GET", path, **more)
        assert answer.status_code == 200, (answer.status_code, answer.reason)
        return answer.json()["data"]


@contextlib.contextmanager
def serve(
    spec: TwinSpec, folder: Path, *, scale: float = 20.0, idle_s: float = IDLE_S, epoch: float = EPOCH, port: int = 0
) -> Iterator[Served]:
    """Serve a twin until the block ends."""
    certificates = make_certificates(folder, now=time.time())  # TLS checks real dates
    clock = clock_from(epoch, scale=scale)
    twin = Twin(spec, EventHeap(epoch))
    face = PlayedTwin(twin, clock, control="control-secret", idle_s=idle_s)
    started: Future[tuple[int, Callable[[], object]]] = Future()
    # asyncio.run also ends connections in their handshake before it closes the loop.
    thread = threading.Thread(target=lambda: asyncio.run(_live(face, certificates, started, port)), name="twin")
    thread.start()
    bound, end = started.result(10)
    try:
        with requests.Session() as session:
            session.trust_env = False
            yield Served(port=bound, ca=str(certificates.ca), clock=clock, twin=twin, session=session)
    finally:
        end()
        thread.join(10)
    assert not thread.is_alive(), "the twin does not end"


async def _live(
    face: HttpTwin, certificates: Certificates, started: "Future[tuple[int, Callable[[], object]]]", port: int
) -> None:
    """Says its port, and how to end it."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    try:
        port = await face.start(certificates, port=port)
    except BaseException as failure:
        started.set_exception(failure)
        raise
    started.set_result((port, lambda: loop.call_soon_threadsafe(ended.set)))
    await ended.wait()
    await face.stop()


class VirtualClient:
    """Asks a guarded twin in virtual time, as a token does; waits for every task it starts."""

    def __init__(self, spec: TwinSpec) -> None:
        self.twin = Twin(spec, EventHeap(EPOCH))
        self.gate = guard_access(self.twin)
        self.secrets = {f"{token.user}!{token.name}": token.secret for token in spec.tokens}
        self.last_task = ""

    def ask(
        self, method: str, path: str, *, who: str | None = "root@pam!full", params: dict[str, str] | None = None
    ) -> ApiResponse:
        """One request and its answer; `who` is a token, "" for no token, or None for root@pam itself."""
        auth = who if not who else f"PVEAPIToken={who}={self.secrets.get(who, 'wrong')}"
        answers: list[ApiResponse] = []
        request = ApiRequest(method=method, path=path, endpoint="", params=params or {})
        self.twin.request(request, answers.append, auth=auth)
        while not answers:
            self.twin.events.step()
        self._learn(answers[0].data)
        return answers[0]

    def _learn(self, data: object) -> None:
        if isinstance(data, dict) and "full-tokenid" in data:
            self.secrets[data["full-tokenid"]] = data["value"]
        if isinstance(data, str) and data.startswith("UPID:"):
            self.last_task = data
            task = self.twin.cluster.tasks[data.split(":")[1]].get(data)
            while task is not None and task.ended_at is None:
                self.twin.events.step()
