"""Answers recorded on a real Proxmox VE 9.2, and the views they give."""

import json
from collections.abc import Callable
from pathlib import Path

from provisioner.model.commands import Observe
from provisioner.model.machines.cluster import ClusterView
from provisioner.pve import operations, parsing
from provisioner.pve.wire import ApiResponse, run
from tests.builders.pve import CLUSTER, NOW, ScriptedCluster, ok

RECORDED = json.loads((Path(__file__).parent.parent / "contract" / "answers.json").read_text())
UPID = "UPID:pve1:000001CA:0002A7FD:6B05941E:qmclone:9000:root@pam:"
"""The task id of a clone of VM 9000."""


def observed(order: Observe, cluster: ScriptedCluster, *, now: Callable[[], float] = lambda: NOW) -> ClusterView:
    """The view that this command builds from the cluster's answers."""
    return run(operations.observe(order, parsing.Listings(CLUSTER), now=now), cluster.send)


def resources(label: str) -> dict[str, ApiResponse]:
    """The cluster's listing under this label, as `ScriptedCluster` takes it."""
    return {"GET /cluster/resources": ok(RECORDED[label])}
