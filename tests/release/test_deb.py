"""The package for Debian: the same bytes wherever it is built, and nothing in it names the place.

That apt installs, upgrades and removes it: tests/ansible/operated/test_deb.py.
"""

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.packaging.wheels import CHECKOUT
from tests.release.checkouts import a_repository, cloned, done_in, well
from tests.release.packages import ARCHITECTURE, with_wheels

NAME = f"bascule_0.1.0-1_{ARCHITECTURE}.deb"
DEB = ("make", "deb", "SBOM_OPTIONS=--no-validate")
SITE = "./usr/lib/bascule/lib/python3.13/site-packages"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def clone(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    clone = cloned(repository, tmp_path_factory.mktemp("clone") / "clone")
    with_wheels(clone)
    well(done_in(clone, *DEB))
    return clone


@pytest.fixture(scope="module")
def files(clone: Path) -> dict[str, tuple[tarfile.TarInfo, bytes]]:
    """What it lays on a machine."""
    unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", clone / "dist" / NAME], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(unpacked)) as archive:
        return {
            file.name: (file, (archive.extractfile(file) or BytesIO()).read() if file.isfile() else b"") for file in archive
        }


@pytest.mark.night
def test_another_clone_makes_the_same_package(repository: Path, clone: Path, tmp_path: Path):
    """By somebody else, elsewhere, in another time zone."""
    other = cloned(repository, tmp_path / "other" / "clone", umask=0o077)
    with_wheels(other)
    well(done_in(other, "sh", "-c", f"umask 077; exec {' '.join(DEB)}", TZ="Indian/Reunion", LC_ALL="C"))

    assert (other / "dist" / NAME).read_bytes() == (clone / "dist" / NAME).read_bytes()


@pytest.mark.night
def test_nothing_names_the_folder_in_which_it_was_made(clone: Path, files: dict[str, tuple[tarfile.TarInfo, bytes]]):
    program = "./usr/lib/bascule/bin/bascule"

    assert [name for name, (_, content) in files.items() if str(clone).encode() in content] == []
    assert [name for name in files if "/current/" in name or name.endswith(("/RECORD", "direct_url.json", "/pip"))] == []
    assert files[program][1].startswith(b"#!/usr/lib/bascule/bin/python3\n")
    assert files["./usr/lib/bascule/pyvenv.cfg"][1].startswith(b"home = /usr/bin\n")
    assert files["./usr/lib/bascule/bin/python3"][0].linkname == "/usr/bin/python3"


@pytest.mark.night
def test_every_file_is_roots_has_the_commits_time_and_is_for_everybody_to_read(repository: Path, files):
    epoch = int(well(done_in(repository, "git", "log", "-1", "--format=%ct")))
    found = [file for file, _ in files.values()]

    assert {(file.uid, file.gid, file.mtime) for file in found} == {(0, 0, epoch)}
    assert {file.mode & 0o7777 for file in found if not file.issym()} == {0o644, 0o755}


@pytest.mark.night
def test_what_is_compiled_is_in_force(files):
    """Else each start compiles anew, for the account may not write there: Python compares time and size of the source."""
    for name in ("provisioner/cli/entry", "sqlalchemy/engine/base"):
        folder, _, module = name.rpartition("/")
        source = files[f"{SITE}/{name}.py"][0]
        compiled = files[f"{SITE}/{folder}/__pycache__/{module}.cpython-313.pyc"][1]

        assert [int.from_bytes(compiled[at : at + 4], "little") for at in (4, 8, 12)] == [0, source.mtime, source.size]
        assert f"/usr/lib/bascule/lib/python3.13/site-packages/{name}.py".encode() in compiled


@pytest.mark.night
def test_it_asks_for_the_python_that_it_was_made_with(clone: Path):
    fields = well(done_in(clone, "dpkg-deb", "--field", f"dist/{NAME}", "Package", "Version", "Depends"))

    assert "Package: bascule\nVersion: 0.1.0-1\nDepends: python3 (>= 3.13), python3 (<< 3.14), " in fields


def test_each_unit_is_stopped_when_it_is_removed_and_unlinked_when_it_is_purged():
    """A unit that is added is noticed."""
    units = {file.name for file in (CHECKOUT / "config/systemd").iterdir()} - {"bascule.sh", "bascule-receiver-renew.service"}
    scripts = {name: (CHECKOUT / ".ci/debian" / name).read_text(encoding="utf-8") for name in ("prerm", "postrm")}

    assert units
    assert {name: [unit for unit in units if unit not in text] for name, text in scripts.items()} == {"prerm": [], "postrm": []}
