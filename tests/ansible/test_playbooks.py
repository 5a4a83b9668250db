"""Checks of roles and playbooks without running them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from provisioner.pve.privileges import FORBIDDEN, NEEDED
from tests.builders.ansible import ANSIBLE

PLAYBOOKS = sorted(path.name for path in (ANSIBLE / "playbooks").glob("*.yml"))
ROLES = sorted(path.name for path in (ANSIBLE / "roles").iterdir())


def test_the_access_role_grants_what_the_program_needs():
    grants = yaml.safe_load((ANSIBLE / "roles/proxmox_access/defaults/main.yml").read_text())["proxmox_access_grants"]

    assert {grant["path"]: frozenset(grant["privileges"]) for grant in grants} == dict(NEEDED)
    assert not FORBIDDEN & {privilege for grant in grants for privilege in grant["privileges"]}
    assert len({grant["role"] for grant in grants}) == len(grants)


@pytest.mark.parametrize("role", ROLES)
def test_every_default_is_explained_and_everything_else_is_named_after_its_role(role):
    folder = ANSIBLE / "roles" / role
    defaults = yaml.safe_load((folder / "defaults" / "main.yml").read_text())

    assert all(name.startswith(f"{role}_") for name in defaults)
    readme = (ANSIBLE / "README.md").read_text()
    assert [name for name in defaults if f"`{name}`" not in readme] == []


@pytest.mark.parametrize("role", ROLES)
def test_every_default_has_a_type_and_nothing_else_has(role):
    folder = ANSIBLE / "roles" / role
    defaults = yaml.safe_load((folder / "defaults" / "main.yml").read_text())
    specs = yaml.safe_load((folder / "meta" / "argument_specs.yml").read_text())["argument_specs"]

    options = [option for entry in specs.values() for option in entry["options"].items()]
    assert {name for name, _ in options} == set(defaults)
    assert all(option["type"] and option["description"] for _, option in options)
    assert set(specs) <= {path.stem for path in (folder / "tasks").glob("*.yml")}


@pytest.mark.parametrize("role", ROLES)
def test_every_file_of_a_role_is_well_formed(role):
    """What is included while a playbook runs is read by no syntax check before."""
    for file in (ANSIBLE / "roles" / role).glob("*/*.yml"):
        assert yaml.safe_load(file.read_text()), file


@pytest.mark.real
@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_the_example_inventory_and_the_playbooks_are_well_formed(playbook, tmp_path):
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "--syntax-check"]
    command += ["--inventory", str(ANSIBLE / "inventory.example.yml"), str(ANSIBLE / "playbooks" / playbook)]
    environment = os.environ | {"ANSIBLE_CONFIG": str(ANSIBLE / "ansible.cfg"), "ANSIBLE_HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)

    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
