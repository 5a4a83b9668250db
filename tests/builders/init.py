"""The configuration that `init` writes for a twin, loaded as the daemon loads it."""

from dataclasses import replace
from pathlib import Path

from provisioner.daemon.composition import site_config_of
from provisioner.model.ids import NodeName, StorageId, Vmid
from provisioner.model.machines.twin_spec import TwinSpec
from provisioner.model.scenario.scenarios import EVERYONE
from provisioner.model.site_config import SiteConfig
from provisioner.settings.bascule import load_settings
from provisioner.settings.directory import DirectorySettings
from provisioner.setup.cluster_look import ImageTemplates
from provisioner.setup.site_files import NewSite, files_of
from provisioner.setup.writing import write_site
from tests.builders.rehearsal import FIRST_VMID, LAST_VMID


def config_of_init(spec: TwinSpec, folder: Path) -> SiteConfig:
    """The scenario alone is another: everybody gets a desktop at once."""
    return replace(config_in(site_of_init(spec, folder)), scenario=EVERYONE)


def site_of_init(spec: TwinSpec, folder: Path, *, timezone: str | None = None) -> Path:
    """The folder that it writes. Without a receiver."""
    write_site(folder / "site", files_of(_site(spec, timezone)), environment={})
    return folder / "site"


def config_in(site: Path) -> SiteConfig:
    """As the daemon loads it."""
    return site_config_of(load_settings(site / "bascule.yaml", environment={}))


def _site(spec: TwinSpec, timezone: str | None) -> NewSite:
    return NewSite(
        installation="lab",
        timezone=timezone,
        cluster=spec.name,
        endpoints=("https://pve1:8006",),
        token_id="bascule@pve!daemon",
        vmids=(FIRST_VMID, LAST_VMID),
        directory=DirectorySettings(urls=("ldaps://directory",), base="ou=people,dc=lab"),
        image=_image(spec),
        bridge=spec.bridges[0],
        own_places=True,
        secrets={"token": "0-1-2", "note-key": "k" * 64},
    )


def _image(spec: TwinSpec) -> ImageTemplates:
    first, places = spec.templates[0], dict[StorageId, dict[NodeName, Vmid]]()
    for template in spec.templates:
        places.setdefault(StorageId(template.storage), {})[NodeName(template.node)] = Vmid(template.vmid)
    return ImageTemplates(
        name=first.name, places=places, vcpus=first.vcpus, memory_mib=first.memory_mib, disk_gib=first.disk_gib
    )
