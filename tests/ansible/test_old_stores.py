"""N2: copies of stores, and what failed releases have left of theirs, do not pile up while no release works."""

import json
import os
import re
import subprocess
import sys

import pytest
import yaml

from tests.ansible.test_interrupted import role_tasks
from tests.builders.ansible import Operator, short_folder

ALL = role_tasks("old_stores.yml")
LEFT, COPIES = ALL["Take away the oldest of what failed releases have left"], ALL["Take away the oldest of them"]


RELEASES = [f"failed-{name}-0123456789ab" for name in ("0.1.0", "0.2.0+a.1", "0.1.0 b", "1!0.1.0")]


def test_the_newest_of_what_failed_releases_have_left_stay(tmp_path):
    """And what somebody else has named: `failed-disk` held what an operator had put aside."""
    others = ["failed-disk", "failed-0.1.0-0123456789ab-kept", "other"]
    for age, name in enumerate([*RELEASES, *others]):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bascule.db").touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    (tmp_path / "failed-0.1.0-0123456789ac").touch()
    (tmp_path / "failed-0.1.0-0123456789ad").symlink_to(tmp_path / "other")

    subprocess.run(["/bin/sh", "-ec", LEFT["vars"]["oldest"], str(tmp_path), "2"], check=True, timeout=20)

    assert {path.name for path in tmp_path.iterdir()} == {
        *RELEASES[:2], *others, "failed-0.1.0-0123456789ac", "failed-0.1.0-0123456789ad"
    }  # fmt: skip


def test_only_copies_that_the_role_has_named_are_looked_at():
    """`bascule-before-holidays.backup` is an operator's own."""
    pattern = ALL["List the copies of stores from before an upgrade"]["ansible.builtin.find"]["patterns"]
    named = "bascule-before-{}-0123456789ab-20260105T000000Z.backup"

    assert all(re.match(pattern, named.format(version)) for version in ("0.1.0", "0.2.0+a.1", "1!0.1.0"))
    assert not any(re.match(pattern, f"bascule-before-{name}.backup") for name in ("holidays", "0.2.0", "20260105T000000Z"))


def test_only_what_the_role_has_kept_of_a_failed_release_is_looked_at():
    pattern = ALL["List what failed releases have said"]["ansible.builtin.find"]["patterns"]

    assert re.match(pattern, "bascule-failed-0.2.0+a.1-0123456789ab.log")
    assert not re.match(pattern, "bascule-failed-disk.log")


@pytest.mark.real
def test_what_cannot_be_removed_stands_in_nobodys_way(tmp_path):
    """Of a folder that root had made there: the release before did not come back, and nothing ran."""
    given = {"bascule_as_account": ["/bin/false"], "bascule_failed_store": str(tmp_path / "failed"), "bascule_old_stores": 2}
    after = {"ansible.builtin.copy": {"content": "", "dest": str(tmp_path / "after")}}
    play = {"hosts": "all", "gather_facts": False, "vars": given, "tasks": [LEFT, after]}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    with short_folder() as temp:
        Operator(tmp_path, group="all", machine=local, temp=temp).plays(str(tmp_path / "play.yml"), {}).well()

    assert (tmp_path / "after").exists()
    assert COPIES["ignore_errors"] is True


NAMES = ("new-20260105T000000Z", "new-20260104T000000Z", "new-20260103T000000Z", "old-20260102T000000Z", "old-20260101T000000Z")
FILES = {name: f"/var/backups/bascule-before-0.1.0-{name}.backup" for name in NAMES}
"""The newest first: three tries of a release that does not work, and two of the one in force."""


@pytest.mark.real
@pytest.mark.parametrize(
    ("kept", "copy", "gone"),
    [
        pytest.param(1, NAMES[0], [NAMES[1], NAMES[2], NAMES[4]], id="not the way back of the release in force"),
        pytest.param(2, NAMES[0], [NAMES[2], NAMES[4]], id="two"),
        pytest.param(0, NAMES[2], [NAMES[1], NAMES[4]], id="not the one that this run may go back to"),
        pytest.param(9, NAMES[0], [], id="all"),
    ],
)
def test_the_newest_copies_stay_and_each_way_back(tmp_path, kept, copy, gone):
    found = [{"path": path, "mtime": 1000 - age} for age, path in enumerate(FILES.values())]
    given = {"bascule_copies": {"files": found}, "bascule_old_stores": kept, "bascule_copy": FILES[copy]}
    given |= {"bascule_was": "/opt/bascule/releases/0.1.0-old", **COPIES["vars"], "gone": COPIES["loop"]}
    write = {"ansible.builtin.copy": {"content": "{{ gone | to_json }}", "dest": str(tmp_path / "gone")}}
    play = {"hosts": "all", "gather_facts": False, "vars": given, "tasks": [write]}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    with short_folder() as temp:
        Operator(tmp_path, group="all", machine=local, temp=temp).plays(str(tmp_path / "play.yml"), {}).well()

    assert set(json.loads((tmp_path / "gone").read_text())) == {FILES[name] for name in gone}


def test_both_are_looked_at_whether_a_release_works_or_not():
    assert [
        any(task.get("ansible.builtin.include_tasks") == "old_stores.yml" for task in role_tasks(file).values())
        for file in ("before.yml", "return_store.yml", "tidy.yml")
    ] == [True] * 3
