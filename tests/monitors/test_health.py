"""Alive and ready, each 'no' with its reasons."""

from dataclasses import replace

import pytest

from monitors.health import liveness_problems, readiness_problems, remarks
from provisioner.model.cluster import Snapshot
from provisioner.model.status import ConfigState, Status
from provisioner.reasons.reason import Reason
from tests.builders.monitors import KNOWN, MONDAY, PVE, SetClock, a_recorder, a_status


@pytest.mark.parametrize(
    ("cycles", "seconds", "problems"),
    [
        pytest.param([], 119, (), id="just started: alive"),
        pytest.param([], 121, ("no cycle has ended for 121 s (at most 120 s are allowed)",), id="never ended a cycle: dead"),
        pytest.param([100], 219, (), id="a cycle ended lately: alive"),
        pytest.param([100], 400, ("no cycle has ended for 300 s (at most 120 s are allowed)",), id="hangs since: dead"),
    ],
)
def test_life(cycles: list[float], seconds: float, problems: tuple[str, ...]):
    recorder = a_recorder(SetClock(MONDAY))
    for at in cycles:
        recorder.status(a_status(at=MONDAY + at))

    assert liveness_problems(recorder.state, now=MONDAY + seconds, max_cycle_age_s=120.0) == problems


@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        pytest.param(None, ["no cycle has ended yet"], id="before the first cycle"),
        pytest.param(a_status(), [], id="observed, with a roster, not paused: ready"),
        pytest.param(replace(a_status(), snapshot=Snapshot()), ["cluster pve has not been observed yet"], id="not observed"),
        pytest.param(
            replace(a_status(), roster=None, directory_error="bind refused"),
            ["no roster has been accepted yet: bind refused"],
            id="the directory refuses",
        ),
        pytest.param(a_status(paused={PVE: "no\nquorum"}), ["cluster pve is paused: no quorum"], id="paused: one line each"),
        pytest.param(
            Status(at=MONDAY),
            ["cluster pve has not been observed yet", "no roster has been accepted yet"],
            id="several reasons: all of them",
        ),
    ],
)
def test_readiness(status: Status | None, reasons: list[str]):
    recorder = a_recorder()
    if status:
        recorder.status(status)

    assert list(readiness_problems(recorder.state, KNOWN)) == reasons


def test_a_refused_configuration_is_a_remark_and_the_daemon_is_ready():
    """D: it works on with what was read before."""
    recorder = a_recorder()
    faults = "/etc/bascule/a.yaml:1:1 x: unknown key\n/etc/bascule/b.yaml:2:1 y: unknown key"
    recorder.status(replace(a_status(), config=ConfigState(read_at=MONDAY, rejected=Reason(faults), rejected_at=MONDAY + 5)))

    assert readiness_problems(recorder.state, KNOWN) == ()
    assert remarks(recorder.state) == (
        "the changed configuration is refused, what was read before is in force: /etc/bascule/a.yaml:1:1 x: unknown key "
        "(and 1 more)",
    )
