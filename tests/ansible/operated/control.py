"""The control machine of ansible/README.md: a copy of the checkout with its environment, and a node behind `pveum`."""

import getpass
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from tests.ansible.installed import Installed
from tests.builders.twin_http import SECRET, a_twin_spec, serve
from tests.packaging.wheels import wheelhouse

ROOT = Path(__file__).parents[3]
_PARTS = ("ansible", "config", "docs", "provisioner", "monitors", ".ci", "Makefile", "README.md", "LICENSE", "pyproject.toml")
_PVEUM = Path(__file__).parents[1] / "pveum.py"


class ControlMachine:
    """Types blocks of the page in the copy."""

    def __init__(self, home: Path, operated: Installed) -> None:
        self.folder, self._home, self._operated = home / "checkout", home, operated
        (home / "twin").mkdir()
        self._twin = serve(a_twin_spec(), home / "twin")
        self._temp = tempfile.TemporaryDirectory(prefix="ans-", ignore_cleanup_errors=True)

    def __enter__(self) -> Self:
        twin = self._twin.__enter__()
        self._copy()
        bin_ = self._home / "bin"
        bin_.mkdir()
        command = f'exec {sys.executable} {_PVEUM} {twin.url} {twin.ca} root@pam!full={SECRET} "$@"'
        (bin_ / "pveum").write_text(f"#!/bin/sh\n{command}\n")
        (bin_ / "pveum").chmod(0o755)
        (self._home / "vault").write_text("of a test\n")
        return self

    def __exit__(self, *how: Any) -> None:
        self._temp.cleanup()
        self._twin.__exit__(*how)

    def own_part(self) -> dict[str, str]:
        """What an operator fills in, by the line of the page."""
        (self._home / "inventory.yml").write_text(json.dumps(self._inventory()))
        site = self._operated.site.folder
        return {
            "cp inventory.example.yml inventory.yml": f"cp {self._home}/inventory.yml inventory.yml",
            "cp -r ../config site": f"cp -r {site} site",
        }

    def types(self, block: str) -> "subprocess.CompletedProcess[str]":
        """As `tries`; it must end well."""
        done = self.tries(block)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
        return done

    def tries(self, block: str) -> "subprocess.CompletedProcess[str]":
        """A block of the page, by a shell in the checkout."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        path = f"{self._home}/bin:/usr/bin:/bin:{self.folder}/.venv/bin"
        ours = {"PATH": path, "ANSIBLE_HOME": self._temp.name, "ANSIBLE_SSH_CONTROL_PATH_DIR": f"{self._temp.name}/cp"}
        ours |= {"ANSIBLE_VAULT_PASSWORD_FILE": str(self._home / "vault"), "ANSIBLE_NOCOLOR": "1"}
        ours |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheelhouse())}
        command = ["bash", "-e", "-c", block]
        return subprocess.run(
            command,
            cwd=self.folder,
            env=kept | ours,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def _copy(self) -> None:
        """With what `.ci/setup runtime` would install there."""
        self.folder.mkdir()
        for name in (*_PARTS, *(path.name for path in ROOT.glob("requirements*.lock"))):
            source, to = ROOT / name, self.folder / name
            if source.is_dir():
                shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, to)
        (self.folder / ".venv").mkdir()
        (self.folder / ".venv/bin").symlink_to(Path(sys.executable).parent)
        summed = b"".join(
            (ROOT / name).read_bytes() for name in ("requirements-twin.lock", "pyproject.toml", ".ci/uv.lock", ".ci/setup")
        )
        (self.folder / ".venv/installed-runtime").write_text(hashlib.sha256(summed).hexdigest() + "  -\n")

    def _inventory(self) -> dict[str, Any]:
        """The example's shape: the guest, and a node of this machine."""
        operated = self._operated
        ssh = {"ansible_host": "guest", "ansible_user": "root", "ansible_python_interpreter": "/usr/bin/python3"}
        ssh["ansible_ssh_common_args"] = f"-F {operated.machine.ssh_config}"
        given = operated.parts | operated.site.variables()
        given |= {
            "bascule_wheel": "{{ inventory_dir }}/../dist/" + operated.wheel.name,
            "bascule_config_dir": "{{ inventory_dir }}/site",
        }
        key = "{{ lookup('ansible.builtin.file', inventory_dir ~ '/secrets/note-key') }}"
        given["bascule_secrets"] = {**operated.site.secrets, "note-key": key}
        node = {"ansible_connection": "local", "ansible_user": getpass.getuser(), "ansible_python_interpreter": sys.executable}
        return {
            "bascule": {"hosts": {"guest": ssh}, "vars": given},
            "proxmox": {"hosts": {"node": node}},
        }
