"""A whole configuration on disk, to be changed by one line."""

from dataclasses import dataclass, field
from pathlib import Path

from provisioner.errors import SettingsError
from provisioner.settings.bascule import load_settings
from provisioner.settings.values import Settings

SECRET = "s3cr3t-that-no-text-may-show"

BASCULE = """\
installation: seine
note_key: {file: note-key}
clusters:
  melun:
    endpoints: [https://pve1.example.org]
    token_id: bascule@pve!daemon
    token_secret: {environment: MELUN_TOKEN}
    vmids: {first: 20000, last: 21999}
directory:
  urls: [ldaps://directory.example.org]
  base: dc=example
profiles:
  standard: standard.yaml
entitlements:
  - profile: standard
    who: everyone
"""
STANDARD = """\
image: trixie-1
templates:
  - cluster: melun
    storage: local-lvm
    vmids: {pve1: 9001}
vcpus: 2
memory_mib: 4096
disk_gib: 32
bridge: vmbr0
"""
SURGE = """\
name: surge
waves:
  - name: all
    who: everyone
"""


@dataclass(slots=True, kw_only=True)
class Site:
    """The files of a configuration in a folder, right unless a test says otherwise."""

    folder: Path
    environment: dict[str, str] = field(default_factory=lambda: {"MELUN_TOKEN": SECRET})

    @property
    def main(self) -> Path:
        """The file that names the others."""
        return self.folder / "bascule.yaml"

    def write(self, name: str, text: str) -> "Site":
        """Add or replace a file; not readable by everyone, as secrets must be."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o640)
        return self

    def change(self, old: str, new: str, *, name: str = "bascule.yaml") -> "Site":
        """Replace text that must be there."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        return self.write(name, text.replace(old, new))

    def append(self, text: str, *, name: str = "bascule.yaml") -> "Site":
        """Add lines at the end."""
        return self.write(name, (self.folder / name).read_text(encoding="utf-8") + text)

    def load(self) -> Settings:
        """The settings; raises SettingsError."""
        return load_settings(self.main, environment=self.environment)

    def problems(self) -> list[str]:
        """The lines of the error, with paths below the folder made short; none: it loads."""
        try:
            self.load()
        except SettingsError as error:
            return str(error).replace(f"{self.folder}/", "").splitlines()
        return []


def a_site(folder: Path) -> Site:
    """The smallest configuration that loads, with one file for the profile."""
    site = Site(folder=folder)
    return site.write("bascule.yaml", BASCULE).write("standard.yaml", STANDARD).write("note-key", f"{SECRET}\n")


def a_pool(first: str, last: str, *, network: str = "10.0.0.0/24", gateway: str = "10.0.0.1") -> str:
    """The line of a profile that gives it these addresses."""
    return f"addressing: {{network: {network}, gateway: {gateway}, first: {first}, last: {last}}}\n"


def a_cluster(name: str, *, first: int) -> str:
    """The lines of bascule.yaml for one more cluster with a thousand VMIDs."""
    return f"""\
  {name}:
    endpoints: [https://{name}.example.org]
    token_id: bascule@pve!daemon
    token_secret: {{environment: MELUN_TOKEN}}
    vmids: {{first: {first}, last: {first + 999}}}
"""
