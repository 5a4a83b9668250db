"""The clusters of the contract suite, and how each lets time pass and makes a guest report."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from proxmoxer import ProxmoxAPI

from provisioner.actions.client import PveClient
from provisioner.adapters.proxmox.hypervisor import ProxmoxHypervisor
from provisioner.model.ids import NodeKey, Vmid
from provisioner.model.machines.twin_spec import CutQuorum, Maintenance
from provisioner.model.people.profiles import Template
from provisioner.ports import Clock, GuestProbe
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.settings.secret import Secret
from provisioner.settings.twins import load_twin
from provisioner.settings.values import ClusterSettings
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.server.process import TwinProcess
from provisioner.twin.twin import Twin
from tests.builders.pve import CLUSTER, NOTE_KEY, NOW, a_profile, a_template
from tests.builders.virtual_hypervisor import VirtualHypervisor
from tests.servers.certificates import Authority

TOKEN = "bascule@pve!contract"
SECRET = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One cluster of two nodes, pve1 and pve2, with a template on each."""

    client: PveClient
    probe: GuestProbe
    wait: Callable[[float], object]
    """Let this many of the cluster's seconds pass."""
    speak: Callable[[Vmid], object]
    """The desktop's image writes its status file, where no guest does so by itself."""
    describe: Callable[[NodeKey, Vmid, str], object]
    """A colleague changes a VM's description."""
    now: Callable[[], float]
    set_quorum: Callable[[bool], object]
    maintain: Callable[[NodeKey], object]
    """A colleague puts a node in maintenance mode, for a minute."""

    @property
    def templates(self) -> tuple[Template, Template]:
        """One on each node."""
        return a_template(9000, node="pve1"), a_template(9001, node="pve2")


class RealClock:
    """The system's clock."""

    def now(self) -> float:
        return time.time()


@contextmanager
def fakepve(folder: Path) -> Iterator[Backend]:
    """The adapter over an independent fake."""
    authority = Authority(folder)
    files = authority.issue("pve")
    settings = {"token": TOKEN, "secret": SECRET, "certificate": str(files.certificate), "key": str(files.key)}
    command = [sys.executable, "-m", "tests.contract.fakepve_server"]
    home = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def tell(**order: Any) -> dict[str, Any]:
            stdin.write(json.dumps(order) + "\n")
            stdin.flush()
            answer: dict[str, Any] = json.loads(stdout.readline())
            return answer

        try:
            port = tell(**settings)["port"]
            yield _over_https(
                port,
                authority.ca_file,
                token=(TOKEN, SECRET),
                clock=RealClock(),
                wait=time.sleep,
                speak=lambda vmid: tell(vmid=vmid, file=a_profile().status_file, report=a_status()),
                set_quorum=lambda quorum: tell(quorum=quorum),
                maintain=lambda node: tell(maintenance=node.node),
            )
        finally:
            stdin.close()
            process.wait(timeout=20)


def a_status() -> str:
    """What the image of a ready desktop writes."""
    booted = RealClock().now() - 60
    return json.dumps(
        {
            "version": 1,
            "booted_at": booted,
            "first_boot": "done",
            "logon_port": "open",
            "ready_at": booted + 48,
            "sessions": [],
        }
    )


def _over_https(
    port: int,
    ca_file: Path,
    *,
    token: tuple[str, str],
    clock: Clock,
    wait: Callable[[float], object],
    speak: Callable[[Vmid], object],
    set_quorum: Callable[[bool], object],
    maintain: Callable[[NodeKey], object],
) -> Backend:
    token_id, secret = token
    client = ProxmoxHypervisor(
        ClusterSettings(
            cluster=CLUSTER,
            endpoints=(f"127.0.0.1:{port}",),
            token_id=token_id,
            token_secret=Secret(secret),
            ca_file=ca_file,
        ),
        note_key=NOTE_KEY,
        clock=clock,
        on_call=lambda _call: None,
    )
    user, name = token_id.split("!")
    colleague = ProxmoxAPI("127.0.0.1", port=port, user=user, token_name=name, token_value=secret, verify_ssl=str(ca_file))
    return Backend(
        client=client,
        probe=client.guest_probe(),
        wait=wait,
        speak=speak,
        describe=lambda node, vmid, text: colleague.nodes(node.node).qemu(vmid).config.put(description=text),
        now=clock.now,
        set_quorum=set_quorum,
        maintain=maintain,
    )


TWIN_FILE = Path(__file__).parent / "twin.yaml"
SCALE = 20.0
"""Seconds of the served twin's time in a real second."""
CUT = CutQuorum(at_s=0.0, for_s=60.0)
MAINTAINED_S = 60.0


@contextmanager
def virtual_twin(_folder: Path) -> Iterator[Backend]:
    """The twin in virtual time, asked in process."""
    spec = load_twin(TWIN_FILE)
    (token,) = spec.tokens
    twin = Twin(spec, EventHeap(NOW))
    auth = f"PVEAPIToken={token.user}!{token.name}={token.secret}"
    client = VirtualHypervisor(twin, key=NOTE_KEY, auth=auth)

    def describe(node: NodeKey, vmid: Vmid, text: str) -> None:
        path = f"/nodes/{node.node}/qemu/{vmid}/config"
        answers: list[ApiResponse] = []
        twin.request(ApiRequest(method="PUT", path=path, endpoint=path, params={"description": text}), answers.append)
        twin.events.advance(twin.events.now + 10)
        assert answers[0].ok

    yield Backend(
        client=client,
        probe=client.guest_probe(),
        wait=lambda seconds: twin.events.advance(twin.events.now + seconds),
        speak=lambda _vmid: None,
        describe=describe,
        now=lambda: twin.events.now,
        set_quorum=lambda quorum: None if quorum else twin.faults.arm(CUT),
        maintain=lambda node: twin.faults.arm(Maintenance(node=node.node, at_s=0.0, for_s=MAINTAINED_S)),
    )


@contextmanager
def served_twin(folder: Path) -> Iterator[Backend]:
    """The adapter over the twin behind HTTPS, with a token that holds what Bascule needs and no more."""
    with TwinProcess(TWIN_FILE, folder, scale=SCALE) as process:
        state = process.state
        ((token, secret),) = state.tokens.items()
        yield _over_https(
            state.port,
            Path(state.ca_file),
            token=(token, secret),
            clock=state.clock,
            wait=lambda seconds: time.sleep(seconds / SCALE),
            speak=lambda _vmid: None,
            set_quorum=lambda quorum: None if quorum else process.inject("CutQuorum", at_s=CUT.at_s, for_s=CUT.for_s),
            maintain=lambda node: process.inject("Maintenance", node=node.node, at_s=0.0, for_s=MAINTAINED_S),
        )


BACKENDS: dict[str, tuple[Callable[[Path], AbstractContextManager[Backend]], tuple[pytest.MarkDecorator, ...]]] = {
    "virtual twin": (virtual_twin, ()),
    "served twin": (served_twin, (pytest.mark.real,)),
    "fakepve": (fakepve, (pytest.mark.real,)),
}
