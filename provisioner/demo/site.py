"""The site of a demonstration: directory, twin and configuration in one folder."""

import json
import re
import secrets
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from provisioner.demo.people import PEOPLE_BASE, write_demo_directory
from provisioner.files import Folder
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.receiver.intake import PATH
from provisioner.settings.shipped import shipped
from provisioner.settings.twins import load_twin
from provisioner.twin.server.state import TwinState

_FIRST_VMID = 10_001
LOG_ON_WITHIN_S = 150
"""From ready to the log-on: people come as long as desktops are made, and also after the first reading of theirs (120 s)."""
_VISITORS, _VISIT_S = 0.1, 60
"""A part of the people only have a look, and others come for them: the count goes up and down."""
_PUSH_EVERY_S = 600
"""At rest. A real desktop pushes each minute; ten times as fast as real time that would cost more than the switch itself."""

_PAGE = 200
"""Entries per answer: any server allows as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapAccess:
    """A real directory."""

    url: str
    base: str
    ca_file: Path | None = None
    user: str = ""
    """The DN of a reading account; empty: anonymous."""
    password_file: Path | None = None
    starttls: bool = False
    """With an `ldap://` address: STARTTLS first."""

    @property
    def in_clear(self) -> bool:
        """Whether password and names are sent unencrypted; within one machine that is safe."""
        return self.url.startswith("ldap://") and not self.starttls


_TWIN = "local-16"


class DemoSite:
    """Writes what a real site has: a directory, a cluster (the twin) and a configuration."""

    def __init__(
        self,
        folder: Path,
        *,
        agents: int,
        sessions: int,
        port: int,
        ldap: LdapAccess | None,
        twin: str = _TWIN,
        receiver_port: int | None = None,
    ) -> None:
        """`twin`: the name of a reference twin. `receiver_port`: its desktops push there; None: they are only read."""
        # The configuration's relative paths would be relative to itself.
        self.folder, self.agents, self.sessions = folder.absolute(), agents, sessions
        self._port, self._ldap, self._receiver_port = port, ldap, receiver_port
        self.twin_file = shipped() / "twins" / f"{twin}.yaml"
        self.spec: TwinSpec = load_twin(self.twin_file)

    def write_twin(self) -> Path:
        """The reference twin, with agents who log on."""
        path = self.folder / "twin.yaml"
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.write_text(
            f"{self.twin_file.read_text(encoding='utf-8')}\n"
            f"log_ons:\n  concurrent: {self.sessions}\n  spread: {LOG_ON_WITHIN_S}s\n{self._pushes()}",
            encoding="utf-8",
        )
        self.spec = replace(load_twin(path))
        return path

    def let_obey(self) -> None:
        """From the twin's next start on its desktops ask what to do with their sessions. During the demonstration, ten times as
        fast as real time, that would cost as much as the switch itself.
        """
        path = self.folder / "twin.yaml"
        if self._receiver_port is not None:
            path.write_text(f"{path.read_text(encoding='utf-8')}  obeys: true\n", encoding="utf-8")

    def _pushes(self) -> str:
        if self._receiver_port is None:
            return ""
        url = f"https://localhost:{self._receiver_port}{PATH}"
        visits = f"  visitors: {_VISITORS}\n  visit: {_VISIT_S}s\n"
        return f"{visits}push:\n  share: 1\n  every: {_PUSH_EVERY_S}s\n  url: {url}\n"

    def write_config(self, twin: TwinState) -> Path:
        """bascule.yaml as a site would write it; JSON is YAML."""
        token, secret = next(iter(twin.tokens.items()))
        self._secret("token", secret)
        self._secret("note-key", secrets.token_urlsafe(32))
        path = self.folder / "bascule.yaml"
        path.write_text(json.dumps(self._document(twin, token), indent=2), encoding="utf-8")
        return path

    def _document(self, twin: TwinState, token: str) -> dict[str, object]:
        cluster = twin.cluster
        return {
            "installation": "demo",
            "note_key": {"file": "note-key"},
            "clusters": {
                cluster: {
                    "endpoints": [twin.url],
                    "token_id": token,
                    "token_secret": {"file": "token"},
                    "ca_file": twin.ca_file,
                    "vmids": {"first": _FIRST_VMID, "last": _FIRST_VMID + 4998},
                }
            },
            "directory": self._directory(),
            "profiles": {"standard": self._profile(cluster)},
            "entitlements": [{"profile": "standard", "who": "everyone"}],
            # The twin is new and has no other clients: there is no earlier clone to wait for.
            "safety": {"rebuild_settle": 0},
            **self._receiver(Path(twin.ca_file).parent),
            "store": {"url": "sqlite:///bascule.db"},
            "exposition": {"port": self._port},
            "api": {"socket": "api.sock"},
            "log": {"format": "console"},
            "freeze_file": str(self.folder / "freeze"),
            "scenario": self._scenario(),
        }

    def _receiver(self, certificates: Path) -> dict[str, object]:
        """With the twin's certificate, which is for this machine."""
        if self._receiver_port is None:
            return {}
        paths = {"certificate": certificates / "server.pem", "key": certificates / "server.key"}
        files = {name: str(path) for name, path in paths.items()}
        address = {"address": "127.0.0.1", "port": self._receiver_port}
        return {"receiver": {**address, **files, "socket": str(self.folder / "pushes.sock")}}

    def _scenario(self) -> str:
        """The shipped scenario, which waits for a day; a demonstration begins at once."""
        text = (shipped() / "scenarios" / "one-night.yaml").read_text(encoding="utf-8")
        path = self.folder / "scenario.yaml"
        path.write_text(re.sub(r"(?m)^(?=starts_at:)", "# ", text), encoding="utf-8")
        return str(path)

    def _directory(self) -> dict[str, object]:
        if self._ldap is None:
            people = self.folder / "people.ldif"
            write_demo_directory(people, self.agents)
            return {"ldif": str(people), "base": PEOPLE_BASE}
        access: dict[str, object] = {"urls": [self._ldap.url], "base": self._ldap.base, "page_size": _PAGE}
        if self._ldap.ca_file is not None:
            access["ca_file"] = str(self._ldap.ca_file.absolute())
        if self._ldap.user and self._ldap.password_file is not None:
            access |= {"bind_dn": self._ldap.user, "password": {"file": str(self._ldap.password_file.absolute())}}
        if self._ldap.starttls:
            access |= {"tls": "starttls"}
        if self._ldap.in_clear:
            access |= {"tls": "none", "insecure": True}
        return access

    def _profile(self, cluster: str) -> dict[str, object]:
        first = self.spec.templates[0]
        return {
            "image": "golden-1",
            "templates": [
                {"cluster": cluster, "storage": storage, "vmids": {template.node: template.vmid for template in templates}}
                for storage, templates in groupby(self.spec.templates, key=lambda template: template.storage)
            ],
            "vcpus": first.vcpus,
            "memory_mib": first.memory_mib,
            "disk_gib": first.disk_gib,
            "bridge": self.spec.bridges[0],
            "addressing": {
                "network": "10.40.0.0/19",
                "gateway": "10.40.0.1",
                "first": "10.40.0.10",
                "last": "10.40.31.250",
            },
        }

    def _secret(self, name: str, value: str) -> None:
        with Folder(self.folder) as folder:
            folder.write(name, value.encode(), mode=0o600)
