"""bascule-guest in a desktop with a real systemd, logind, xrdp and a real RDP client."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.guest.race import JEAN, SCRIPTS, SETTLED_S, Desktop, desktop, within
from tests.servers.rdp import display, logging_on

Document = dict[str, Any]


def document(guest: Desktop) -> Document:
    written: Document = json.loads(guest.machine.says("cat", "/run/bascule/status.json"))
    return written


def comes_within(guest: Desktop, seconds: float, holds: Callable[[Document], bool]) -> bool:
    began = time.monotonic()
    return within(seconds + 1.0, lambda: holds(document(guest))) and time.monotonic() - began < seconds


@pytest.mark.guest
def test_each_event_of_a_real_log_on_is_noted_within_two_seconds(tmp_path: Path):
    with display(tmp_path / "display.log") as shown_on, desktop(tmp_path / "desktop", hold=True) as guest:
        unit = (SCRIPTS / "bascule-guest.service").read_text()
        guest.machine.put("/etc/systemd/system/bascule-guest.service", unit)
        guest.machine.says("sh", "-c", "mkdir -p /var/lib/bascule && echo done > /var/lib/bascule/first-boot")
        guest.machine.says("systemctl", "daemon-reload")
        guest.machine.says("systemctl", "start", "bascule-guest.service")
        assert within(SETTLED_S, lambda: guest.machine.run("test", "-e", "/run/bascule/status.json").returncode == 0)
        with logging_on(JEAN, network_of=guest.machine.pid, shown_on=shown_on, home=guest.shared):
            assert within(SETTLED_S, lambda: guest.let_in), "nobody gets in"
            assert comes_within(guest, 2.0, lambda said: len(said["sessions"]) == 1)
            assert within(SETTLED_S, lambda: document(guest)["sessions"][0]["state"] == "connected")
        assert comes_within(guest, 2.0, lambda said: said["sessions"][0]["state"] == "disconnected")
        guest.log_off()
        assert comes_within(guest, 2.0, lambda said: not said["sessions"])

        assert [event["event"] for event in document(guest)["events"]][-2:] == ["disconnect", "logoff"]
        assert document(guest)["logon_port"] == "open"
