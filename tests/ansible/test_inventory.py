"""The inventory of the desktops, as ansible-inventory reads it of a running API: by the socket, and over TLS with a token."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from provisioner.api.callers import Role
from provisioner.api.tokens import make_token
from tests.builders.ansible import ANSIBLE
from tests.builders.api import an_api_site, serving, serving_by_tls
from tests.builders.cluster import NOW, a_view
from tests.builders.core import a_desktop, an_agent
from tests.builders.views import a_publication

pytestmark = pytest.mark.real

ADDRESS = "192.0.2.7"
HOSTILE = "{{ lookup('pipe', 'touch taken') }}"


def a_site(*, seen_at=NOW):
    """Two desktops in use, in one of two places; one that nobody has any more; and a place of a hostile directory."""
    first = a_desktop(1)
    first = first.but(reservation=replace(first.reservation, address=ADDRESS))
    people = [an_agent(1, site="Évreux-Nord"), an_agent(2, site=HOSTILE)]
    return an_api_site(a_publication(first, a_desktop(2), a_desktop(3), wanted=2, agents=people, view=a_view(taken_at=seen_at)))


def read(folder: Path, options, *words, **environment: str):
    (folder / "desktops.yml").write_text(yaml.safe_dump({"plugin": "desktops", **options}))
    command = [str(Path(sys.executable).with_name("ansible-inventory")), "--inventory", "desktops.yml", *words]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "BASCULE_"))}
    given = kept | {"ANSIBLE_CONFIG": str(ANSIBLE / "ansible.cfg"), "ANSIBLE_HOME": str(folder), **environment}
    return subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, timeout=60, check=False)


def listed_by(tmp_path, site):
    with serving(tmp_path, site) as socket:
        done = read(tmp_path, {"unix_socket": str(socket)}, "--list")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def listed(tmp_path):
    return listed_by(tmp_path, a_site())


def test_each_desktop_is_in_the_groups_of_its_profile_place_wave_and_phase(listed):
    hosts = {name: group["hosts"] for name, group in listed.items() if "hosts" in group}

    assert hosts["profile_office"] == ["vd-5001", "vd-5002", "vd-5003"]
    assert hosts["phase_ready"] == ["vd-5001", "vd-5002", "vd-5003"]
    assert hosts["site_Évreux_Nord"] == ["vd-5001"]
    assert hosts["wave_everyone"] == ["vd-5001", "vd-5002"]


def test_a_desktop_is_reached_by_the_address_that_bascule_has_given_it(listed):
    known = listed["_meta"]["hostvars"]["vd-5001"]

    assert (known["ansible_host"], known["bascule_login"]) == ({"__ansible_unsafe": ADDRESS}, {"__ansible_unsafe": "login0001"})
    assert known["bascule_vmid"] == 5001
    assert "ansible_host" not in listed["_meta"]["hostvars"]["vd-5002"]


def test_where_the_cluster_does_not_answer_no_desktop_is_said_to_be_ready(tmp_path):
    """Away for half an hour, all were in the group of those that are ready."""
    away = listed_by(tmp_path, a_site(seen_at=NOW - 1800))

    assert away["phase_unknown"]["hosts"] == ["vd-5001", "vd-5002", "vd-5003"]
    assert "phase_ready" not in away


def test_what_a_directory_says_is_no_template(listed, tmp_path):
    """Ansible would run it on the machine of whoever reads. It is marked as text, and its group has no sign of a template."""
    assert listed["_meta"]["hostvars"]["vd-5002"]["bascule_site"] == {"__ansible_unsafe": HOSTILE}
    assert not (tmp_path / "taken").exists()


@contextmanager
def over_tls(folder: Path, role: Role):
    """Options of the plugin, and a token, while the API is served."""
    token, known = make_token("ansible", role)
    (folder / "tokens").write_text(known.line)
    with serving_by_tls(folder, a_site(), folder / "tokens") as settings:
        url = f"https://127.0.0.1:{settings.port}"
        yield {"unix_socket": "", "url": url, "ca_path": str(folder / "ca" / "ca.pem")}, token


def test_from_another_machine_a_token_reads_the_same(tmp_path):
    with over_tls(tmp_path, Role.VIEWER) as (options, token):
        done = read(tmp_path, options, "--graph", BASCULE_TOKEN=token)

    assert done.returncode == 0, done.stderr
    assert "vd-5003" in done.stdout


@pytest.mark.parametrize("role", [None, Role.BOARD])
def test_who_may_not_ask_has_no_inventory_rather_than_an_empty_one(tmp_path, role):
    with over_tls(tmp_path, role or Role.VIEWER) as (options, token):
        done = read(tmp_path, options, "--list", BASCULE_TOKEN=token if role else "")

    assert done.returncode != 0
    assert token not in done.stdout + done.stderr


def test_without_a_daemon_there_is_none_either(tmp_path):
    done = read(tmp_path, {"unix_socket": str(tmp_path / "api.sock")}, "--list")

    assert done.returncode != 0
    assert "does not answer" in done.stderr
