"""Ansible's community.proxmox as a playbook would use it: a host a desktop, forks 32, clone, configure, start, 3 retries."""

import os
import sys
from pathlib import Path
from typing import Any

import yaml

FORKS = 32
_MODULE = "community.proxmox.proxmox_kvm"


def write(folder: Path, job: dict[str, Any]) -> list[str]:
    """Inventory and playbook of a job; returns the command."""
    hosts = {
        f"vd-{job['first_vmid'] + n}": dict(zip(("pve", "template"), job["templates"][n % len(job["templates"])], strict=True))
        | {"vmid": job["first_vmid"] + n}
        for n in range(job["desktops"])
    }
    (folder / "inventory.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}), encoding="utf-8")
    (folder / "play.yml").write_text(yaml.safe_dump([_play(job)]), encoding="utf-8")
    ansible = Path(sys.executable).with_name("ansible-playbook")
    return [str(ansible), "-i", str(folder / "inventory.yml"), "-f", str(FORKS), str(folder / "play.yml")]


def environment(folder: Path, job: dict[str, Any]) -> dict[str, str]:
    """In which it runs; the secret is not on the command line."""
    return os.environ | {
        "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"), "ANSIBLE_DEPRECATION_WARNINGS": "False", "ANSIBLE_PIPELINING": "True",
        "BENCH_SECRET": job["secret"], "REQUESTS_CA_BUNDLE": job["ca_file"], "NO_PROXY": "127.0.0.1",
    }  # fmt: skip


def _play(job: dict[str, Any]) -> dict[str, Any]:
    user, _, token = job["token"].partition("!")
    api = {
        "api_host": "127.0.0.1", "api_port": job["port"], "api_user": user, "api_token_id": token, "validate_certs": True,
        "api_token_secret": "{{ lookup('env', 'BENCH_SECRET') }}", "node": "{{ pve }}", "timeout": 120,
    }  # fmt: skip
    return {
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "strategy": "free",
        "vars": {"ansible_python_interpreter": sys.executable},
        "module_defaults": {"group/community.proxmox.proxmox": api},
        "tasks": [
            _kvm(
                "clone", clone="golden", vmid="{{ template }}", newid="{{ vmid }}", name="{{ inventory_hostname }}", full=False
            ),
            _kvm(
                "configure",
                vmid="{{ vmid }}",
                memory=4096,
                cores=2,
                onboot=False,
                ciupgrade=False,
                tags=["desktop"],
                update=True,
            ),
            _kvm("start", vmid="{{ vmid }}", state="started"),
        ],
    }


def _kvm(title: str, **arguments: Any) -> dict[str, Any]:
    return {
        "name": title, _MODULE: arguments,
        "register": "result", "until": "result is succeeded", "retries": 3, "delay": 2,
    }  # fmt: skip
