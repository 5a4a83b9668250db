"""The role that installs the daemon, on a guest with a real systemd: each test starts from an installed, running daemon."""

import time
from urllib.request import ProxyHandler, build_opener

import pytest

from tests.ansible.installed import BASCULE, installation
from tests.ansible.site import AWKWARD

pytestmark = pytest.mark.guest


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    with installation(tmp_path_factory.mktemp("role")) as daemon:
        yield daemon


def test_the_daemon_is_up_enabled_and_alive(installed):
    assert installed.shows("ActiveState") == "active"
    assert installed.machine.says("systemctl", "is-enabled", "bascule.service") == "enabled"
    assert installed.logs("cycle:")

    url = f"http://127.0.0.1:{installed.site.document['exposition']['port']}/healthz"
    with build_opener(ProxyHandler({})).open(url, timeout=10) as answer:
        assert answer.status == 200
        assert answer.read().decode().strip() == "alive"


def test_environment_values_arrive_unchanged(installed):
    (held,) = (line for line in installed.environment() if line.startswith("BASCULE_NOTE_KEY="))
    assert held == f"BASCULE_NOTE_KEY={AWKWARD}"


def test_a_second_run_changes_nothing(installed):
    before = installed.shows("MainPID"), installed.files()

    assert installed.play("-v").well().changed == 0
    assert (installed.shows("MainPID"), installed.files()) == before


def test_the_doctor_finds_all_in_order_and_root_leaves_nothing_in_the_store(installed):
    said = installed.machine.says(BASCULE, "check")

    assert "result: 0 faults" in said
    assert "the token has all" in said
    assert installed.machine.says(BASCULE, "hold", "start", "--reason", "test").startswith("held")
    assert installed.machine.says("find", "/var/lib/bascule", "!", "-user", "bascule") == ""


def test_only_root_and_the_daemon_read_secrets_and_only_root_changes_code(installed):
    listed = installed.machine.says("find", "/etc/bascule", "-printf", "%M %u %g %P\\n").splitlines()
    listed.remove("-rw------- root root backup.key")  # whoever reads it can forge a backup: not even the daemon's account (N7)
    modes = {line.split()[0] for line in listed}

    assert {tuple(line.split()[1:3]) for line in listed} == {("root", "bascule")}
    assert modes == {"drwxr-x---", "-rw-r-----"}
    assert {"-rw-r----- root bascule secrets/token", "-rw-r----- root bascule environment"} <= set(listed)
    code = ["find", "-L", "/opt/bascule", "/usr/local/bin/bascule", "/etc/systemd/system/bascule.service"]
    assert installed.machine.says(*code, "(", "!", "-user", "root", "-o", "-perm", "/022", ")") == ""


def test_systemd_finds_no_fault_in_the_unit_and_little_exposed(installed):
    verified = installed.machine.run("systemd-analyze", "verify", "--man=no", "bascule.service")
    assert (verified.returncode, [line for line in verified.stderr.splitlines() if "bascule" in line]) == (0, [])

    # In tenths: 1.5 of 10 is what a service that speaks to the network can be brought to.
    judged = installed.machine.run("systemd-analyze", "security", "--no-pager", "--threshold=15", "bascule.service")
    assert judged.returncode == 0, judged.stdout


def test_a_wrong_configuration_is_reported_with_its_place_and_changes_nothing(installed):
    before = installed.shows("MainPID"), installed.files()
    installed.site.change(lambda document: document.update({"budgett": {"clones_per_local_domain": 3}}))

    refused = installed.play()
    installed.site.change(lambda document: document.pop("budgett"))

    assert refused.exit_code != 0
    assert "bascule.yaml:" in refused.text
    assert "budgett" in refused.text
    assert "Traceback" not in refused.text
    assert (installed.shows("MainPID"), installed.files()) == before
    assert installed.machine.says("find", "/run", "-maxdepth", "1", "-name", "bascule-*") == ""


def test_a_changed_profile_is_taken_up_by_the_daemon_that_runs(installed):
    before = installed.shows("MainPID")
    profile = installed.site.folder / "profiles" / "standard.yaml"
    profile.write_text(profile.read_text().replace('"vcpus": 2', '"vcpus": 3'))

    played = installed.play().well()
    assert (played.changed, installed.shows("MainPID")) == (2, before), played.text
    assert installed.logs("settings: reloaded")


def test_a_change_that_was_interrupted_is_taken_up_by_the_next_run(installed):
    """N2: it found the files as they should be, and restarted nothing."""
    machine, pid = installed.machine, installed.shows("MainPID")
    installed.site.change(lambda document: document["safety"].update(rebuild_settle=1))
    brought = ("grep", "--quiet", '"rebuild_settle": 1', "/etc/bascule/bascule.yaml")
    installed.play_until(lambda: machine.run(*brought).returncode == 0)
    assert installed.shows("MainPID") == pid

    installed.play().well()

    assert installed.shows("MainPID") != pid
    assert machine.says("find", "/run", "-maxdepth", "1", "-name", "bascule-unfinished", "-o", "-name", "bascule-trial") == ""


def test_no_secret_is_printed_logged_or_in_the_process_list(installed):
    visible = installed.printed + installed.log() + installed.machine.says("sh", "-c", "cat /proc/[0-9]*/cmdline")

    for secret in (installed.site.secrets["token"], AWKWARD):
        assert secret not in visible


SHORT = """[Service]
WatchdogSec=15
RestartSec=1
"""
DROP_IN = "/run/systemd/system/bascule.service.d"


def in_the_guest(machine, script):
    return machine.says("sh", "-ec", script)


@pytest.fixture
def in_a_hurry(installed):
    """systemd looks every 15 s, and starts again after one: shipped are 60 and 10."""
    in_the_guest(installed.machine, f"mkdir -p {DROP_IN}; echo '{SHORT}' > {DROP_IN}/short.conf; systemctl daemon-reload")
    yield
    in_the_guest(installed.machine, f"rm -r {DROP_IN}; systemctl daemon-reload; systemctl restart bascule")


def test_a_daemon_that_hangs_is_ended_and_begun_again(installed, in_a_hurry):
    """N: the watchdog, as the unit has it."""
    installed.machine.says("systemctl", "restart", "bascule")
    before = installed.shows("MainPID")
    installed.machine.says("kill", "-STOP", before)

    within = f"until [ $(systemctl show -P MainPID bascule) -gt 0 -a $(systemctl show -P MainPID bascule) -ne {before} ]"
    in_the_guest(installed.machine, f"timeout 50 sh -c '{within}; do sleep 1; done'")
    assert installed.shows("Result") == "success"
    assert "Watchdog timeout" in installed.log()


ON_LITTLE = """
systemctl stop bascule; cp -a /var/lib/bascule /root/kept; mount -t tmpfs -o size=512m tmpfs /var/lib/bascule
cp -aT /root/kept /var/lib/bascule; systemctl start bascule
"""
FILL = "runuser -u bascule -- dd if=/dev/zero of=/var/lib/bascule/filler bs=64k 2> /dev/null || :"


def test_a_full_disk_with_a_freeze_is_no_loop_of_restarts(installed, in_a_hurry):
    """N8b: it ended, and was started every ten seconds, under a freeze that somebody had ordered for calm."""
    machine = installed.machine
    try:
        in_the_guest(machine, ON_LITTLE)
        in_the_guest(machine, "timeout 30 sh -c 'until bascule freeze --reason calm; do sleep 1; done'")
        in_the_guest(machine, FILL)
        in_the_guest(machine, "systemctl restart bascule; sleep 12")
        loops, shown = installed.shows("NRestarts"), machine.run(BASCULE, "status")
        machine.says("rm", "/var/lib/bascule/filler")
        assert installed.logs("answers again", within_s=40)
        thawed = machine.says(BASCULE, "thaw")
    finally:
        in_the_guest(machine, "systemctl stop bascule; umount /var/lib/bascule || :; systemctl start bascule")

    assert loops == "0"
    assert shown.returncode == 1
    assert "MiB" in shown.stdout + shown.stderr
    assert thawed


def test_it_stops_in_order_and_in_time(installed):
    began = time.monotonic()
    installed.machine.says("systemctl", "stop", "bascule.service")
    took = time.monotonic() - began
    ended = [installed.shows(name) for name in ("ActiveState", "Result", "ExecMainStatus")]
    installed.machine.says("systemctl", "start", "bascule.service")

    assert ended == ["inactive", "success", "0"]
    assert took < 12
