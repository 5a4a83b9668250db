"""`bascule check` finds the mistakes that leave people without a desktop, each with its severity and its fix."""

from dataclasses import replace

import pytest

from provisioner.daemon.doctor.findings import Grade
from provisioner.model.ids import ProfileName
from provisioner.model.profiles import Addressing, Entitlement, Selection
from provisioner.model.twin_spec import NodeSpec, StorageSpec
from tests.builders.checkup import Checkup, a_surge, a_wave, alarms
from tests.builders.cluster import NOW
from tests.builders.core import an_agent
from tests.builders.rehearsal import a_profile_on
from tests.builders.twin import a_spec

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
            "check the year",
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
