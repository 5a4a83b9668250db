"""B12: what is an extra is asked for by nothing else, and the locks with and without it say the same of all the rest."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.packaging.wheels import CHECKOUT, LOCK

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(file: Path) -> dict[str, str]:
    """Version by package."""
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==(\S+)", file.read_text(encoding="utf-8")))


def modules(package: str) -> set[str]:
    """The modules and packages right below it."""
    folder = CHECKOUT / package.replace(".", "/")
    found = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    return {f"{package}.{name}" for name in found - {"__init__"}}


def test_no_module_is_left_out_of_the_contract_on_the_twins_extra():
    """B12: only `provisioner.twin.server` may import aiohttp, and nothing that imports it may be imported from elsewhere."""
    (contract,) = (one for one in PROJECT["tool"]["importlinter"]["contracts"] if one.get("forbidden_modules") == ["aiohttp"])
    everything = modules("provisioner") - {"provisioner.twin"} | modules("provisioner.twin") - {"provisioner.twin.server"}

    assert set(contract["source_modules"]) == everything | {"monitors"}


@pytest.mark.parametrize("extra", ["requirements-twin.lock", "requirements-test.lock"])
def test_the_locks_agree(extra):
    daemon, more = locked(LOCK), locked(CHECKOUT / extra)

    assert "aiohttp" not in daemon
    assert "aiohttp" in more
    assert daemon.items() <= more.items()
