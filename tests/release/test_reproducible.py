"""Whoever builds a commit gets the same bytes: what is published can be compared with what was reviewed."""

import os
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.release.checkouts import a_repository, cloned, done_in, installed, well

pytestmark = pytest.mark.long

SDIST, WHEEL = "bascule-0.1.0.tar.gz", "bascule-0.1.0-py3-none-any.whl"
BUILD = ("make", "build", "SBOM_OPTIONS=--no-validate")
"""Its validation takes seconds and changes no byte; tests/packaging/test_release.py has it."""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def clone(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by somebody whose files are for everybody to read."""
    clone = cloned(repository, tmp_path_factory.mktemp("open") / "clone", umask=0o002)
    well(done_in(clone, *BUILD))
    return clone


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_two_clones_build_the_same_bytes(repository: Path, clone: Path, tmp_path: Path):
    """Another place, other modes, other times of files, another time zone."""
    other = cloned(repository, tmp_path / "elsewhere" / "clone", umask=0o077)
    for file in (other / "provisioner").rglob("*.py"):
        os.utime(file, (0, 1_000_000_000))
    well(done_in(other, "sh", "-c", f"umask 077; exec {' '.join(BUILD)}", TZ="Indian/Reunion", LC_ALL="C"))

    assert contents(other / "dist") == contents(clone / "dist")
    assert {SDIST, WHEEL, "bascule.cdx.json"} <= contents(clone / "dist").keys()


def test_what_is_built_has_the_commits_time_and_modes_for_everybody(repository: Path, clone: Path):
    epoch = int(well(done_in(repository, "git", "log", "-1", "--format=%ct")))
    with tarfile.open(clone / "dist" / SDIST) as sources, zipfile.ZipFile(clone / "dist" / WHEEL) as wheel:
        files, entries = sources.getmembers(), wheel.infolist()

    assert {file.mtime for file in files} == {epoch}
    assert {file.mode & 0o777 for file in files} == {0o644, 0o755}
    assert {entry.date_time[:5] for entry in entries} == {datetime.fromtimestamp(epoch, UTC).timetuple()[:5]}
    assert {entry.external_attr >> 16 & 0o777 for entry in entries} <= {0o644, 0o755}


def test_the_sources_build_the_same_wheel(clone: Path, tmp_path: Path):
    """Without git: `make` ended with a traceback, for nobody knew the commit's time. The files have it."""
    with tarfile.open(clone / "dist" / SDIST) as sources:
        sources.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    installed(unpacked)
    well(done_in(unpacked, "make", "wheel"))

    assert (unpacked / "dist" / WHEEL).read_bytes() == (clone / "dist" / WHEEL).read_bytes()
