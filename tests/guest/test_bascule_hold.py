"""The lock that holds a desktop's shutdown back while a person is logged on, with a real systemd and logind."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.guest import race
from tests.guest.race import JEAN, Ended, desktop
from tests.servers.nspawn import Guest, guest
from tests.servers.rdp import display, logging_on

SCRIPT = Path(__file__).parents[2] / "config" / "guest" / "bascule-hold"
SHUTDOWN = ("shutdown", "-h", "-P", "+0", "hypervisor initiated shutdown")
"""As qemu-ga runs it, as root."""
TRIALS = int(os.environ.get("BASCULE_HOLD_TRIALS", "10"))


def installed(machine: Guest, *, grace_s: float = 60.0) -> Guest:
    """The script, and beside it a bascule-guest that tells what a file says."""
    text = SCRIPT.read_text().replace("GRACE_S = 60.0", f"GRACE_S = {grace_s}").replace("EVERY_S = 5.0", "EVERY_S = 0.2")
    machine.put("/usr/local/bin/bascule-hold", text)
    machine.put("/usr/local/bin/bascule-guest", "#!/bin/sh\ncat /run/report")
    machine.says("systemctl", "start", "dbus.service", "systemd-logind.service")
    return machine


def tells(machine: Guest, *, sessions: int = 0, connections: int = 0, events: list[dict[str, object]] | None = None) -> None:
    there = [{"user": "jdupont"}] * sessions
    document = json.dumps({"sessions": there, "connections": connections, "events": events or []})
    machine.says("sh", "-c", f"echo '{document}' > /run/report.new && mv /run/report.new /run/report")


def locks(machine: Guest) -> int:
    return machine.says("systemd-inhibit", "--list", "--no-pager", "--no-legend").count("bascule")


def within(seconds: float, machine: Guest, wanted: int) -> bool:
    give_up = time.monotonic() + seconds
    while locks(machine) != wanted and time.monotonic() < give_up:
        time.sleep(0.1)
    return locks(machine) == wanted


@pytest.mark.guest
def test_a_shutdown_is_refused_while_somebody_is_in_and_not_after(tmp_path: Path):
    """A6: also to root, and so to the QEMU guest agent."""
    with guest(tmp_path) as machine:
        installed(machine, grace_s=0.5)
        tells(machine, sessions=1)
        machine.says("/usr/local/bin/bascule-hold")
        assert locks(machine) == 1

        refused = machine.run(*SHUTDOWN)
        assert refused.returncode == 1
        assert "Access denied" in refused.stderr

        tells(machine, connections=1)
        time.sleep(1.0)
        assert locks(machine) == 1, "somebody is at the log-on mask"
        machine.says("rm", "/run/report")
        time.sleep(1.0)
        assert locks(machine) == 1, "unknown is never none"
        tells(machine)
        assert within(5.0, machine, 0)
        assert machine.run(*SHUTDOWN).returncode == 0


@pytest.mark.guest
def test_a_log_on_that_has_come_and_gone_holds_nothing_any_more(tmp_path: Path):
    """A6: a desktop that is given back a moment after the log-on is reset at once, not after the minute of a slow one."""
    with guest(tmp_path) as machine:
        installed(machine)
        tells(machine)
        machine.says("env", f"PAM_USER={JEAN.name}", "/usr/local/bin/bascule-hold")
        uptime_s = float(machine.says("cut", "-d ", "-f1", "/proc/uptime"))
        others = {"number": 1, "event": "logon", "user": "zlefevre", "at_s": uptime_s + 5}
        earlier = {"number": 2, "event": "logon", "user": JEAN.name, "at_s": uptime_s - 60}
        tells(machine, events=[others, earlier])
        time.sleep(1.0)
        assert locks(machine) == 1, "others have come and gone, and so has the person before"

        came = {"number": 3, "event": "logon", "user": JEAN.name, "at_s": uptime_s + 5}
        tells(machine, sessions=1, events=[came])
        time.sleep(1.0)
        assert locks(machine) == 1, "the person is in"
        tells(machine, events=[came])
        assert within(5.0, machine, 0)


@pytest.mark.guest
def test_each_log_on_has_a_lock_of_its_own_and_a_log_off_takes_none(tmp_path: Path):
    """A6: a lock is not given back while another person is just coming."""
    with guest(tmp_path) as machine:
        installed(machine)
        tells(machine)
        machine.says("/usr/local/bin/bascule-hold")
        machine.says("/usr/local/bin/bascule-hold")
        machine.says("env", "PAM_TYPE=close_session", "/usr/local/bin/bascule-hold")

        assert locks(machine) == 2


@pytest.mark.guest
def test_a_log_on_that_a_shutdown_refuses_opens_nothing(tmp_path: Path):
    """A6: no session of logind, no home, no user's services on a desktop that is on its way down."""
    with display(tmp_path / "display.log") as shown_on, desktop(tmp_path / "desktop", hold=True) as guest:
        guest.machine.says("shutdown", "-h", "+1")
        with logging_on(JEAN, network_of=guest.machine.pid, shown_on=shown_on, home=tmp_path):
            refused = "pam_open_session failed"
            assert race.within(30.0, lambda: refused in guest.machine.says("journalctl", "--no-pager"))
            assert (guest.let_in, guest.sessions()) == (False, 0)

        guest.machine.says("shutdown", "-c")
        with logging_on(JEAN, network_of=guest.machine.pid, shown_on=shown_on, home=tmp_path):
            assert race.within(30.0, lambda: guest.let_in)


@pytest.mark.guest
def test_log_ons_that_race_with_shutdowns_are_never_cut(tmp_path: Path):
    """A6: either the log-on is first and the shutdown is refused, or the shutdown is first and the log-on is."""
    reports: list[str] = []

    came = race.race(race.offsets(TRIALS), hold=True, home=tmp_path, report=reports.append)

    assert came[Ended.CUT] == came[Ended.VAIN] == 0, reports
    assert min(came[Ended.HELD], came[Ended.DOWN]) > 0, reports


@pytest.mark.guest
def test_without_the_hold_a_logged_on_person_is_cut(tmp_path: Path):
    """A6: and the race sees it."""
    assert race.race([-5.0], hold=False, home=tmp_path) == {Ended.CUT: 1}


def test_a_broken_logind_keeps_no_person_out(tmp_path: Path):
    """A6: the lock protects sessions; without a lock people can still work."""
    commands = dict.fromkeys(("systemd-run", "systemd-inhibit", "busctl"), "echo 'no bus' >&2; exit 1")
    for name, script in {**commands, "systemctl": "echo degraded; exit 1"}.items():
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    command = [sys.executable, "-I", str(SCRIPT)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={"PATH": str(tmp_path)}, timeout=20)

    assert (done.returncode, done.stderr) == (0, "bascule-hold: no lock: no bus\n")
