"""The rights that the token needs: without any of them, a step of a desktop's life is refused or not seen."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from provisioner.errors import BasculeError
from provisioner.model.commands import Observe
from provisioner.model.ids import NodeKey, NodeName
from provisioner.model.machines.twin_spec import TokenSpec
from provisioner.pve.privileges import NEEDED
from provisioner.twin.engine.events import EventHeap
from provisioner.twin.twin import Twin, guard_access
from tests.builders.pve import (
    CLUSTER,
    NOTE_KEY,
    a_check,
    a_clone,
    a_configure,
    a_delete,
    a_profile,
    a_start,
    a_stop,
    a_tag,
    a_template,
    a_verify,
)
from tests.builders.twin_http import EPOCH, SECRET, a_twin_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor

NODE, VMID = NodeKey(CLUSTER, NodeName("pve1")), 5001
TEMPLATE = a_template(9000, node="pve1", storage="qcow")
PROFILE = replace(a_profile(template=TEMPLATE), nameservers=("10.0.0.53",), searchdomains=("dep.example",), vlan=40)
"""With all that may be sent."""
LOOK = Observe(cluster=CLUSTER, tasks_of=frozenset({NODE.node}), quorum=True)
EVERYTHING = [pytest.param(path, right, id=f"{right} on {path}") for path, held in NEEDED.items() for right in sorted(held)]


def a_life(granted: dict[str, frozenset[str]]) -> list[str]:
    """What each step of a desktop's life, and of the doctor's look, comes to."""
    roles = {f"R{index}": rights for index, rights in enumerate(granted.values())}
    acl = tuple(zip(granted, roles, strict=True))
    token = TokenSpec(user="bascule@pve", name="daemon", secret=SECRET, acl=acl)
    twin = Twin(a_twin_spec(name=CLUSTER, roles=roles, tokens=(token,)), EventHeap(EPOCH))
    guard_access(twin)
    client = VirtualHypervisor(twin, key=NOTE_KEY, auth=f"PVEAPIToken=bascule@pve!daemon={SECRET}")
    steps: list[Callable[[], object]] = [
        lambda: _seen(client),
        lambda: [view.storage.available for view in client.storages_of(NODE)],
        lambda: client.guest_config(NODE, TEMPLATE.vmid)["name"],
        lambda: client.carry_out(a_clone(VMID, template=TEMPLATE)),
        lambda: client.carry_out(a_verify(VMID, node=NODE)) is not None,
        lambda: client.carry_out(a_configure(VMID, node=NODE, profile=PROFILE)),
        lambda: client.carry_out(a_tag(VMID, "left-20261124t0900z", node=NODE)),
        lambda: client.carry_out(a_start(VMID, node=NODE)),
        lambda: client.guest_probe().report(a_check(VMID, node=NODE)).ready,
        lambda: _seen(client),
        lambda: client.carry_out(a_stop(VMID, node=NODE)),
        lambda: client.carry_out(a_delete(VMID, node=NODE)),
    ]
    return [_outcome(twin, step) for step in steps]


def _outcome(twin: Twin, step: Callable[[], object]) -> str:
    """Tasks are named by chance, and each is given its time to end."""
    try:
        answer = step()
    except BasculeError as error:
        return f"{type(error).__name__}: {error}"
    twin.events.advance(twin.events.now + 90)
    return "a task" if isinstance(answer, str) and answer.startswith("UPID") else str(answer)


def _seen(client: VirtualHypervisor) -> str:
    view = client.observe(LOOK)
    return f"{sorted(view.guests)} {len(view.storages)} {len(view.nodes)} {view.quorate} {len(view.tasks)}"


WITH_ALL = a_life(dict(NEEDED))


def test_with_all_of_them_nothing_is_refused() -> None:
    assert [privilege for privilege in WITH_ALL if ":" in privilege] == []


@pytest.mark.parametrize(("path", "right"), EVERYTHING)
def test_each_right_is_used_by_some_call(path: str, right: str) -> None:
    """E12: a right that no call uses is power that a stolen token has for nothing."""
    without = a_life({**NEEDED, path: NEEDED[path] - {right}})

    assert without != WITH_ALL, f"nothing needs {right}"
