"""`bascule check` raises no false alarm on sound sites: the shapes of config/twins, and further ones."""

from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.model.ids import ProfileName, StorageId
from provisioner.model.machines.twin_spec import GuestSpec, NodeSpec, StorageSpec
from provisioner.model.people.profiles import Addressing, CloneKind, Entitlement, Selection
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.reasons.people import TEMPLATE_NODE_NEEDED
from tests.builders.checkup import Checkup, a_surge, a_wave, alarms, shipped
from tests.builders.cluster import NOW
from tests.builders.core import an_agent
from tests.builders.rehearsal import a_profile_on
from tests.builders.storage import with_storages
from tests.builders.twin import a_spec

TWINS = Path(__file__).parents[2] / "config" / "twins"
ONE_TEMPLATE = frozenset({TEMPLATE_NODE_NEEDED.code})
"""All right, but for what is lost with the only template's node: this doubt is true."""


@pytest.mark.parametrize("shape", sorted(file.stem for file in TWINS.glob("*.yaml")))
def test_a_shipped_shape_raises_no_alarm(shape, tmp_path):
    spec = shipped(shape)

    found = alarms(Checkup(spec=spec, agents=400).findings(tmp_path))

    assert found.keys() <= (ONE_TEMPLATE if len(spec.templates) == 1 else frozenset())


def _windows(twin) -> None:
    for template in (guest for guest in twin.cluster.guests.values() if guest.template):
        template.config |= {"ostype": "win11", "bios": "ovmf"}
        template.changed()


def _inheriting(twin) -> None:
    for template in (guest for guest in twin.cluster.guests.values() if guest.template):
        template.config |= {
            "cicustom": "vendor=local:snippets/agent.yaml",
            "hostpci0": "mapping=vgpu,mdev=nvidia-63",
            "usb0": "spice",
        }
        template.changed()


def _night(twin) -> None:
    """Backups in the day, and of other guests on Sundays; next year's certificates; a clock that NTP keeps."""
    daily = {"id": "day", "enabled": 1, "schedule": "12:00", "all": 1, "next-run": int(NOW + 20 * 3600)}
    off = {"id": "off", "enabled": 0, "schedule": "02:00", "all": 1}
    twin.cluster.datacenter.backup_jobs += [daily, off]
    twin.cluster.datacenter.clock_ahead_s["pve2"] = 1.4
    twin.cluster.datacenter.certificate_ends["pve1"] = NOW + 20 * 86_400
    twin.cluster.datacenter.bridge_settings["vmbr0"] = {"bridge_vlan_aware": 1, "bridge_vids": "2-4094"}


BIG = NodeSpec(name="pve9", cores=128, memory_mib=2 * 768 * 1024)
LARGE = replace(a_profile_on(a_spec(nodes=3)), name=ProfileName("large"), memory_mib=8192, vcpus=4)
SITES = {
    "one node": Checkup(spec=a_spec(nodes=1)),
    "with DHCP": Checkup(spec=a_spec(nodes=3), profile={"addressing": Addressing()}),
    "two profiles": Checkup(
        spec=a_spec(nodes=3),
        agents=[an_agent(number, groups=frozenset({"graphics"} if number < 10 else {"office"})) for number in range(60)],
        profiles=(LARGE,),
        entitlements=(
            Entitlement(profile=LARGE.name, who=Selection(groups=frozenset({"graphics"}))),
            Entitlement(profile=ProfileName("standard"), who=Selection()),
        ),
    ),
    "waves in batches, prepared": Checkup(
        spec=a_spec(nodes=3),
        agents=[an_agent(number, groups=frozenset({"first"} if number < 10 else {"office"})) for number in range(60)],
        scenario=a_surge(
            a_wave("first", who=Selection(groups=frozenset({"first"})), prepare=PreparationLevel.RUNNING),
            a_wave("rest", after_s=3600.0, size=20, interval_s=600.0),
            starts_at=NOW + 6 * 3600,
        ),
    ),
    "full clones to another storage": Checkup(
        spec=with_storages(a_spec(nodes=3), StorageSpec(storage="data", shared=False, size_gib=8192.0)),
        profile={"clone": CloneKind.FULL, "storage": StorageId("data")},
    ),
    "two templates on shared storage": Checkup(spec=a_spec(nodes=4, shared=True)),
    "foreign VMs outside the range": Checkup(
        spec=a_spec(nodes=3, guests=[GuestSpec(vmid=100 + n, node="pve1", name=f"db{n}", storage="thin") for n in range(8)])
    ),
    "Windows 11": Checkup(
        spec=replace(a_spec(nodes=3), templates=tuple(replace(made, efi=True, tpm=True) for made in a_spec(nodes=3).templates)),
        profile={"os": "windows", "expected_ready_s": 600.0, "ready_timeout_s": 1800.0},
        meddle=_windows,
    ),
    "settings that clones may inherit": Checkup(spec=a_spec(nodes=3), meddle=_inheriting),
    "backups by day, a VLAN, a certificate that renews itself": Checkup(
        spec=a_spec(nodes=3), meddle=_night, profile={"vlan": 40}
    ),
    "nodes of two sizes": Checkup(spec=replace(a_spec(nodes=3), nodes=(*a_spec(nodes=3).nodes, BIG))),
    "a node without a template": Checkup(spec=replace(a_spec(nodes=4), templates=a_spec(nodes=3).templates)),
}


@pytest.mark.parametrize("name", SITES)
def test_a_sound_site_raises_no_alarm(name, tmp_path):
    assert alarms(SITES[name].findings(tmp_path)) == {}
