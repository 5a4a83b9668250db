"""H10: what pyproject.toml allows has no hole that is known, and can be installed: the floors are versions, not wishes."""

import re
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.packaging.wheels import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = ("postgresql", "twin", "picture")
"""What a site installs: the tests' own tools are not."""
NAMED = [
    Requirement(line)
    for lines in (PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in EXTRAS))
    for line in lines
]
FLOORS = {
    requirement.name: Version(bound.version)
    for requirement in NAMED
    for bound in requirement.specifier
    if bound.operator in (">=", "==")
}
MENDED = {
    "aiohttp": ("3.14.4", "PYSEC-2026-4369 to 4371: ambiguous requests"),
    "cryptography": ("50.0.0", "CVE-2026-69247"),
    "h11": ("0.16.0", "CVE-2025-43859 (GHSA-vqfr-h8mv-ghfj): any two bytes end a chunk, which hides requests behind a proxy"),
    "jinja2": ("3.1.6", "CVE-2025-27516 (GHSA-cpwx-vrp4-4pq7): |attr led a template out of the sandbox"),
    "pyasn1": ("0.6.4", "CVE-2026-59884 to 59886: a directory's answer that takes all memory"),
    "requests": ("2.33.0", "CVE-2026-25645"),
    "starlette": ("1.3.1", "CVE-2026-54283: a body without a bound"),
    "urllib3": ("2.7.0", "CVE-2026-44431, 44432"),
}
"""The first release without the hole. To be added to, when another becomes known: `make audit` asks for those of the locks."""


@pytest.mark.parametrize("name", MENDED)
def test_no_release_with_a_known_hole_is_allowed(name):
    """H10: `fastapi>=0.120` allowed such a Starlette; nothing was said of pyasn1."""
    mended, hole = MENDED[name]

    assert FLOORS[name] >= Version(mended), hole


def test_pyasn1_is_bounded_below_what_ends_ldap3():
    """H10: ldap3 imports names that pyasn1 says it will remove; the tests are told not to fail for that warning."""
    settings = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    bounds = {requirement.name: requirement.specifier for requirement in NAMED}

    assert len(re.findall(r"ignore:\.\*t\w+Map is deprecated", settings)) == 2
    assert not bounds["pyasn1"].contains("0.7.0")
    assert not bounds["ldap3"].contains("3.0")


@pytest.mark.real
def test_each_floor_is_the_lowest_version_that_can_be_had(tmp_path):
    """H10: a floor that nothing could be installed with says nothing. Asked of the index."""
    lock = tmp_path / "lowest.lock"
    uv = [str(sys.executable).replace("/python", "/uv"), "pip", "compile", "--quiet", str(CHECKOUT / "pyproject.toml")]
    how = ["--resolution", "lowest-direct", "--python-version", "3.11", "--no-build", "--output-file", str(lock)]
    subprocess.run([*uv, *how, *(f"--extra={extra}" for extra in EXTRAS)], capture_output=True, check=True, timeout=120)
    locked = {
        name.replace("_", "-"): Version(version)
        for name, version in re.findall(r"(?m)^([\w.-]+)(?:\[\w+\])?==(\S+)", lock.read_text())
    }

    assert {name: locked[name.replace(".", "-")] for name in FLOORS} == FLOORS
