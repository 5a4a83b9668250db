"""H2: somebody in the network comes and goes at the log-on port. The desktop stays within what Bascule takes of it."""

from pathlib import Path
from typing import Any

import pytest

from provisioner.model.ids import DesktopName
from provisioner.model.machines.guest_bounds import Flow
from provisioner.sessions.gate import PushGate
from tests.guest.test_bascule_guest import CONNECTED, LISTENING, Image, image
from tests.sessions.desktops import _machine, _own

__all__ = ["image"]
_NAME, _FOR_S, _REST_S = DesktopName("vd-1"), 600, 60
_watch = _own("watch")


class _Quiet(_machine.Machine):  # type: ignore[misc] # of the golden image's program
    """With an uptime of its own, and without a process for each question."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.up_s = 1000.0

    @property
    def uptime_s(self) -> float:
        return self.up_s

    def says(self, *_: str) -> str:
        return ""


class _Sent:
    """In the place of the thread that sends, with its times: at once, else a minute after the last."""

    def __init__(self) -> None:
        self.gate, self.at_s, self.taken = PushGate(), 0.0, 0

    def hand_in(self, *_: Any, sequence: int, at_once: bool, **__: Any) -> None:
        now_s = sequence / 1e6
        if at_once or now_s - self.at_s >= _REST_S:
            self.at_s = now_s
            self.taken += self.gate.may(_NAME, Flow.DOCUMENT, now_s, sessions=1)


@pytest.mark.long
@pytest.mark.parametrize("each_s", [1, 2])
def test_connections_that_come_and_go_use_up_nothing_that_a_log_on_needs(image: Image, each_s: int):
    """H2: after two minutes all that it said was cut, a log-on, too, and the desktop was named for a flood."""
    machine = _Quiet(image.root)
    watch, sent = _watch.Watch(machine), _Sent()
    watch._pusher = sent
    for second in range(_FOR_S):
        machine.up_s += 1.0
        image.file("proc/net/tcp6", LISTENING + CONNECTED.format(0, 0) * (second // each_s % 2))
        watch.look()
    image.file("run/systemd/sessions/c1", "of logind's")
    before = sent.taken
    watch.look()

    assert (sent.gate.cut, sent.taken - before) == ({}, 1)
