"""What holds a desktop's shutdown back while somebody is in, on a real systemd and logind."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.servers.nspawn import Guest, guest

SCRIPT = Path(__file__).parents[2] / "config" / "guest" / "bascule-hold"
SHUTDOWN = ("shutdown", "-h", "-P", "+0", "hypervisor initiated shutdown")
"""As qemu-ga runs it, as root."""
TRIALS = int(os.environ.get("BASCULE_HOLD_TRIALS", "12"))


def installed(machine: Guest, *, grace_s: float = 60.0) -> Guest:
    """The script, and beside it a bascule-report that tells what a file says."""
    text = SCRIPT.read_text().replace("GRACE_S = 60.0", f"GRACE_S = {grace_s}").replace("EVERY_S = 5.0", "EVERY_S = 0.2")
    machine.says("sh", "-c", f"cat > /usr/local/bin/bascule-hold <<'E'\n{text}\nE\nchmod 755 /usr/local/bin/bascule-hold")
    machine.says("sh", "-c", "printf '#!/bin/sh\\ncat /run/report\\n' > /usr/local/bin/bascule-report")
    machine.says("chmod", "755", "/usr/local/bin/bascule-report")
    machine.says("systemctl", "start", "dbus.service", "systemd-logind.service")
    return machine


def tells(machine: Guest, *, sessions: int = 0, connections: int = 0) -> None:
    document = json.dumps({"sessions": [{"user": "jdupont"}] * sessions, "connections": connections})
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
def test_log_ons_that_race_with_shutdowns_are_never_cut(tmp_path: Path):
    """A6: either the log-on is first and the shutdown is refused, or the shutdown is first and the log-on is."""
    draw, came = Random(1), Counter[str]()
    for trial in range(TRIALS):
        home = tmp_path / str(trial)
        home.mkdir()
        with guest(home) as machine, ThreadPoolExecutor(2) as pool:
            installed(machine)
            tells(machine)
            offset_s = draw.uniform(-0.5, 0.5)
            person = pool.submit(_after, max(0.0, offset_s), machine, "/usr/local/bin/bascule-hold")
            shutdown = pool.submit(_after, max(0.0, -offset_s), machine, *SHUTDOWN)
            let_in, shut_down = person.result() == 0, shutdown.result() in (0, None)
        assert not (let_in and shut_down), f"trial {trial}, {offset_s:+.3f} s: let in and cut"
        came["let in" if let_in else "shut down" if shut_down else "neither"] += 1
    assert min(came["let in"], came["shut down"]) > 0


def _after(seconds: float, machine: Guest, *words: str) -> int | None:
    """What it ended with; None: it never ended, for the halt has stopped every process."""
    time.sleep(seconds)
    command = ["nsenter", "--target", str(machine.pid), "--all", *words]
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=10, stdin=subprocess.DEVNULL).returncode
    except subprocess.TimeoutExpired:
        return None


def test_an_ill_logind_bars_nobody(tmp_path: Path):
    """A6: the lock protects whoever works; it is no reason not to work."""
    commands = dict.fromkeys(("systemd-run", "systemd-inhibit", "busctl"), "echo 'no bus' >&2; exit 1")
    for name, script in {**commands, "systemctl": "echo degraded; exit 1"}.items():
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    command = [sys.executable, "-I", str(SCRIPT)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={"PATH": str(tmp_path)}, timeout=20)

    assert (done.returncode, done.stderr) == (0, "bascule-hold: no lock: no bus\n")
