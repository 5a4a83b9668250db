"""The role that gives Bascule its rights, through a `pveum` that asks a twin's API: what the cluster grants in the end."""

import getpass
import stat
import sys
from pathlib import Path

import pytest

from provisioner.pve.privileges import FORBIDDEN, NEEDED, missing_rights
from tests.builders.ansible import Operator, short_folder
from tests.builders.twin_http import SECRET, a_twin_spec, serve

pytestmark = pytest.mark.real

PVEUM = Path(__file__).with_name("pveum.py")
TOKEN = "bascule@pve!daemon"


class Granting:
    """An operator on a node of a cluster."""

    def __init__(self, home, twin, temp):
        self.twin, self.secret_file = twin, home / "secrets" / "guest-token"
        command = f'exec {sys.executable} {PVEUM} {twin.url} {twin.ca} root@pam!full={SECRET} "$@"'
        (home / "bin").mkdir()
        (home / "secrets").mkdir()
        (home / "bin" / "pveum").write_text(f"#!/bin/sh\n{command}\n")
        (home / "bin" / "pveum").chmod(0o755)
        machine = {"ansible_connection": "local", "ansible_user": getpass.getuser()}
        machine["ansible_python_interpreter"] = sys.executable
        self._operator = Operator(home, group="proxmox", machine=machine, temp=temp, path=home / "bin")

    def play(self, *options, **variables):
        return self._operator.plays("access.yml", variables, *options)

    def secret(self):
        return self.secret_file.read_text().strip()

    def granted(self):
        """By path, as Bascule itself sees it with its token."""
        answer = self.twin.get("/access/permissions", token=f"{TOKEN}={self.secret()}")
        return {path: frozenset(held) for path, held in answer.items()}


@pytest.fixture(scope="module")
def granting(tmp_path_factory):
    home = tmp_path_factory.mktemp("access")
    (home / "twin").mkdir()
    with short_folder() as temp, serve(a_twin_spec(), home / "twin") as twin:
        made = Granting(home, twin, temp)
        made.first = made.play("-v").well()
        made.first_granted = made.granted()
        yield made


def test_the_token_may_do_what_bascule_needs_and_no_more(granting):
    granted = granting.granted()

    assert missing_rights(granted) == {}
    for path, needed in NEEDED.items():
        assert granted[path] == needed
    assert not FORBIDDEN & frozenset().union(*granted.values())


def test_its_secret_is_kept_for_the_operator_alone_and_never_printed(granting):
    assert stat.S_IMODE(granting.secret_file.stat().st_mode) == 0o600
    assert granting.secret() not in granting.first.text


def test_a_second_run_changes_nothing(granting):
    secret = granting.secret()

    assert granting.play().well().changed == 0
    assert granting.secret() == secret


def test_foreign_changes_are_corrected_and_a_lost_secret_is_reported_or_renewed(granting):
    lost = granting.secret()
    granting.secret_file.unlink()
    granting.twin.ask("PUT", "/access/roles/BasculeDesktops", data={"privs": "VM.Audit,VM.GuestAgent.Unrestricted"})
    granting.twin.ask("PUT", "/access/acl", data={"path": "/vms/100", "roles": "PVEAdmin", "users": "bascule@pve"})

    played = granting.play()
    assert (played.exit_code != 0, played.changed) == (True, 2)
    assert "proxmox_access_renew=true" in played.text

    granting.play("--extra-vars", "proxmox_access_renew=true").well()
    assert granting.secret() != lost
    assert granting.twin.ask("GET", "/version", token=f"{TOKEN}={lost}").status_code == 401
    assert granting.granted() == granting.first_granted


def test_with_a_pool_the_rights_are_there_and_on_the_templates_and_none_on_all_vms(granting):
    """A5: the pool is made, and a second run changes nothing."""
    pool = ("--extra-vars", '{"proxmox_access_pool": "desks", "proxmox_access_templates": [9001, 9002]}')

    granting.play(*pool).well()
    granted = granting.granted()

    assert granted["/pool/desks"] == NEEDED["/vms"]
    assert [granted[f"/vms/{vmid}"] for vmid in (9001, 9002)] == [{"VM.Audit", "VM.Clone"}] * 2
    assert granted["/vms"] == NEEDED["/"]  # what comes down from there
    assert "desks" in [pool["poolid"] for pool in granting.twin.get("/pools")]
    assert granting.play(*pool).well().changed == 0
