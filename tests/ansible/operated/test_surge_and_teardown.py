"""surge.yml and teardown.yml on a guest: begun once, taken away after a last backup, and put back with the same desktops."""

import json

import pytest

from tests.ansible.installed import installation
from tests.ansible.operated.test_recovery import desktops, inside, made
from tests.builders.patience import comes

pytestmark = pytest.mark.guest

TERMS = {"surge_scenario": "now", "surge_reason": "decision of the prefect", "surge_by": "ops", "surge_yes": True}
DESPITE = {"bascule_teardown_despite": ["surge", "desktops"]}


def by_hand(site):
    """Three people, who get nothing before somebody starts it."""
    scenario = {"name": "now", "start": "by hand", "waves": [{"name": "all", "who": "everyone"}]}
    (site.folder / "scenario.yaml").write_text(json.dumps(scenario))
    site.change(lambda document: document.update(scenario="scenario.yaml"))
    return {}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with installation(tmp_path_factory.mktemp("surge"), prepare=by_hand) as installed:
        assert comes(lambda: "'now'" in installed.machine.run("bascule", "surge", "status").stdout)
        yield installed


def plays(daemon, playbook, *options, **variables):
    return daemon.operator.plays(playbook, daemon.parts | daemon.site.variables() | variables, *options)


def teardown(daemon, *options, **variables):
    return plays(daemon, "teardown.yml", *options, **variables)


def test_it_is_begun_once_by_somebody_whom_the_journal_names(daemon):
    foretold = plays(daemon, "surge.yml", "--check", **TERMS, surge_despite=["check", "forecast"]).well()
    assert "TASK [What the forecast says]" in foretold.text
    assert daemon.site.twin.truth()["clones"] == 0

    plays(daemon, "surge.yml", **TERMS, surge_despite=["check", "forecast"]).well()

    assert comes(lambda: "3 of 3 wanted" in daemon.machine.run("bascule", "status").stdout)
    journal = daemon.machine.says("bascule", "report", "journal")
    assert "decision of the prefect" in journal
    assert "ops" in journal
    assert plays(daemon, "surge.yml", **TERMS).well().changed == 0


def test_it_is_not_taken_away_under_a_surge_and_people(daemon):
    before = daemon.files()

    refused = teardown(daemon)

    assert refused.exit_code != 0
    assert "a surge is under way: the run of now is running" in refused.text
    assert "3 desktops stay" in refused.text
    assert daemon.files() == before
    assert daemon.shows("ActiveState") == "active"


def test_not_while_it_hangs(daemon):
    pid = daemon.shows("MainPID")
    daemon.machine.says("kill", "-STOP", pid)
    try:
        refused = teardown(daemon, **DESPITE)
    finally:
        daemon.machine.run("kill", "-CONT", pid)

    assert refused.exit_code != 0
    assert "the daemon does not say how things are now" in refused.text
    assert comes(lambda: "3 of 3 wanted" in daemon.machine.run("bascule", "status").stdout)


def test_not_without_a_backup_and_then_it_runs_again(daemon):
    daemon.machine.says("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", "/var/backups")
    try:
        refused = teardown(daemon, **DESPITE)
    finally:
        daemon.machine.says("umount", "/var/backups")

    assert refused.exit_code != 0
    assert "There is no last backup" in refused.text
    assert comes(lambda: "3 of 3 wanted" in daemon.machine.run("bascule", "status").stdout)


def test_a_backup_of_an_interrupted_run_counts_no_more_once_the_daemon_ran_again(daemon):
    """The store would have been removed without a question, and without a backup of what it had since."""
    inside(daemon.machine, "/run/bascule-teardown").write_text("/var/backups/of-weeks-ago\n")

    refused = teardown(daemon)
    daemon.machine.says("rm", "/run/bascule-teardown")

    assert refused.exit_code != 0
    assert "3 desktops stay" in refused.text


def test_with_check_it_says_what_would_go_and_takes_nothing(daemon):
    before = daemon.files()

    foretold = teardown(daemon, "--check", **DESPITE).well()

    assert foretold.changed > 0
    assert daemon.files() == before
    assert daemon.shows("ActiveState") == "active"


def test_it_is_taken_away_and_the_desktops_stay(daemon):
    daemon.before = desktops(daemon), made(daemon)

    played = teardown(daemon, **DESPITE).well()

    left = daemon.machine.says("sh", "-c", "ls -d /opt/bascule /var/lib/bascule /usr/local/bin/bascule 2>/dev/null || true")
    assert left == ""
    assert daemon.machine.says("sh", "-c", "ls /etc/systemd/system | grep bascule || true") == ""
    assert daemon.machine.says("ls", "/etc/bascule") == "backup.key"
    kept = daemon.machine.says("find", "/var/backups", "-name", "bascule-teardown-*", "-printf", "%f %m %u\\n").splitlines()
    assert [line.split()[1:] for line in kept] == [["600", "root"]] * 2, kept
    (listed,) = inside(daemon.machine, "/var/backups").glob("bascule-teardown-*-desktops.json")
    assert {each["name"] for each in json.loads(listed.read_text())["desktops"]} == set(daemon.before[0])
    assert made(daemon) == daemon.before[1]
    assert not [value for value in daemon.site.secrets.values() if value.strip() in played.text]
    assert teardown(daemon).well().changed == 0


def test_by_the_backup_it_comes_back_with_the_same_desktops(daemon):
    (backup,) = daemon.machine.says("sh", "-c", "ls /var/backups/bascule-teardown-* | grep -v json").split()
    daemon.machine.says("cp", "/etc/bascule/backup.key", "/root/backup.key")
    daemon.play(bascule_config_dir=str(daemon.site.folder)).well()
    daemon.machine.says("systemctl", "stop", "bascule")
    daemon.machine.says("sh", "-c", "mkdir /root/fresh; mv /etc/bascule /var/lib/bascule/bascule.db* /root/fresh/")

    daemon.machine.says("bascule", "store", "restore", backup, "--key", "/root/backup.key", "--unproven", "--yes")
    daemon.machine.says("systemctl", "start", "bascule")

    assert comes(lambda: "3 of 3 wanted" in daemon.machine.run("bascule", "status").stdout)
    assert (desktops(daemon), made(daemon)) == daemon.before
