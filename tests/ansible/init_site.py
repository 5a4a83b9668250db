"""A site as `bascule init` writes it for the role, with an API and a receiver, and the inventory that goes with it."""

import re
import shutil
from pathlib import Path
from typing import Any

from provisioner.demo.people import PEOPLE_BASE, write_demo_directory
from provisioner.demo.site import DemoSite
from provisioner.twin.server.process import TwinProcess
from tests.builders.cli import bascule
from tests.builders.private import a_secret_file
from tests.servers.certificates import Authority
from tests.servers.processes import free_port

API = """
api:
  group: bascule-users
  board: [direction]
  viewer: [informatique]
  helpdesk: [assistance]
  operator: [exploitation]
  address: 127.0.0.1
  port: {port}
  certificate: api.pem
  key: secrets/api-key
  tokens: api-tokens
safety: {{rebuild_settle: 0}}
"""
FOLDER = "/etc/bascule-receiver"
RECEIVER = {
    "certificate": f"{FOLDER}/receiver.pem",
    "key": f"{FOLDER}/receiver.key",
    "authority_key": f"{FOLDER}/ca.key",
}


class InitSite:
    """Written against a served twin; then its secrets are moved, and what only a person knows is added."""

    def __init__(self, home: Path, _demo: DemoSite, twin: TwinProcess, *, receiver_port: int) -> None:
        self.folder, self._home, self.receiver_port = home / "site", home, receiver_port
        self.twin, self.api_ca = twin, home / "ca" / "ca.pem"
        self.api_port, self.page_port = free_port(), free_port()
        write_demo_directory(home / "people.ldif", 3)
        ended = bascule("init", str(self.folder), *self._options(twin), "--installed", "--yes")
        assert ended.code == 0, ended.said
        shutil.move(self.folder / "secrets", home / "secrets")
        self._complete()

    def variables(self) -> dict[str, Any]:
        """The role's variables for the site."""
        secrets = {file.name: file.read_text() for file in (self._home / "secrets").iterdir()}
        return {
            "bascule_config_dir": str(self.folder),
            "bascule_secrets": secrets,
            "bascule_operators": ["ada"],
            "bascule_receiver": RECEIVER,
        }

    def change(self, pattern: str, text: str, name: str = "bascule.yaml") -> None:
        """Replace what matches in a file of the folder; something has to."""
        file = self.folder / name
        changed, count = re.subn(pattern, text, file.read_text(), flags=re.MULTILINE)
        assert count, f"{pattern} is not in {name}"
        file.write_text(changed)

    def _options(self, twin: TwinProcess) -> list[str]:
        state = twin.state
        token, secret = next(iter(state.tokens.items()))
        file = a_secret_file(self._home / "token", f"{secret}\n")
        cluster = ["--endpoint", state.url, "--token-id", token, "--token-secret-file", str(file), "--ca-file", state.ca_file]
        people = ["--ldif", str(self._home / "people.ldif"), "--ldap-base", PEOPLE_BASE]
        return [*cluster, *people, "--receiver", f"127.0.0.1:{self.receiver_port}"]

    def _complete(self) -> None:
        """An API with a certificate, whose key is a text of several lines; and a scenario that begins at once."""
        served = Authority(self._home / "ca").issue("api")
        shutil.copyfile(served.certificate, self.folder / "api.pem")
        shutil.copyfile(served.key, self._home / "secrets" / "api-key")
        shutil.copyfile(self._home / "people.ldif", self.folder / "people.ldif")
        (self.folder / "api-tokens").touch()
        with (self.folder / "bascule.yaml").open("a") as file:
            file.write(API.format(port=self.api_port))
        self.change(r"^  ldif: .*$", "  ldif: people.ldif")
        self.change(r"^  port: 9817$", f"  port: {self.page_port}")
        self.change(r"^starts_at:.*\n", "", "scenarios/everyone.yaml")
