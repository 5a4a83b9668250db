"""Issue 35, point 3: what a trial's clones have shown of a storage, beside what is assumed of its kind."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.doctor.clone_trials import OPERATION_S, OUTSIDE_S, examine_clones
from provisioner.doctor.findings import Grade
from provisioner.model.machines.twin_spec import StorageSpec, TwinSpec
from provisioner.pve.volumes import LINKABLE, NOT_LINKABLE
from tests.builders.pve import NOTE_KEY
from tests.builders.rehearsal import a_profile_on
from tests.builders.twin import Lab, a_spec
from tests.builders.virtual_hypervisor import VirtualHypervisor

PAGE = Path(__file__).parents[2] / "docs" / "en" / "storage.md"


def _on(storage: StorageSpec) -> TwinSpec:
    return replace(a_spec(), storages=(storage,))


def _shown(spec: TwinSpec, *batches: int):
    """After so many clones, those of a batch at once."""
    lab, vmid = Lab(spec), 20_000
    began_at = lab.events.now
    for batch in batches:
        orders = [lab.clone(vmid := vmid + 1) for _ in range(batch)]
        assert [lab.finish(order) for order in orders] == ["OK"] * batch
        lab.wait(5)
    client = VirtualHypervisor(lab.twin, key=NOTE_KEY)
    (finding,) = examine_clones(client, [a_profile_on(spec)], since=began_at)
    return finding


def test_a_storage_as_assumed():
    found = _shown(_on(StorageSpec(storage="thin", shared=False)), 1, 1)

    assert found.grade is Grade.GOOD
    assert re.fullmatch(
        r"storage thin \(lvmthin\): a clone took [12]\.\d s, at most [12]\.\d s in the lock "
        r"\(assumed: 1\.2 s for 2 operations\), linked",
        found.text,
    ), found.text


def test_of_clones_at_once_the_lock_is_measured():
    found = _shown(_on(StorageSpec(storage="thin", shared=False)), 3, 3)

    assert found.grade is Grade.GOOD
    assert re.search(r"s, 1\.\d s in the lock", found.text), found.text


@pytest.mark.parametrize("batches", [(1, 1, 1), (3,)], ids=["alone", "at once"])
@pytest.mark.parametrize(("kind", "shared"), [("lvmthin", False), ("rbd", True), ("zfspool", False), ("nfs", True)])
def test_a_storage_that_is_three_times_as_slow(kind, shared, batches):
    found = _shown(_on(StorageSpec(storage="thin", shared=shared, kind=kind, image_operation_s=3 * OPERATION_S)), *batches)

    assert (found.grade, found.code) == (Grade.DOUBTFUL, "clones_differ")
    assert f"it is not as assumed: storage thin ({kind})" in found.text
    assert found.fix


def test_a_storage_on_which_nothing_came_out():
    found = _shown(_on(StorageSpec(storage="thin", shared=False)))

    assert (found.grade, found.code) == (Grade.DOUBTFUL, "clones_not_shown")


def test_the_page_says_what_the_code_assumes_of_each_kind():
    text = PAGE.read_text(encoding="utf-8")
    rows = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows |= dict.fromkeys(re.findall(r"`(\w+)`", cells[0]), cells[1:]) if len(cells) == 6 else {}

    assert {kind for kind in LINKABLE | NOT_LINKABLE if kind not in rows} == set()
    assert all(rows[kind][0].startswith("yes") for kind in LINKABLE - {"cifs"} - {"nfs"})
    assert all(rows[kind][0].startswith("no") for kind in NOT_LINKABLE)
    assert f"takes {OPERATION_S} s for each operation under the lock, and {OUTSIDE_S} s outside it" in text
    assert all("(assumed" in cells[2] for kind, cells in rows.items() if kind in LINKABLE | NOT_LINKABLE)
