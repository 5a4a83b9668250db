"""The input of a rehearsal on a twin: a profile with its templates, and a roster of entitled agents."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from provisioner.model.budget import Naming
from provisioner.model.ids import ClusterId, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.people.agents import Agent
from provisioner.model.people.profiles import Entitlement, Profile, Selection, Template
from provisioner.model.scenario.etas import Measurement
from provisioner.model.site_config import SiteConfig
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.measuring import Measuring
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from tests.builders.cluster import NOW
from tests.builders.core import a_roster

FIRST_VMID, LAST_VMID = 20_001, 24_999


def a_profile_on(*specs: TwinSpec, **changed: Any) -> Profile:
    """Cloned from every template of these twins, and of the first one's size."""
    first = specs[0].templates[0]
    values: dict[str, Any] = {
        "image": "golden-1",
        "templates": tuple(
            _template(spec, template.node, template.vmid, template.storage) for spec in specs for template in spec.templates
        ),
        "vcpus": first.vcpus,
        "memory_mib": first.memory_mib,
        "disk_gib": first.disk_gib,
        "bridge": specs[0].bridges[0],
    }
    return Profile(name=ProfileName("standard"), **{**values, **changed})


def a_config_on(*specs: TwinSpec, profile: Profile | None = None, **changed: Any) -> SiteConfig:
    """Every agent gets a desktop; `changed` are fields of the configuration."""
    profile = profile or a_profile_on(*specs)
    ranges = {ClusterId(spec.name): _range(number) for number, spec in enumerate(specs)}
    values = {"installation": "lab", "profiles": {profile.name: profile}, "naming": Naming(vmids=ranges), **changed}
    return SiteConfig(entitlements=(Entitlement(profile=profile.name, who=Selection()),), **values)


def a_stage(*specs: TwinSpec, agents: int | Iterable[Agent] = 4, config: SiteConfig | None = None, **changed: Any) -> Stage:
    """A switch of so many agents on these twins."""
    stage = Stage(
        config=config or a_config_on(*specs),
        roster=a_roster(agents),
        twins={ClusterId(spec.name): spec for spec in specs},
        begins_at=NOW,
    )
    return replace(stage, **changed)


def rehearsed(*specs: TwinSpec, **changed: Any) -> Forecast:
    """What came of it."""
    return Rehearsal(a_stage(*specs, **changed)).run()


def measured_on(spec: TwinSpec, *, agents: int, config: SiteConfig | None = None) -> tuple[Measurement, ...]:
    """What a switch of so many shows."""
    stage = a_stage(spec, agents=agents, config=config)
    measuring = Measuring(lambda: stage.config.profiles)
    rehearsal = Rehearsal(replace(stage, listeners=(measuring,)))
    rehearsal.run()
    return measuring.take(rehearsal.events.now)


def _range(number: int) -> tuple[Vmid, Vmid]:
    return Vmid(FIRST_VMID + 5000 * number), Vmid(LAST_VMID + 5000 * number)


def _template(spec: TwinSpec, node: str, vmid: int, storage: str) -> Template:
    return Template(cluster=ClusterId(spec.name), vmid=Vmid(vmid), node=NodeName(node), storage=StorageId(storage))
