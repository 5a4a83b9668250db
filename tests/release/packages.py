"""Packages for Debian, made of clones of this checkout as it is."""

import re
import subprocess
from pathlib import Path

from tests.packaging.wheels import wheelhouse
from tests.release.checkouts import done_in, well

ARCHITECTURE = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
NOT_PACKED = {"DPKG_DEB_COMPRESSOR_TYPE": "none"}
"""Packing takes most of a minute; tests/release/test_deb.py has it."""


def with_wheels(clone: Path) -> None:
    """What `.ci/wheels` has fetched for this checkout."""
    (clone / "build").mkdir()
    (clone / "build/wheels").symlink_to(wheelhouse().parent)


def a_package(clone: Path, version: str) -> Path:
    """Of the clone's sources under this version; it has its wheels."""
    project = clone / "pyproject.toml"
    project.write_text(re.sub(r'(?m)^version = ".*"$', f'version = "{version}"', project.read_text(encoding="utf-8")))
    well(done_in(clone, ".venv/bin/hatchling", "build", "--target", "wheel", "--directory", "dist"))
    well(done_in(clone, ".ci/deb", "dist", version, SOURCE_DATE_EPOCH="1700000000", **NOT_PACKED))
    return clone / "dist" / f"bascule_{version}-1_{ARCHITECTURE}.deb"
