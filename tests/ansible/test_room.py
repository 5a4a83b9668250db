"""Whether the disks have room for another release, by the role's program."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.builders.ansible import ANSIBLE

PROGRAM = ANSIBLE / "roles/bascule/files/room.py"
ROOM: dict[str, Any] = runpy.run_path(str(PROGRAM))
MIB = 2**20


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A release of 3 MiB, and a store of 5 MiB with its log of 1 MiB."""
    for name, mib in (
        ("release/lib/a", 1),
        ("release/b", 2),
        ("lib/bascule.db", 5),
        ("lib/bascule.db-wal", 1),
        ("lib/other", 9),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(mib * MIB))
    return tmp_path


def wanted(machine: Path, *, there: bool = False, store: str = "lib/bascule.db") -> dict[str, int]:
    """MiB by the folder's name."""
    release = "" if there else str(machine / "release")
    at = str(machine / store) if store else ""
    found = ROOM["wanted"](release, at, str(machine / "releases"), str(machine / "copies"), str(machine / "tmp"))
    return {os.path.basename(folder): needed // MIB for folder, needed in found}


def test_a_release_is_wanted_twice_and_a_store_five_times(machine: Path) -> None:
    assert wanted(machine) == {"releases": 6, "copies": 12, "tmp": 12, "lib": 6}


def test_a_release_that_is_there_needs_no_room(machine: Path) -> None:
    assert wanted(machine, there=True)["releases"] == 0


def test_a_database_on_another_machine_is_not_on_these_disks(machine: Path) -> None:
    assert wanted(machine, store="") == {"releases": 6, "copies": 0, "tmp": 0}


def test_a_store_that_is_not_there_yet_is_empty(machine: Path) -> None:
    assert wanted(machine, store="later/bascule.db") == {"releases": 6, "copies": 0, "tmp": 0, "later": 0}


@pytest.mark.parametrize(("free_mib", "refused"), [(64 + 18, False), (64 + 18 - 1, True)])
def test_folders_of_one_disk_count_together(machine: Path, free_mib: int, refused: bool) -> None:
    needs = [(str(machine / "lib"), 6 * MIB), (str(machine / "not/there/yet"), 12 * MIB)]
    found = list(ROOM["refusals"](needs, free=lambda _: free_mib * MIB))

    assert [each["code"] for each in found] == (["room"] if refused else [])
    if refused:
        assert found[0]["text"] == f"the disk of {machine}, {machine / 'lib'} has 81 MiB free, and 82 MiB are needed"


def test_the_role_runs_it_by_its_text(machine: Path) -> None:
    arguments = ["", str(machine / "lib/bascule.db"), str(machine / "releases"), str(machine / "copies"), str(machine)]
    done = subprocess.run(
        [sys.executable, "-", *arguments], input=PROGRAM.read_text(), capture_output=True, text=True, timeout=60, check=True
    )

    assert json.loads(done.stdout) == []
