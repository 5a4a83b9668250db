"""The bundle: from this one file Bascule is installed on a machine without a network, by hand and by the role."""

import re
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.ansible.operated.pages import pasted
from tests.builders.ansible import ANSIBLE, Operator, short_folder
from tests.packaging.wheels import CHECKOUT
from tests.release.checkouts import a_repository, cloned, done_in, well

pytestmark = pytest.mark.night

NAME = "bascule-0.1.0"
BUNDLE = ("make", "bundle", "SBOM_OPTIONS=--no-validate")
INSTALL = next(block for block in pasted("docs/en/releases.md") if "pip install" in block)
NO_NETWORK = ("unshare", "--net", "--", "bash", "-e", "-c")
DEBIAN = {"PATH": "/usr/bin:/bin"}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def bundle(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    clone = cloned(repository, tmp_path_factory.mktemp("clone") / "clone")
    (clone / "ansible/inventory.yml").write_text("a site's own")
    well(done_in(clone, *BUNDLE))
    return clone / "dist" / f"{NAME}.tar"


@pytest.fixture(scope="module")
def carried(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a person has copied it to, with the wheel that it has, too."""
    folder = tmp_path_factory.mktemp("carried")
    for name in (f"{NAME}.tar", f"{NAME}-py3-none-any.whl"):
        shutil.copy(bundle.with_name(name), folder)
    return folder


def test_another_clone_makes_the_same_bundle(repository: Path, bundle: Path, tmp_path: Path):
    """It fetches the wheels itself, with a umask that nobody else could read."""
    other = cloned(repository, tmp_path / "other", umask=0o077)
    well(done_in(other, "sh", "-c", f"umask 077; exec {' '.join(BUNDLE)}"))

    assert (other / "dist" / bundle.name).read_bytes() == bundle.read_bytes()


def test_all_that_is_in_it_has_its_sum_and_nothing_of_a_site_is_in_it(bundle: Path):
    with tarfile.open(bundle) as files:
        names = {file.name.removeprefix(f"{NAME}/") for file in files if file.isfile()}
        sums = files.extractfile(f"{NAME}/SHA256SUMS")
        assert sums is not None
        summed = {line.split("  ", 1)[1] for line in sums.read().decode().splitlines()}

    assert names == summed | {"SHA256SUMS"}
    assert {f"{NAME}-py3-none-any.whl", "requirements.lock", "bascule.cdx.json", "LICENSE", "SECURITY.md"} <= names
    assert {"ansible/playbooks/daemon.yml", "config/systemd/bascule.service", "docs/fr/night.md"} <= names
    assert "ansible/inventory.yml" not in names


def test_the_pages_commands_install_it_without_a_network(bundle: Path, tmp_path: Path):
    """From the tar alone."""
    carried = tmp_path / "carried"
    carried.mkdir()
    shutil.copy(bundle, carried)
    home = tmp_path / "current"
    block = INSTALL.replace("/opt/bascule/current", str(home))
    assert block != INSTALL

    assert well(done_in(carried, *NO_NETWORK, block, **DEBIAN)).splitlines()[-1] == "0.1.0"
    assert "forecast" in well(done_in(tmp_path, str(home / "bin/bascule"), "--help", **DEBIAN))


def named_on_the_page(inventory_dir: Path) -> Mapping[str, str]:
    """The variables that ansible/README.md says to set, for an inventory in this folder."""
    page = (ANSIBLE / "README.md").read_text(encoding="utf-8")
    found = dict(re.findall(r'`(bascule_wheel(?:house)?): "(.*?)"`', page))
    return {name: value.replace("{{ inventory_dir }}", str(inventory_dir)) for name, value in found.items()}


def brought(tmp_path: Path, wheelhouse: Path) -> Path:
    """The folder of what the role's task brings to the machine of a wheelhouse."""
    tasks = yaml.safe_load((ANSIBLE / "roles/bascule/tasks/install.yml").read_text(encoding="utf-8"))
    release = tmp_path / "release"
    (release / "parts").mkdir(parents=True)
    play = {"hosts": "bascule", "gather_facts": False}
    play |= {"tasks": [task for task in tasks if task["name"] == "Bring the wheelhouse"]}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    with short_folder() as temp:
        operator = Operator(tmp_path, group="bascule", machine={"ansible_connection": "local"}, temp=temp)
        given = {"bascule_release": str(release), "bascule_wheelhouse": str(wheelhouse)}
        assert operator.plays(str(tmp_path / "play.yml"), given).well().changed == 1
    return release / "parts"


def test_it_is_the_roles_wheelhouse(carried: Path, tmp_path: Path):
    """Its dependencies, flat; the wheel of Bascule itself is the one that the inventory names."""
    well(done_in(carried, "tar", "--extract", "--file", f"{NAME}.tar"))
    named = named_on_the_page(carried / NAME / "ansible")
    parts = brought(tmp_path, Path(named["bascule_wheelhouse"]))

    assert Path(named["bascule_wheel"]).resolve().is_file()
    assert {file.name for file in parts.iterdir()} == {file.name for file in (carried / NAME / "wheels").iterdir()}


def test_a_flat_wheelhouse_of_ones_own_is_brought_as_before(tmp_path: Path):
    wheels = Path(well(done_in(CHECKOUT, ".ci/wheels")).strip())
    well(done_in(tmp_path, "tar", "--create", "--file", "wheelhouse.tar", "--directory", str(wheels), "."))

    assert sorted(brought(tmp_path, tmp_path / "wheelhouse.tar").iterdir())
