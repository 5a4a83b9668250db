"""N2: another release takes the place of the one in force, with the receiver; one that cannot work never keeps it."""

import json
from pathlib import Path

import pytest

from provisioner.adapters.sql.schema import STEPS
from tests.ansible.operated.conftest import UNITS
from tests.ansible.operated.pages import filled_in, pasted
from tests.ansible.operated.releases import BROKEN, newer_release

pytestmark = pytest.mark.guest

GO_BACK = next(block for block in pasted("docs/en/upgrade.md") if "bascule-before-" in block)


def works_with(daemon) -> list[str]:
    """The release of each process, by the libraries that it has loaded."""
    found = []
    for unit in UNITS:
        pid = daemon.machine.says("systemctl", "show", "--value", "--property", "MainPID", unit)
        loaded = daemon.machine.says("sh", "-c", f"grep -o '/opt/bascule/releases/[^/]*' /proc/{pid}/maps | sort -u")
        found.append(loaded)
    return found


def schema(daemon) -> str:
    return json.loads(daemon.machine.says("bascule", "store", "check", "--json"))["schema"]


def copies(daemon) -> list[str]:
    return daemon.machine.says("find", "/var/backups", "-name", "bascule-before-*", "-printf", "%f %u %m\\n").splitlines()


@pytest.fixture(scope="module")
def upgraded(operated, tmp_path_factory):
    """With a release that has upgraded the store; the receiver runs, too. The first run was killed before it judged."""
    folder, first, pid = tmp_path_factory.mktemp("releases"), operated.release(), operated.shows("MainPID")
    newer = newer_release(operated.wheel, folder / "newer", schemas=1)
    given = {"bascule_wheel": str(newer)}
    operated.play_until(lambda: operated.release() != first and operated.shows("MainPID") not in ("0", pid), **given)
    kept = operated.machine.says("readlink", "/run/bascule-before/was")
    finished = operated.play(**given).well()
    assert kept == first
    return operated, first, given, folder, finished


def test_an_upgrade_that_was_interrupted_is_finished_and_judged_by_the_next_run(upgraded):
    """N2: it was taken for done. The cases: ../test_interrupted.py."""
    daemon, _, _, _, finished = upgraded

    assert "Its first cycle has ended" in finished.text
    assert "Nothing critical is wrong that was not before" in finished.text
    assert daemon.machine.says("find", "/run", "-maxdepth", "1", "-name", "bascule-before") == ""


def test_before_a_store_is_upgraded_a_copy_is_made_and_both_processes_follow(upgraded):
    """N2, N4."""
    daemon, first, *_ = upgraded
    second = daemon.release()

    assert second != first
    assert works_with(daemon) == [second, second]
    assert daemon.machine.says("bascule", "--version") == Path(second).name
    assert schema(daemon) == f"{int(STEPS.revisions[-1]) + 1:04}"
    (copy,) = copies(daemon)
    assert copy.startswith(f"bascule-before-{Path(second).name}-")
    assert copy.endswith(" root 600")
    assert daemon.machine.says("readlink", "/opt/bascule/previous") == first


def test_a_roll_back_to_a_release_that_cannot_open_the_store_is_refused_while_the_daemon_runs(upgraded):
    """N2: it was stopped first, and nothing ran."""
    daemon, first, given, *_ = upgraded
    before = daemon.release(), daemon.shows("MainPID"), daemon.files()

    refused = daemon.play(**given, bascule_roll_back=True)

    assert refused.exit_code != 0
    assert f"Release {first} cannot open the store" in refused.text
    assert "/var/backups/bascule-before-" in refused.text
    assert (daemon.release(), daemon.shows("MainPID"), daemon.files()) == before


def test_a_release_whose_daemon_does_not_start_goes_and_the_one_before_comes_back_with_its_store(upgraded):
    """N2."""
    daemon, _, _, folder, _ = upgraded
    second, before, kept = daemon.release(), schema(daemon), daemon.machine.says("bascule", "report", "journal", "--json")
    broken = newer_release(daemon.wheel, folder / "broken", schemas=2, broken=True)

    failed = daemon.play(bascule_wheel=str(broken))

    assert failed.exit_code != 0
    assert f"RuntimeError: {BROKEN}" in failed.text
    assert f"{second} runs again" in failed.text
    assert daemon.release() == second
    assert works_with(daemon) == [second, second]
    assert schema(daemon) == before
    assert len(json.loads(daemon.machine.says("bascule", "report", "journal", "--json"))) >= len(json.loads(kept))
    assert "bascule.db" in daemon.machine.says("sh", "-c", "ls /var/lib/bascule/failed-*")
    assert daemon.machine.says("find", "/var/lib/bascule", "!", "-user", "bascule") == ""
    assert daemon.machine.says("find", "/run", "-maxdepth", "1", "-name", "bascule-before") == ""


def test_behind_an_upgrade_of_the_store_one_goes_back_by_the_commands_of_the_page(upgraded):
    """N2: with the copy that was made then; without what happened since."""
    daemon, first, given, *_ = upgraded
    (copy,) = (line.split()[0] for line in copies(daemon) if Path(daemon.release()).name in line)
    page = filled_in(GO_BACK, **{"bascule-before-RELEASE-TIME.backup": f"{copy} --yes"})
    daemon.machine.says("bash", "-e", "-c", page)

    daemon.play(**given, bascule_roll_back=True).well()

    assert works_with(daemon) == [first, first]
    assert schema(daemon) == STEPS.revisions[-1]


def test_the_same_again_goes_forward_and_no_release_that_was_in_force_is_taken_away(upgraded):
    """N2: naming an earlier wheel made a third release, and the real one before was deleted."""
    daemon, first, given, *_ = upgraded
    daemon.play(**given, bascule_roll_back=True).well()
    second = daemon.release()

    assert second != first
    assert works_with(daemon) == [second, second]
    assert set(daemon.machine.says("ls", "/opt/bascule/releases").split()) == {Path(first).name, Path(second).name}
    assert daemon.play(**given).well().changed == 0
