"""What another release is refused for before anything is changed: its signature, the moment, the room, a copy that is none.

The programs that look, alone: ../test_moment.py, ../test_room.py, ../test_signature.py.
"""

import json
import re
import subprocess
from contextlib import contextmanager

import pytest

from provisioner.adapters.sql.schema import STEPS
from tests.ansible.installed import installation
from tests.ansible.operated.releases import newer_release
from tests.builders.patience import comes

pytestmark = pytest.mark.guest

QUIET = {"bascule_quiet_minutes": 1}
"""The next batch is further away."""


def two_of_three_now(site):
    """The third in 25 minutes, and a desktop may be deleted."""
    wave = {"name": "all", "who": "everyone", "size": 2, "interval": "25min"}
    (site.folder / "scenario.yaml").write_text(json.dumps({"name": "now", "waves": [wave]}))
    site.change(lambda document: document.update(scenario="scenario.yaml"))
    site.change(lambda document: document.setdefault("safety", {}).update(max_deletes=3))
    return {}


def both_ready(daemon):
    return "2 of 2 wanted" in daemon.machine.run("bascule", "status").stdout


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with installation(tmp_path_factory.mktemp("phases"), prepare=two_of_three_now) as installed:
        assert comes(lambda: both_ready(installed), look_s=1)
        yield installed


@pytest.fixture(scope="module")
def newer(daemon, tmp_path_factory):
    return newer_release(daemon.wheel, tmp_path_factory.mktemp("newer") / "release", schemas=1)


def in_force(daemon):
    """What a refused run may not have changed."""
    releases = daemon.machine.says("ls", "/opt/bascule/releases")
    return daemon.release(), daemon.files(), releases


@contextmanager
def refused(daemon, **variables):
    """The text of a run that is refused, by itself and with --check, and has changed nothing."""
    before = in_force(daemon)
    tried = daemon.play("--check", **variables), daemon.play(**variables)
    assert [each.exit_code != 0 for each in tried] == [True, True], tried[-1].text
    assert in_force(daemon) == before
    yield tried[-1].text


def test_not_back_where_there_is_no_release_before(daemon):
    with refused(daemon, bascule_roll_back=True) as text:
        assert "there is none to go back to" in text


def test_not_while_a_wave_opens(daemon, newer):
    with refused(daemon, bascule_wheel=str(newer)) as text:
        assert re.search(r"the wave 'all' opens at \d\d:\d\d UTC, within 30 minutes", text)
        assert "bascule_upgrade_despite" in text


def test_not_while_a_desktop_is_rebuilt(daemon, newer):
    (name, *_) = (each["name"] for each in json.loads(daemon.machine.says("bascule", "desktop", "list", "--json"))["desktops"])
    daemon.machine.says("bascule", "hold", "start", "--reason", "a test")  # it stays ordered
    daemon.machine.says("bascule", "desktop", "rebuild", name, "--reason", "a test", "--yes")
    try:
        with refused(daemon, bascule_wheel=str(newer), **QUIET) as text:
            assert f"desktops are being rebuilt: {name}" in text
    finally:
        daemon.machine.says("bascule", "desktop", "rebuild", name, "--withdraw")
        daemon.machine.says("bascule", "hold", "end")


def test_not_while_the_daemon_hangs(daemon, newer):
    pid = daemon.shows("MainPID")
    daemon.machine.says("kill", "-STOP", pid)
    try:
        with refused(daemon, bascule_wheel=str(newer), **QUIET) as text:
            assert "the daemon does not say what is under way" in text or "the daemon has had no cycle yet" in text
    finally:
        daemon.machine.run("kill", "-CONT", pid)
    assert comes(lambda: both_ready(daemon), look_s=1)


def test_not_onto_a_full_disk(daemon, newer):
    daemon.machine.says("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/var/backups")
    try:
        with refused(daemon, bascule_wheel=str(newer), **QUIET) as text:
            assert "the disk of /var/backups has 1 MiB free" in text
    finally:
        daemon.machine.says("umount", "/var/backups")


def test_not_what_nobody_has_signed(daemon, newer, tmp_path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True, timeout=60)
    public = " ".join((tmp_path / "key.pub").read_text().split()[:2])
    (tmp_path / "signers").write_text(f'bascule-release namespaces="bascule-release" {public}\n')

    with refused(daemon, bascule_wheel=str(newer), bascule_signers=str(tmp_path / "signers"), **QUIET) as text:
        assert "there is no file SHA256SUMS" in text


def test_not_if_the_store_cannot_be_put_back_by_the_release(daemon, tmp_path):
    """Its daemon would have found it out at its start, with the store half upgraded."""
    broken = newer_release(daemon.wheel, tmp_path / "broken", schemas=1, then='raise RuntimeError("no such step")')
    before, pid = (daemon.release(), daemon.files()), daemon.shows("MainPID")

    failed = daemon.play(bascule_wheel=str(broken), **QUIET)

    assert failed.exit_code != 0
    assert "could not be put back, so there would be no way back" in failed.text
    assert (daemon.release(), daemon.files()) == before
    assert daemon.shows("MainPID") == pid
    assert daemon.machine.says("find", "/var/backups", "-name", ".bascule*") == ""
    assert "bascule-rehearsal" not in daemon.machine.says("cat", "/proc/1/mounts")


def test_despite_a_wave_it_goes_through_all_phases(daemon, newer):
    """Told what it goes on despite; the batch opens all the same."""
    played = daemon.play(bascule_wheel=str(newer), bascule_upgrade_despite=["wave"]).well()

    phases = re.findall(r"Phase (\d)", played.text)
    assert sorted(set(phases)) == list("234567"), "1 is the signature's"
    assert phases == sorted(phases)
    assert "the wave 'all' opens at" in played.text
    assert (
        json.loads(daemon.machine.says("bascule", "store", "check", "--json"))["schema"] == f"{int(STEPS.revisions[-1]) + 1:04}"
    )
    assert daemon.play(bascule_wheel=str(newer)).well().changed == 0


def test_what_may_not_be_passed_over_is_refused(daemon, newer):
    said = daemon.play(bascule_wheel=str(newer), bascule_upgrade_despite=["room"])

    assert said.exit_code != 0
    assert "must be a list of silent, wave, rebuild and critical" in said.text
