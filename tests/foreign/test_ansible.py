"""Ansible's community.proxmox modules, unchanged and through real ansible-playbook runs, manage desktops on the twin."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.builders.twin_http import SECRET

pytestmark = pytest.mark.real

MODULES = "group/community.proxmox.proxmox"


def a_play(port, *tasks):
    """One play on this machine, every module pointed at the twin."""
    api = {"api_host": "127.0.0.1", "api_port": port, "api_user": "root@pam", "api_token_id": "full", "validate_certs": True}
    secret = {"api_token_secret": "{{ lookup('env', 'TWIN_SECRET') }}"}
    return [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": {"ansible_python_interpreter": sys.executable},
            "module_defaults": {MODULES: api | secret},
            "tasks": list(tasks),
        }
    ]


def kvm(title, **arguments):
    """One call of proxmox_kvm."""
    return {"name": title, "community.proxmox.proxmox_kvm": {"timeout": 30, **arguments}}


UP = {
    "clone": {
        "node": "pve1",
        "clone": "tmpl-linked",
        "vmid": 9000,
        "newid": 230,
        "name": "vd-230",
        "full": False,
        "pool": "stage-1",
    },
    "start": {"vmid": 230, "state": "started"},
}
CONFIGURE = kvm(
    "configure", node="pve1", vmid=230, name="vd-230", memory=2048, cores=1, onboot=False, tags=["b", "a"], update=True,
    ipconfig={"ipconfig0": "ip=10.40.0.9/21,gw=10.40.0.1"},
)  # fmt: skip
DOWN = {"stop": {"vmid": 230, "state": "stopped"}, "delete": {"vmid": 230, "state": "absent"}}
LIST = [
    {
        "name": "list",
        "community.proxmox.proxmox_vm_info": {"type": "qemu", "vmid": 230, "config": "current"},
        "register": "found",
    },
    {"name": "show", "ansible.builtin.debug": {"var": "found.proxmox_vms"}},
]


@pytest.fixture(scope="module")
def play(twin, tmp_path_factory):
    """Runs tasks; returns each one's result by title."""
    folder = tmp_path_factory.mktemp("ansible")

    def run(*tasks):
        playbook = folder / "play.yml"
        playbook.write_text(yaml.safe_dump(a_play(twin.port, *tasks)), encoding="utf-8")
        surroundings = {
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
            "ANSIBLE_DEPRECATION_WARNINGS": "False", "TWIN_SECRET": SECRET, "REQUESTS_CA_BUNDLE": twin.ca,
            "NO_PROXY": "127.0.0.1",
        }  # fmt: skip
        command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", str(playbook)]
        ended = subprocess.run(command, env=os.environ | surroundings, capture_output=True, text=True, timeout=120, check=False)
        assert SECRET not in ended.stdout
        assert ended.returncode == 0, ended.stdout + ended.stderr
        report = json.loads(ended.stdout[ended.stdout.index("{") :])
        return {task["task"]["name"]: task["hosts"]["localhost"] for task in report["plays"][0]["tasks"]}

    return run


def test_a_playbook_takes_a_desktop_up_and_down_and_repeats_nothing(play, twin):
    results = play(
        kvm("clone", **UP["clone"]), CONFIGURE, kvm("start", **UP["start"]), *LIST,
        kvm("clone again", **UP["clone"]), kvm("start again", **UP["start"]),
        kvm("stop", **DOWN["stop"]), kvm("delete", **DOWN["delete"]), kvm("delete again", **DOWN["delete"]),
    )  # fmt: skip

    changed = {title for title, result in results.items() if result["changed"]}
    assert changed == {"clone", "configure", "start", "stop", "delete"}
    (shown,) = results["list"]["proxmox_vms"]
    assert (shown["name"], shown["status"], shown["node"], shown["pool"]) == ("vd-230", "running", "pve1", "stage-1")
    expected = {"memory": "2048", "cores": 1, "tags": "a;b", "onboot": 0, "ipconfig0": "ip=10.40.0.9/21,gw=10.40.0.1"}
    assert expected.items() <= shown["config"].items()
    assert 230 not in {entry.get("vmid") for entry in twin.get("/cluster/resources")}
