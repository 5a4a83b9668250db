"""The clusters that the contract suite runs on, and how each lets time pass and makes a guest speak."""

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

from provisioner.adapters.proxmox import ProxmoxHypervisor
from provisioner.model.ids import NodeKey, Vmid
from provisioner.model.profiles import Template
from provisioner.model.twin_spec import CutQuorum, NodeSpec, StorageSpec, TemplateSpec, TwinSpec
from provisioner.ports import ApiCall, GuestProbe
from provisioner.pve.client import PveClient
from provisioner.pve.wire import ApiRequest, ApiResponse
from provisioner.twin.events import EventHeap
from provisioner.twin.hypervisor import VirtualHypervisor
from provisioner.twin.twin import Twin
from tests.builders_pve import CLUSTER, NOTE_KEY, NOW, a_profile, a_template
from tests.servers.certificates import Authority

TOKEN = "bascule@pve!contract"
SECRET = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """One cluster of two nodes, pve1 and pve2, with a template on each."""

    client: PveClient
    probe: GuestProbe
    wait: Callable[[float], None]
    """Let this many of the cluster's seconds pass."""
    speak: Callable[[Vmid], object]
    """The desktop's image writes its status file, where no guest does so by itself."""
    describe: Callable[[NodeKey, Vmid, str], object]
    """A colleague changes a VM's description."""
    now: Callable[[], float]
    set_quorum: Callable[[bool], object]
    calls: list[ApiCall]
    """What the adapter reported; empty where there is no adapter."""

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
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def tell(**order: Any) -> dict[str, Any]:
            stdin.write(json.dumps(order) + "\n")
            stdin.flush()
            told: dict[str, Any] = json.loads(stdout.readline())
            return told

        try:
            port = tell(**settings)["port"]
            yield _over_https(
                port,
                authority.ca_file,
                speak=lambda vmid: tell(vmid=vmid, file=a_profile().status_file, report=a_status()),
                set_quorum=lambda quorum: tell(quorum=quorum),
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


def _over_https(port: int, ca_file: Path, *, speak: Callable[[Vmid], object], set_quorum: Callable[[bool], object]) -> Backend:
    calls: list[ApiCall] = []
    clock = RealClock()
    client = ProxmoxHypervisor(
        CLUSTER,
        [f"127.0.0.1:{port}"],
        token_id=TOKEN,
        token_secret=SECRET,
        ca_file=ca_file,
        note_key=NOTE_KEY,
        clock=clock,
        on_call=calls.append,
    )
    user, name = TOKEN.split("!")
    colleague = ProxmoxAPI("127.0.0.1", port=port, user=user, token_name=name, token_value=SECRET, verify_ssl=str(ca_file))
    return Backend(
        client=client,
        probe=client.guest_probe(),
        wait=time.sleep,
        speak=speak,
        describe=lambda node, vmid, text: colleague.nodes(node.node).qemu(vmid).config.put(description=text),
        now=clock.now,
        set_quorum=set_quorum,
        calls=calls,
    )


TWIN = TwinSpec(
    name=CLUSTER,
    nodes=(NodeSpec(name="pve1"), NodeSpec(name="pve2")),
    storages=(StorageSpec(storage="local-lvm", shared=False),),
    templates=(
        TemplateSpec(vmid=9000, node="pve1", storage="local-lvm", name="golden-pve1", tags="golden"),
        TemplateSpec(vmid=9001, node="pve2", storage="local-lvm", name="golden-pve2", tags="golden"),
    ),
)


@contextmanager
def virtual_twin(_folder: Path) -> Iterator[Backend]:
    """The twin in virtual time, asked in process."""
    twin = Twin(TWIN, EventHeap(NOW))
    client = VirtualHypervisor(twin, key=NOTE_KEY)

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
        set_quorum=lambda quorum: None if quorum else twin.faults.arm(CutQuorum(at_s=0.0, for_s=60.0)),
        calls=[],
    )


BACKENDS: dict[str, tuple[Callable[[Path], AbstractContextManager[Backend]], tuple[pytest.MarkDecorator, ...]]] = {
    "virtual twin": (virtual_twin, ()),
    "fakepve": (fakepve, (pytest.mark.real,)),
}
