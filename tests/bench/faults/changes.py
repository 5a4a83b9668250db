"""Changes that cases make to a site before it is played."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from provisioner.model.departures import LeaverRules
from provisioner.model.ids import ClusterId, PoolName
from provisioner.model.machines.twin_spec import Fault, GuestSpec, NodeSpec, TwinSpec
from provisioner.model.site_config import SiteConfig
from provisioner.pve.privileges import NEEDED
from tests.bench.faults.case import Rights
from tests.builders.twin import STORAGE

POOL = PoolName("desks")


def with_faults(*faults: Fault) -> Callable[[TwinSpec], TwinSpec]:
    """Of the twin's own kinds."""
    return lambda spec: replace(spec, faults=faults)


def with_profile(**changed: Any) -> Callable[[SiteConfig], SiteConfig]:
    """The one profile, with this changed."""

    def change(config: SiteConfig) -> SiteConfig:
        profiles = {name: replace(profile, **changed) for name, profile in config.profiles.items()}
        return replace(config, profiles=profiles)

    return change


def with_ladder(**seconds: float) -> Callable[[SiteConfig], SiteConfig]:
    """The leavers' ladder goes by these."""
    return lambda config: replace(config, leavers=LeaverRules(**seconds))


def with_deletes(config: SiteConfig) -> SiteConfig:
    """A leavers' ladder of minutes that ends with deletion."""
    leavers = LeaverRules(stop_after_s=60.0, recycle_after_s=120.0, delete_after_s=180.0)
    return replace(config, leavers=leavers, safety=replace(config.safety, max_deletes=5))


def into_pool(config: SiteConfig) -> SiteConfig:
    """Clones go into a pool."""
    return replace(config, pools={ClusterId("lab"): POOL})


def with_pool(spec: TwinSpec) -> TwinSpec:
    """The pool is there."""
    return replace(spec, pools={POOL: ""})


def on_pool(spec: TwinSpec) -> Rights:
    """All that /vms is asked for, on the pool and not on /vms; the templates have lines of their own."""
    rights = {path: held for path, held in NEEDED.items() if path != "/vms"} | {f"/pool/{POOL}": NEEDED["/vms"]}
    return rights | {f"/vms/{template.vmid}": frozenset({"VM.Audit", "VM.Clone"}) for template in spec.templates}


def on_templates_alone(spec: TwinSpec) -> Rights:
    """No VM.Audit on new VMs."""
    rights = lacking("VM.Audit")(spec)
    return {**rights, **{f"/vms/{template.vmid}": frozenset({"VM.Audit", "VM.Clone"}) for template in spec.templates}}


def lacking(*privileges: str) -> Callable[[TwinSpec], Rights]:
    """All rights but these, on all VMs."""
    return lambda _: {path: held - set(privileges) if path == "/vms" else held for path, held in NEEDED.items()}


def nodes_of(**changed: int) -> Callable[[TwinSpec], TwinSpec]:
    """Every node has other hardware."""
    return lambda spec: replace(spec, nodes=tuple(NodeSpec(**({"name": node.name} | changed)) for node in spec.nodes))  # type: ignore[arg-type]


def with_full_nodes(spec: TwinSpec) -> TwinSpec:
    """On each node a VM that takes nearly all of its memory; out of the token's sight."""
    hidden = (
        GuestSpec(
            vmid=500 + at, node=node.name, name=f"others-{at}", storage=STORAGE, memory_mib=int(0.97 * node.memory_mib / 0.6)
        )
        for at, node in enumerate(spec.nodes)
    )
    return replace(with_pool(spec), guests=(*spec.guests, *hidden))
