"""A site as an operator keeps it: a folder of configuration, and the secrets apart from it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from provisioner.demo.site import DemoSite
from provisioner.twin.server.process import TwinProcess

AWKWARD = "quotes \" ' dollars $HOME ${x} `tick` back\\slash # end"
"""Goes through an environment file that systemd and a shell read alike, or does not."""


class Site:
    """The demonstration's site, laid out for the role."""

    def __init__(self, home: Path, demo: DemoSite, twin: TwinProcess) -> None:
        self.twin = twin
        made = demo.write_config(twin.state)
        self.folder = home / "site"
        self.folder.mkdir()
        self.document: dict[str, Any] = json.loads(made.read_text())
        self.secrets = {"token": (made.parent / "token").read_text()}
        self.environment = {"BASCULE_NOTE_KEY": AWKWARD}
        self._lay_out(self.document["clusters"][twin.state.cluster])

    def change(self, edit: Callable[[dict[str, Any]], None]) -> None:
        """Edit bascule.yaml."""
        edit(self.document)
        (self.folder / "bascule.yaml").write_text(json.dumps(self.document, indent=2))

    def variables(self) -> dict[str, Any]:
        """The role's variables for the site."""
        return {
            "bascule_config_dir": str(self.folder),
            "bascule_secrets": self.secrets,
            "bascule_environment": self.environment,
        }

    def _lay_out(self, cluster: dict[str, Any]) -> None:
        document = self.document
        cluster["ca_file"] = self._takes(Path(cluster["ca_file"]), "cluster-ca.pem")
        document["directory"]["ldif"] = self._takes(Path(document["directory"]["ldif"]), "people.ldif")
        # Each file costs a run a second.
        del document["scenario"]
        del document["api"]  # its socket lies beside the demonstration's configuration, where the unit may not write
        (self.folder / "profiles").mkdir()
        (self.folder / "profiles" / "standard.yaml").write_text(json.dumps(document["profiles"]["standard"]))
        document["profiles"] = {"standard": "profiles/standard.yaml"}
        cluster["token_secret"] = {"file": "secrets/token"}
        document["note_key"] = {"environment": "BASCULE_NOTE_KEY"}
        document["store"] = {"url": "sqlite:////var/lib/bascule/bascule.db"}
        document["freeze_file"] = "/var/lib/bascule/freeze"
        self.change(lambda _: None)

    def _takes(self, file: Path, name: str) -> str:
        (self.folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(file, self.folder / name)
        return name
