"""The role that makes templates of a golden image, with a `qm` that keeps VMs in a file; what it builds: tests/image."""

import getpass
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.adapters.images.looking import look_at
from provisioner.doctor.image import QUESTION, examine_image
from tests.builders.ansible import ANSIBLE, Operator, short_folder
from tests.builders.images import a_clean_image, lay_out

QM = Path(__file__).with_name("qm.py")
FILES = ANSIBLE / "roles" / "golden_image" / "files"
VERSION = "2026-11-27"


class Node:
    """A node, and an operator with an image for it."""

    def __init__(self, home, temp):
        self._state = home / "vms.json"
        self._state.write_text(json.dumps({"100": {"name": "other"}}))
        (home / "bin").mkdir()
        for program in ("qm", "pvesh"):
            script = home / "bin" / program
            script.write_text(f'#!/bin/sh\nexec {sys.executable} {QM} {self._state} {program} "$@"\n')
            script.chmod(0o755)
        (home / "images").mkdir()
        (home / "images" / f"golden-{VERSION}.qcow2").write_text("the image")
        machine = {"ansible_connection": "local", "ansible_user": getpass.getuser()}
        machine["ansible_python_interpreter"] = sys.executable
        self._operator = Operator(home, group="image_nodes", machine=machine, temp=temp, path=home / "bin")
        self._folder = str(home / "images")

    def play(self, *vmids, version=VERSION):
        templates = [{"vmid": vmid, "storage": "local-lvm"} for vmid in vmids]
        given = {"golden_image_folder": self._folder, "golden_image_version": version, "golden_image_templates": templates}
        return self._operator.plays("image.yml", given)

    @property
    def vms(self):
        return json.loads(self._state.read_text())


@pytest.fixture
def node(tmp_path):
    with short_folder() as temp:
        yield Node(tmp_path, temp)


@pytest.mark.real
def test_a_template_is_made_on_each_storage_named_and_tagged_by_its_version_and_made_once(node):
    node.play(9001, 9002).well()
    made = node.vms

    for vmid in ("9001", "9002"):
        assert (made[vmid]["name"], made[vmid]["tags"]) == (f"golden-{VERSION}", f"golden-image;image-{VERSION}")
        assert (made[vmid]["template"], made[vmid]["imported"], made[vmid]["size"]) == (1, "the image", "32G")
        assert (made[vmid]["agent"], made[vmid]["ide2"], made[vmid]["onboot"]) == ("enabled=1", "local-lvm:cloudinit", "0")
    assert not Path(f"/var/tmp/golden-{VERSION}.qcow2").exists()

    assert node.play(9001, 9002).well().changed == 0
    assert node.vms == made


@pytest.mark.real
@pytest.mark.parametrize(
    ("vmid", "version", "said"),
    [
        pytest.param(100, VERSION, "VMID 100 is other on pve01", id="a VMID that is taken"),
        pytest.param(9001, "November 27", "Set golden_image_version", id="a version that is no tag"),
    ],
)
def test_what_cannot_become_a_template_changes_nothing(node, vmid, version, said):
    before = node.vms
    played = node.play(vmid, version=version)

    assert played.exit_code != 0
    assert said in " ".join(played.text.split())
    assert node.vms == before


@pytest.mark.image
def test_a_version_is_built_from_what_mmdebstrap_makes_checked_and_kept_and_built_once(tmp_path):
    """With an mmdebstrap that has the root already."""
    root = a_clean_image(tmp_path / "root")
    lay_out(root, {"boot/grub/i386-pc/boot.img": "first" * 100, "boot/grub/i386-pc/core.img": "rest" * 100})
    subprocess.run(["tar", "-cf", str(tmp_path / "root.tar"), "-C", str(root), "."], check=True, timeout=60)
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "mmdebstrap"
    script.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\nfor last; do :; done\ncp {tmp_path}/root.tar "$last"\n')
    script.chmod(0o755)
    machine = {"ansible_connection": "local", "ansible_user": getpass.getuser(), "ansible_python_interpreter": sys.executable}
    given = {"golden_image_version": VERSION, "golden_image_folder": str(tmp_path / "images"), "golden_image_build_gib": 1}
    given |= {"golden_image_build_folder": str(tmp_path / "build"), "golden_image_extra_packages": ["libreoffice", "sssd"]}
    given |= {"golden_image_guest_conf": "[push]\n", "golden_image_authorities": {"site.crt": "PEM"}}
    with short_folder() as temp:
        operator = Operator(tmp_path, group="image_builder", machine=machine, temp=temp, path=tmp_path / "bin")
        operator.plays("image.yml", given).well()
        kept = tmp_path / "images" / f"golden-{VERSION}.qcow2"
        before = kept.read_bytes()

        assert before.startswith(b"QFI\xfb")
        assert ",libreoffice,sssd " in (tmp_path / "asked").read_text()
        assert [finding.code for finding in examine_image("", look_at(kept, QUESTION))] == ["image_good"]
        assert [path.name for path in kept.parent.iterdir()] == [kept.name]
        assert not (tmp_path / "build").exists()
        assert operator.plays("image.yml", given).well().changed == 0
        assert kept.read_bytes() == before


def packages():
    lines = (FILES / "packages").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_the_list_of_packages_has_each_once_and_nothing_that_a_shell_obeys():
    assert len(set(packages())) == len(packages()) > 30
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name) for name in packages())
    assert {"qemu-guest-agent", "cloud-init", "xrdp", "cups", "unattended-upgrades"} <= set(packages())


@pytest.mark.parametrize("script", ["build-image", "in-image"])
def test_its_scripts_are_well_formed(script):
    shell = (FILES / script).read_text().splitlines()[0].removeprefix("#!")
    done = subprocess.run([shell, "-n", str(FILES / script)], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert (FILES / script).stat().st_mode & 0o111
