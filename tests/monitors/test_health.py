"""Alive and ready, each 'no' with its reasons."""

from dataclasses import replace

import pytest

from monitors.health import liveness_problems, readiness_problems, remarks
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.status import ConfigState, Status
from provisioner.reasons.reason import Reason
from provisioner.reasons.views import BASELINE_WAITS
from tests.builders.monitors import MONDAY, PVE, SetClock, a_recorder, a_status, a_switch


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


def ready(recorder, *, after: float = 0.0) -> list[str]:
    return list(readiness_problems(recorder.state, now=MONDAY + after, max_cycle_age_s=120.0))


@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        pytest.param(None, ["no cycle has ended yet: nothing is known"], id="before the first cycle"),
        pytest.param(a_status(), [], id="observed, with a roster, not paused: ready"),
        pytest.param(
            replace(a_status(), snapshot=Snapshot()),
            ["cluster pve was never observed: nothing is known of it"],
            id="not observed",
        ),
        pytest.param(
            replace(a_status(), roster=None, directory_error="bind refused"),
            ["no reading of the directory was accepted yet, nobody is known: bind refused"],
            id="the directory refuses",
        ),
        pytest.param(
            a_status(paused={PVE: "no\nquorum"}),
            ["cluster pve: nothing is written there: no quorum"],
            id="paused: one line each",
        ),
        pytest.param(
            replace(a_switch(2), baseline_accepted=False),
            [str(BASELINE_WAITS())],
            id="F3: an unaccepted baseline",
        ),
        pytest.param(
            Status(at=MONDAY),
            [
                "cluster pve was never observed: nothing is known of it",
                "no reading of the directory was accepted yet: nobody is known",
            ],
            id="several reasons: all of them",
        ),
    ],
)
def test_readiness(status: Status | None, reasons: list[str]):
    recorder = a_recorder()
    if status:
        recorder.status(status)

    assert ready(recorder) == reasons


def test_a_loop_that_hangs_is_not_ready():
    """F3: `/readyz` was ready while `/healthz` was not."""
    recorder = a_recorder()
    recorder.status(a_status())

    assert ready(recorder, after=120) == []
    assert ready(recorder, after=300) == ["no cycle has ended for 300 s, at most 120 s are allowed: what is shown is that old"]


def test_what_does_not_hinder_the_daemon_is_a_remark():
    """D: it works on with what was read before."""
    recorder = a_recorder()
    faults = "/etc/bascule/a.yaml:1:1 x: unknown key"
    recorder.status(replace(a_status(), config=ConfigState(read_at=MONDAY, rejected=Reason(faults), rejected_at=MONDAY + 5)))

    assert ready(recorder) == []
    assert remarks(recorder.state, now=MONDAY, max_cycle_age_s=120.0) == (
        f"the files of the configuration are faulty, and what was read before is in force: {faults}",
    )
