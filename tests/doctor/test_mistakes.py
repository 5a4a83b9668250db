"""`bascule check` finds the mistakes that leave people without a desktop, each with its severity and its fix."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from provisioner.doctor.expiry import examine_files
from provisioner.doctor.findings import Grade
from provisioner.model.ids import ProfileName
from provisioner.model.machines.twin_spec import GuestSpec, KillNode, Maintenance, NodeSpec, StopDaemon, StorageSpec
from provisioner.model.people.profiles import Addressing, Entitlement, Probe, Selection
from provisioner.model.scenario.scenarios import Shortage
from provisioner.pve.privileges import NEEDED
from provisioner.settings.values import ApiSettings, ExpositionSettings, ReceiverSettings, SshSettings, StoreSettings
from provisioner.twin.access.gate import gate_of
from provisioner.twin.api.endpoints.ha_manager import HaResource, resources_of, show
from provisioner.twin.twin import Twin
from tests.builders.checkup import Checkup, a_surge, a_wave, alarms
from tests.builders.cluster import NOW
from tests.builders.core import an_agent
from tests.builders.rehearsal import a_profile_on
from tests.builders.twin import a_spec
from tests.servers.processes import free_port
from tests.servers.sshd import new_key, public_key

SITE = Checkup(spec=a_spec(nodes=3))
STANDARD = ProfileName("standard")
PEOPLE = [an_agent(number, groups=frozenset({"office" if number % 2 else "field"}), site="Melun") for number in range(1, 41)]


def entitled(*whos: Selection) -> tuple[Entitlement, ...]:
    return tuple(Entitlement(profile=STANDARD, who=who) for who in whos)


def groups(*names: str, **others: frozenset[str]) -> Selection:
    return Selection(groups=frozenset(names), **others)


def small(**changed: object) -> Checkup:
    """The site with less of something."""
    return SITE.but(spec=replace(SITE.spec, **changed))  # type: ignore[arg-type]


def found(site: Checkup, code: str, grade: Grade, fix: str, folder) -> None:
    """The site has this alarm, with this severity and a fix that says so."""
    there = alarms(site.findings(folder))
    assert code in there, list(there)
    assert (there[code].grade, fix in there[code].fix) == (grade, True), there[code]


BAD, DOUBTFUL = Grade.BAD, Grade.DOUBTFUL


def test_the_site_without_a_mistake_is_sound(tmp_path):
    assert not alarms(SITE.findings(tmp_path))
    assert not alarms(SITE.but(agents=PEOPLE).findings(tmp_path))


@pytest.mark.parametrize(
    ("site", "code", "grade", "fix"),
    [
        pytest.param(
            SITE.but(agents=PEOPLE, entitlements=entitled(groups("offices"))),
            "nobody_entitled",
            BAD,
            "correct entitlements",
            id="nobody is entitled",
        ),
        pytest.param(SITE.but(agents=0), "no_agents", BAD, "directory.base", id="the directory is empty"),
        pytest.param(
            SITE.but(agents=PEOPLE, entitlements=entitled(groups("offices"), groups("field"))),
            "no_agent_of_group",
            BAD,
            "did you mean 'office'?",
            id="an entitlement matches nobody, and people get none",
        ),
        pytest.param(
            SITE.but(agents=PEOPLE, entitlements=entitled(groups("graphics"), groups("field"))),
            "no_agent_of_group",
            DOUBTFUL,
            "wait until the directory has it",
            id="an entitlement of a group that is still empty",
        ),
        pytest.param(
            SITE.but(agents=PEOPLE, entitlements=entitled(groups("offices"), Selection())),
            "no_agent_of_group",
            DOUBTFUL,
            "did you mean 'office'?",
            id="an entitlement matches nobody, and the next gives everybody a desktop",
        ),
        pytest.param(
            SITE.but(agents=PEOPLE, scenario=a_surge(a_wave("a", who=groups("office")), a_wave("b", who=groups("feld")))),
            "no_agent_of_group",
            BAD,
            "did you mean 'field'?",
            id="a wave matches nobody",
        ),
        pytest.param(
            SITE.but(
                agents=[*PEOPLE, an_agent(99, site="Paris")],
                entitlements=entitled(groups("office", sites=frozenset({"Paris"})), groups("office", "field")),
            ),
            "selects_nobody",
            BAD,
            "each has to match",
            id="each value is there, but never together",
        ),
        pytest.param(
            SITE.but(
                agents=PEOPLE, scenario=a_surge(a_wave("a", who=groups("office", "field")), a_wave("b", who=groups("field")))
            ),
            "wave_swallowed",
            DOUBTFUL,
            "put it before them",
            id="a wave swallows the following one",
        ),
        pytest.param(
            SITE.but(agents=PEOPLE, entitlements=entitled(groups("office", "field"), groups("field"))),
            "entitlement_swallowed",
            DOUBTFUL,
            "put it before them",
            id="an entitlement swallows the following one",
        ),
        pytest.param(
            SITE.but(
                agents=PEOPLE,
                entitlements=entitled(groups("office")),
                scenario=a_surge(a_wave("a", who=groups("office")), a_wave("b", who=groups("field"))),
            ),
            "wave_not_entitled",
            BAD,
            "add them to entitlements",
            id="nobody of a wave is entitled",
        ),
        pytest.param(
            SITE.but(profiles=(replace(a_profile_on(SITE.spec), name=ProfileName("spare")),)),
            "profile_unused",
            DOUBTFUL,
            "add an entitlement",
            id="a profile that nobody gets",
        ),
        pytest.param(
            SITE.but(scenario=a_surge(starts_at=NOW - 90_000)),
            "starts_past",
            DOUBTFUL,
            "set starts_at to the coming night",
            id="it starts in the past",
        ),
        pytest.param(
            SITE.but(scenario=a_surge(starts_at=NOW + 400 * 86_400)),
            "starts_far",
            DOUBTFUL,
            "delete the line to begin at once",
            id="it starts in another year",
        ),
        pytest.param(
            SITE.but(scenario=a_surge(a_wave(size=10))),
            "batches_at_once",
            DOUBTFUL,
            "give the wave an interval",
            id="batches without an interval",
        ),
    ],
)
def test_whom_it_is_for_and_when(site, code, grade, fix, tmp_path):
    found(site, code, grade, fix, tmp_path)


@pytest.mark.parametrize(
    ("site", "fix"),
    [
        pytest.param(SITE.but(vmids=(20_000, 20_029)), "more vmids", id="too few VMIDs"),
        pytest.param(
            SITE.but(
                profile={
                    "addressing": Addressing(network="10.40.0.0/24", gateway="10.40.0.1", first="10.40.0.10", last="10.40.0.39")
                }
            ),
            "more addresses",
            id="too few addresses",
        ),
        pytest.param(
            small(nodes=tuple(NodeSpec(name=f"pve{number}", memory_mib=65_536) for number in (1, 2, 3))),
            "more memory",
            id="too little memory",
        ),
        pytest.param(
            small(nodes=tuple(NodeSpec(name=f"pve{number}", cores=4) for number in (1, 2, 3))), "more cores", id="too few cores"
        ),
        pytest.param(
            small(storages=(StorageSpec(storage="thin", shared=False, size_gib=200),)), "more storage", id="too little storage"
        ),
        pytest.param(SITE.but(profile={"disk_gib": 900}), "more storage", id="desktops of 900 GiB"),
        pytest.param(SITE.but(profile={"disk_gib": 90_000}), "more storage", id="not a single desktop fits"),
        pytest.param(
            small(
                nodes=tuple(NodeSpec(name=f"pve{number}", memory_mib=5_000) for number in (1, 2, 3)),
                storages=(StorageSpec(storage="thin", shared=False, size_gib=10),),
            ),
            "several resources",
            id="not a single desktop fits, for two reasons at once",
        ),
    ],
)
def test_too_little_of_something(site, fix, tmp_path):
    """E8: of 900 GiB each, `check` said nothing where no other resource alone would have helped."""
    found(site, "room_short_of", BAD, fix, tmp_path)


def template(**changed: str | None) -> Checkup:
    """The site with settings of its templates changed; None: removed."""

    def meddle(twin) -> None:
        for vmid in (9001, 9002, 9003):
            guest = twin.cluster.guests[vmid]
            guest.config |= {key: value for key, value in changed.items() if value is not None}
            for key in (key for key, value in changed.items() if value is None):
                guest.config.pop(key, None)
                guest.volumes.pop(key, None)
            guest.changed()

    return SITE.but(meddle=meddle)


def on_template(vmid: int, **changed: str) -> Checkup:
    """The site with settings of one template changed."""

    def meddle(twin) -> None:
        twin.cluster.guests[vmid].config |= changed
        twin.cluster.guests[vmid].changed()

    return SITE.but(meddle=meddle)


def with_templates(**changed: object) -> Checkup:
    """The site with templates of another making."""
    return small(templates=tuple(replace(made, **changed) for made in SITE.spec.templates))  # type: ignore[arg-type]


def on_storage(**changed: object) -> Checkup:
    """The site with its storage changed."""
    return small(storages=(replace(SITE.spec.storages[0], **changed),))  # type: ignore[arg-type]


WINDOWS = {"os": "windows"}
UEFI = {"ostype": "win11", "bios": "ovmf"}


@pytest.mark.parametrize(
    ("site", "code", "grade", "fix"),
    [
        pytest.param(SITE.but(profile={"disk_gib": 20}), "disk_smaller", BAD, "disk_gib: 32", id="disk_gib below the disk"),
        pytest.param(SITE.but(profile={"disk_gib": 64}), "disk_larger", DOUBTFUL, "disk_gib: 32", id="disk_gib above the disk"),
        pytest.param(with_templates(data_disks=4), "disks_larger", DOUBTFUL, "disk_gib: 36", id="further disks"),
        pytest.param(template(scsi0=None), "no_disk", BAD, "make the template again", id="no disk"),
        pytest.param(template(boot="order=net0;ide2"), "boots_nothing", BAD, "--boot order=scsi0", id="it boots nothing"),
        pytest.param(template(ide2=None), "no_cloud_init", BAD, "cloudinit", id="no cloud-init drive"),
        pytest.param(template(agent="0"), "agent_off", DOUBTFUL, "must be installed", id="no guest agent"),
        pytest.param(
            template(cicustom="network=local:snippets/net.yaml"), "custom_network", BAD, "cicustom", id="a snippet's network"
        ),
        pytest.param(
            template(cicustom="user=local:snippets/u.yaml"), "custom_other", DOUBTFUL, "cicustom", id="a snippet's user data"
        ),
        pytest.param(
            template(ipconfig1="ip=10.1.1.1/24"), "second_address", BAD, "DHCP", id="a second card with a fixed address"
        ),
        pytest.param(
            template(net0="virtio=BC:24:11:00:00:01,bridge=vmbr0,link_down=1"),
            "template_link_down",
            BAD,
            "connect it",
            id="unplugged",
        ),
        pytest.param(
            template(hostpci0="0000:01:00.0,pcie=1"), "template_passthrough", BAD, "mdev", id="a graphics card of the host"
        ),
        pytest.param(template(usb0="host=1-1.2"), "template_passthrough", BAD, "--delete usb0", id="a USB stick of the host"),
        pytest.param(template(protection="1"), "template_protected", DOUBTFUL, "--protection 0", id="protected"),
        pytest.param(template(affinity="0-3"), "template_pinned", DOUBTFUL, "affinity", id="bound to four cores"),
        pytest.param(template(lock="backup"), "template_locked", DOUBTFUL, "qm unlock", id="locked"),
        pytest.param(template(ostype="win10"), "linux_type", DOUBTFUL, "--ostype l26", id="Windows in a Linux profile"),
        pytest.param(
            SITE.but(profile=WINDOWS), "windows_type", BAD, "--ostype win11", id="os: windows on a template for Linux"
        ),
        pytest.param(
            template(ostype="win11").but(profile=WINDOWS), "windows_firmware", BAD, "bios: ovmf", id="Windows 11 without UEFI"
        ),
        pytest.param(template(**UEFI).but(profile=WINDOWS), "windows_firmware", BAD, "EFI disk", id="UEFI without an EFI disk"),
        pytest.param(template(**UEFI).but(profile=WINDOWS), "windows_tpm", BAD, "--tpmstate0", id="Windows 11 without a TPM"),
        pytest.param(on_template(9003, bios="ovmf"), "replicas_differ", DOUBTFUL, "same image", id="one replica differs"),
        pytest.param(SITE.but(profile={"vcpus": 65}), "node_small", BAD, "lower vcpus", id="more vCPUs than a node has"),
        pytest.param(
            SITE.but(profile={"memory_mib": 900_000}),
            "node_memory_small",
            BAD,
            "lower memory_mib",
            id="more memory than a node has",
        ),
        pytest.param(on_storage(kind="lvm"), "no_linked_clones", BAD, "clone: full", id="a storage without linked clones"),
        pytest.param(on_storage(content="backup,iso"), "no_images", BAD, "Disk image", id="a storage without images"),
        pytest.param(
            small(
                storages=(*SITE.spec.storages, StorageSpec(storage="other", shared=False)),
                templates=tuple(replace(made, storage="other") for made in SITE.spec.templates),
            ).but(
                profile={"templates": a_profile_on(SITE.spec).templates},
            ),
            "disks_elsewhere",
            BAD,
            "correct the profile's storage",
            id="disks elsewhere than the profile says",
        ),
    ],
)
def test_what_is_in_a_template(site, code, grade, fix, tmp_path):
    found(site, code, grade, fix, tmp_path)


def meddled(meddle: Callable[[Twin], object], **changed: object) -> Checkup:
    """The site after somebody has changed something on the cluster."""
    return SITE.but(meddle=meddle, **changed)


def job(**fields: object) -> Callable[[Twin], object]:
    """A backup job, as Proxmox VE lists it."""
    shown = {"id": "backup-1", "type": "vzdump", "enabled": 1, "storage": "pbs", "mode": "snapshot", **fields}
    return lambda twin: twin.cluster.datacenter.backup_jobs.append(shown)


def bridge(**settings: object) -> Callable[[Twin], object]:
    return lambda twin: twin.cluster.datacenter.bridge_settings.update(vmbr0=settings)


def without_bridge(*nodes: str) -> Callable[[Twin], object]:
    return lambda twin: twin.cluster.datacenter.without_bridge.update((node, "vmbr0") for node in nodes)


def clock(ahead_s: float) -> Callable[[Twin], object]:
    return lambda twin: twin.cluster.datacenter.clock_ahead_s.update(pve2=ahead_s)


def certificate(days: float) -> Callable[[Twin], object]:
    return lambda twin: twin.cluster.datacenter.certificate_ends.update(pve3=NOW + days * 86_400)


def token(days: float, *, user: bool = False) -> Callable[[Twin], object]:
    """The token, or its user, ends after so many days."""

    def end(twin: Twin) -> None:
        account = gate_of(twin.cluster).access.users["bascule@pve"]
        (account if user else account.tokens["daemon"]).expire = int(NOW + days * 86_400)

    return end


def ha(twin: Twin) -> None:
    """A desktop that HA has taken over, and a scheduler that moves it."""
    cluster = twin.cluster
    twin.cluster.datacenter.options["crs"] = {"ha": "static", "ha-rebalance-on-start": 1}
    guest = cluster.guests[20_001]
    resources_of(cluster)["vm:20001"] = HaResource()
    show(guest, "started")


FOREIGN = small(guests=(GuestSpec(vmid=20_001, node="pve1", name="db", storage="thin"),))
OURS = small(guests=(GuestSpec(vmid=20_001, node="pve1", name="vd-20001", storage="thin"),))
BALANCED = small(guests=(GuestSpec(vmid=100, node="pve1", name="db", storage="thin", tags="plb_affinity_db"),))
TONIGHT = time.strftime("%H:%M", time.gmtime(NOW + 2 * 3600))
POOL = Addressing(network="10.40.0.0/21", gateway="10.40.0.1", first="10.40.0.1", last="10.40.7.250")


@pytest.mark.parametrize(
    ("site", "code", "grade", "fix"),
    [
        pytest.param(SITE.but(profile={"bridge": "vmbr1"}), "bridge_meant", BAD, "did you mean vmbr0?", id="a bridge misspelt"),
        pytest.param(
            SITE.but(profile={"bridge": "lan"}), "bridge_nowhere", BAD, "make the bridge", id="a bridge that no node has"
        ),
        pytest.param(
            meddled(without_bridge("pve2")), "bridge_missing", BAD, "make the bridge there", id="one node lacks the bridge"
        ),
        pytest.param(meddled(bridge(active=0)), "bridge_nowhere", BAD, "make the bridge", id="the bridge is down"),
        pytest.param(
            meddled(bridge(bridge_vlan_aware=1, bridge_vids="2-30 100"), profile={"vlan": 40}),
            "vlan_barred",
            BAD,
            "add 40 to its VLAN IDs",
            id="a VLAN that no bridge lets through",
        ),
        pytest.param(
            meddled(bridge(mtu="1500"), profile={"mtu": 9000}),
            "mtu_large",
            BAD,
            "lower `mtu`",
            id="an MTU larger than the bridge's",
        ),
        pytest.param(
            SITE.but(profile={"mtu": 9000}), "mtu_unstated", DOUBTFUL, "state the MTU", id="an MTU that no bridge states"
        ),
        pytest.param(FOREIGN, "range_foreign", DOUBTFUL, "bascule store retire", id="a foreign VM in the range"),
        pytest.param(
            SITE.but(vmids=(100, 299)), "range_next", DOUBTFUL, "Next Free VMID Range", id="others' next VM is in the range"
        ),
        pytest.param(
            meddled(job(schedule="daily", all=1, **{"next-run": int(NOW + 3600)})),
            "backup_of_templates",
            DOUBTFUL,
            "exclude the templates",
            id="a backup of everything tonight",
        ),
        pytest.param(
            meddled(job(schedule=TONIGHT, vmid="9001,100")),
            "backup_of_templates",
            DOUBTFUL,
            "another time",
            id="a backup of a template",
        ),
        pytest.param(
            meddled(job(schedule=TONIGHT, vmid="100")), "backup_beside", DOUBTFUL, "another time", id="a backup beside"
        ),
        pytest.param(
            meddled(job(schedule="mon..sun 00/2:30", all=1)),
            "backup_perhaps",
            DOUBTFUL,
            "compare it",
            id="a schedule of another form",
        ),
        pytest.param(OURS.but(meddle=ha), "ha_ours", DOUBTFUL, "ha-manager remove", id="HA on a desktop"),
        pytest.param(OURS.but(meddle=ha), "crs_moves", DOUBTFUL, "Cluster Resource Scheduling", id="CRS on a desktop"),
        pytest.param(BALANCED, "balancer_moves", DOUBTFUL, "plb_ignore", id="a balancer that does not leave desktops out"),
        pytest.param(meddled(clock(90)), "node_clock_ahead", DOUBTFUL, "NTP", id="a clock 90 s ahead"),
        pytest.param(meddled(clock(-600)), "node_clock_behind", DOUBTFUL, "NTP", id="a clock ten minutes behind"),
        pytest.param(meddled(token(0.25)), "token_ends_in_switch", BAD, "--expire 0", id="the token ends tonight"),
        pytest.param(
            meddled(token(9)), "token_ends", DOUBTFUL, "token modify bascule@pve daemon", id="the token ends next week"
        ),
        pytest.param(
            meddled(token(9, user=True)), "user_ends", DOUBTFUL, "user modify bascule@pve", id="its account ends next week"
        ),
        pytest.param(
            meddled(token(0.25, user=True)),
            "user_ends_in_switch",
            BAD,
            "user modify bascule@pve",
            id="its account ends tonight",
        ),
        pytest.param(
            meddled(certificate(9)), "node_certificate_ends", DOUBTFUL, "pvecm updatecerts", id="a certificate not renewed"
        ),
        pytest.param(
            meddled(certificate(0.25)),
            "node_certificate_ends_in_switch",
            BAD,
            "pvecm updatecerts",
            id="a certificate ends tonight",
        ),
        pytest.param(
            small(faults=(StopDaemon(node="pve2"),)),
            "node_takes_none",
            BAD,
            "systemctl status pvedaemon",
            id="pvedaemon is dead",
        ),
        pytest.param(
            small(faults=(Maintenance(node="pve2", at_s=0.0),)),
            "node_maintenance",
            DOUBTFUL,
            "disable pve2",
            id="a node in maintenance",
        ),
        pytest.param(
            SITE.but(profile={"addressing": POOL}), "gateway_in_pool", BAD, "addressing.first", id="the gateway in the pool"
        ),
        pytest.param(
            SITE.but(profile={"nameservers": ("10.40.0.53",)}),
            "server_in_pool",
            BAD,
            "addressing.first",
            id="a name server in the pool",
        ),
        pytest.param(
            SITE.but(cluster={"endpoints": ("https://10.40.1.1:8006",)}),
            "server_in_pool",
            BAD,
            "addressing",
            id="a node in the pool",
        ),
        pytest.param(
            SITE.but(profile={"expected_ready_s": 900.0}),
            "ready_too_soon",
            BAD,
            "ready_timeout",
            id="given up before it can be ready",
        ),
        pytest.param(
            SITE.but(profile={"upgrade_at_first_boot": True}),
            "upgrade_too_soon",
            DOUBTFUL,
            "into the image",
            id="upgrades at first boot",
        ),
    ],
)
def test_what_is_around_the_desktops(site, code, grade, fix, tmp_path):
    found(site, code, grade, fix, tmp_path)


@pytest.mark.parametrize(
    ("path", "code", "fix"),
    [
        pytest.param("/access", "token_unseen", "pveum user token list bascule@pve", id="who there is"),
        pytest.param("/nodes", "not_checked", "Sys.Audit", id="the nodes' clocks"),
        pytest.param("/sdn", "rights_lacking", "pveum acl modify /sdn", id="the bridges"),
    ],
)
def test_what_the_token_may_not_read_is_said_and_ends_nothing(path, code, fix, tmp_path):
    """An entry without rights hides what is below it."""
    there = alarms(SITE.but(rights={**NEEDED, path: frozenset()}).findings(tmp_path))

    assert fix in there[code].fix
    assert "node_certificate_ends" not in there


def test_a_template_on_an_offline_node_is_a_doubt_and_all_of_them_a_fault(tmp_path):
    def dark(node: str, **spec: object) -> Checkup:
        site = small(faults=(KillNode(node=node, at_s=1.0),), **spec)
        return site.but(meddle=lambda twin: twin.events.advance(twin.events.now + 60))

    assert alarms(dark("pve2").findings(tmp_path)).keys() == {
        "node_offline",
        "template_node_offline",
        "node_quorum_needed",
    }
    only = dark("pve2", templates=SITE.spec.templates[1:2])
    found(only, "template_node_offline", DOUBTFUL, "bring the node back", tmp_path)
    found(only, "nothing_to_clone", BAD, "findings about its templates", tmp_path)


def test_what_the_scenario_gives_for_want_of_room_is_used(tmp_path):
    """F8: "nobody gets a desktop of it", though `shortage` names it."""
    spare = replace(a_profile_on(SITE.spec), name=ProfileName("spare"))
    scenario = a_surge(shortage=Shortage(profiles=(spare.name,)))

    assert not alarms(SITE.but(profiles=(spare,), scenario=scenario).findings(tmp_path))


@pytest.mark.parametrize(
    ("place", "code"),
    [
        pytest.param({"freeze_file": Path("/run/bascule/freeze")}, "freeze_in_memory", id="the freeze file"),
        pytest.param({"freeze_file": Path("/dev/shm/freeze")}, "freeze_in_memory", id="the freeze file, in memory elsewhere"),
        pytest.param({"store": StoreSettings(url="sqlite:////run/bascule.db")}, "store_in_memory", id="the store"),
    ],
)
def test_what_would_be_lost_when_the_machine_restarts(place, code, tmp_path):
    """F19: `check` said nothing of a freeze file below /run."""
    found(SITE.but(settings=place), code, DOUBTFUL, "/var/lib/bascule", tmp_path)


def a_certificate(folder: Path, *, days: float) -> tuple[Path, Path]:
    """A certificate that ends so many days from now, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bascule")])
    end = datetime.fromtimestamp(NOW + days * 86_400, UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, end - timedelta(days=90), end).sign(key, hashes.SHA256())
    files = folder / "api.pem", folder / "api.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return files


@pytest.mark.parametrize(
    ("days", "code", "grade"),
    [
        pytest.param(9, "served_certificate_ends", DOUBTFUL, id="it ends next week"),
        pytest.param(-3, "served_certificate_ended", BAD, id="it has ended"),
    ],
)
def test_the_certificate_of_the_api(days, code, grade, tmp_path):
    certificate, key = a_certificate(tmp_path, days=days)
    found(SITE.but(settings={"api": ApiSettings(certificate=certificate, key=key)}), code, grade, "renew it", tmp_path)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        pytest.param(0.25, "ends in 6 h, before the switch is over", id="tonight"),
        pytest.param(729.7, "ends in 730 days, before the switch is over", id="a last batch in years: it said 17512 h"),
    ],
)
def test_when_something_ends_is_said_as_a_person_says_it(days, words, tmp_path):
    late = a_surge(a_wave(after_s=(days - 0.1) * 86_400))

    there = alarms(meddled(certificate(days), scenario=late).findings(tmp_path))

    assert words in there["node_certificate_ends_in_switch"].text


def test_a_key_of_another_certificate(tmp_path):
    certificate, _ = a_certificate(tmp_path, days=200)
    (tmp_path / "other").mkdir()
    _, key = a_certificate(tmp_path / "other", days=200)

    site = SITE.but(settings={"exposition": ExpositionSettings(certificate=certificate, key=key)})

    found(site, "served_certificate_wrong", BAD, "the key that belongs to it", tmp_path)


def test_a_good_certificate_is_no_alarm(tmp_path):
    certificate, key = a_certificate(tmp_path, days=200)

    assert not alarms(SITE.but(settings={"api": ApiSettings(certificate=certificate, key=key)}).findings(tmp_path))


def receiving(certificate: Path, key: Path | None = None) -> Checkup:
    """The site with a receiver that has these files; nobody listens on its port."""
    receiver = ReceiverSettings(address="0.0.0.0", port=free_port(), certificate=certificate, key=key)
    return SITE.but(settings={"receiver": receiver})


def test_the_certificate_of_the_receiver(tmp_path):
    """F19: neither its end nor its absence was said."""
    certificate, key = a_certificate(tmp_path, days=200)
    assert not alarms(receiving(certificate, key).findings(tmp_path))
    found(receiving(certificate, tmp_path / "none.key"), "served_certificate_wrong", BAD, "the key that belongs", tmp_path)
    assert (
        "none.key" in alarms(receiving(certificate, tmp_path / "none.key").findings(tmp_path))["served_certificate_wrong"].text
    )
    found(receiving(tmp_path / "none.pem", key), "served_certificate_wrong", BAD, "PEM certificate", tmp_path)
    found(receiving(certificate), "served_certificate_wrong", BAD, "the key that belongs", tmp_path)
    ending, its_key = a_certificate(tmp_path, days=9)
    found(receiving(ending, its_key), "served_certificate_ends", DOUBTFUL, "restart bascule-receiver", tmp_path)


def test_a_key_that_this_account_cannot_read_hides_no_end_of_the_certificate(tmp_path):
    """F19. The receiver's key may be root's alone: systemd hands it over."""
    with tempfile.TemporaryDirectory() as home:  # pytest's own is for root alone
        Path(home).chmod(0o755)
        certificate, key = a_certificate(Path(home), days=9)
        key.chmod(0)
        settings, _, now = receiving(certificate, key).site(tmp_path)
        with as_another_account():
            there = alarms(examine_files(settings, now=now))

    assert there.keys() == {"receiver_key_unread", "served_certificate_ends"}
    assert "as root" in there["receiver_key_unread"].fix


def test_an_authority_for_clients_that_is_none(tmp_path):
    """A neighbour of F19."""
    certificate, key = a_certificate(tmp_path, days=200)
    (tmp_path / "ca.pem").write_text("none")
    way = {"certificate": certificate, "key": key}

    found(
        SITE.but(settings={"exposition": ExpositionSettings(client_ca=tmp_path / "ca.pem", **way)}),
        "client_ca_wrong",
        BAD,
        "PEM certificates of the authority",
        tmp_path,
    )
    assert not alarms(SITE.but(settings={"exposition": ExpositionSettings(client_ca=certificate, **way)}).findings(tmp_path))


@pytest.mark.parametrize(
    ("key", "known", "said"),
    [
        pytest.param("none", "10.40.0.* ", "holds no private key", id="no key"),
        pytest.param("", "none", "holds no host key", id="no host key"),
    ],
)
def test_files_of_ssh_that_cannot_be_used(key, known, said, tmp_path):
    """A neighbour of F19: no desktop with `probe: ssh` became ready, and `check` was silent."""
    files = new_key(tmp_path / "key"), tmp_path / "known_hosts"
    files[1].write_text(f"10.40.0.* {public_key(files[0])}\n")
    site = SITE.but(settings={"ssh": SshSettings(key_file=files[0], known_hosts_file=files[1])})
    assert not alarms(site.findings(tmp_path))

    for file, text in zip(files, (key, known), strict=True):
        file.write_text(text or file.read_text())
    found(site, "ssh_unusable", DOUBTFUL, "OpenSSH format", tmp_path)
    assert said in alarms(site.findings(tmp_path))["ssh_unusable"].text
    found(site.but(profile={"probe": Probe.SSH}), "ssh_unusable", BAD, "OpenSSH format", tmp_path)


@contextmanager
def as_another_account() -> Iterator[None]:
    """Root may read everything; any other account is stopped by the mode alone."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)
