"""Which desktops the daemon probes by itself, when, and for how long a result counts."""

from dataclasses import replace

import pytest

from provisioner.capabilities.probes.decide.targets import probe_targets
from provisioner.capabilities.probes.reasons import PORT_SILENT
from provisioner.capabilities.probes.work import ProbeRules, ProbeWatch
from provisioner.model.ids import DesktopName, DesktopPoolName
from provisioner.model.machines.desktops import Phase, Session, SessionState
from provisioner.model.machines.seats import pool_seat
from provisioner.model.pools import DesktopPool
from provisioner.model.probes import ProbeResult, ProbeStep, StepEnd, StepResult
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.model.status import PoolState, Status
from tests.builders.cluster import NOW, OFFICE, a_profile
from tests.builders.core import a_desktop
from tests.builders.views import a_publication

PROFILES = {OFFICE: a_profile()}
POOL = DesktopPoolName("desk")
IN = (Session(login="login0001", state=SessionState.DISCONNECTED, since=NOW - 60),)


def a_status(*numbers: int, surge: SurgeState | None = SurgeState.RUNNING) -> Status:
    """Ready desktops with nobody in."""
    status = a_publication(*map(a_desktop, numbers), wanted=len(numbers), agents=len(numbers)).status
    run = None if surge is None else SurgeRun(number=1, scenario="surge", state=surge, by="ops", since=NOW, started_at=NOW)
    return replace(status, surge=run)


def with_state(status: Status, number: int, **changed) -> Status:
    name = DesktopName(f"vd-500{number}")
    return replace(status, desktops={**status.desktops, name: replace(status.desktops[name], **changed)})


class Watched:
    """A watch on desktops of which some fail; it tells which were probed."""

    def __init__(self, *failing: str) -> None:
        self.failing, self.probed, self.notices, self.at = set(failing), [], [], NOW
        rules = ProbeRules(per_minute=10, window_s=600.0)
        self.watch = ProbeWatch(
            self, rules, profiles=lambda: PROFILES, clock=self, notice=lambda _, text: self.notices.append(text)
        )

    def now(self):
        return self.at

    def probe(self, target, *, keep_out=""):
        self.probed.append(target.desktop)
        failed = target.desktop in self.failing
        why = PORT_SILENT(host=target.host, port=target.port, after_s=10) if failed else ""
        step = StepResult(step=ProbeStep.CONNECT, end=StepEnd.FAILED if failed else StepEnd.DONE, why=why)
        return ProbeResult(target=target, at=self.at, steps=(step,))

    def play(self, status, times=1, every_s=6.0):
        for _ in range(times):
            self.at += every_s
            state = self.watch.once(status)
        return state


@pytest.mark.parametrize("surge", [None, SurgeState.PENDING, SurgeState.PAUSED, SurgeState.RETURNING, SurgeState.ENDED])
def test_outside_a_surge_nothing_is_probed(surge):
    watched = Watched()

    assert watched.play(a_status(1, 2, surge=surge)).probed == 0
    assert watched.probed == []


def test_each_desktop_is_probed_before_any_is_probed_again_and_then_the_oldest():
    watched = Watched()
    status = a_status(1, 2, 3)

    watched.play(status, times=5)

    assert sorted(watched.probed[:3]) == ["vd-5001", "vd-5002", "vd-5003"]
    assert watched.probed[3:] == watched.probed[:2]


def test_a_result_counts_for_the_window_and_is_forgotten_with_its_desktop():
    watched = Watched("vd-5001")
    status = a_status(1, 2)
    assert watched.play(status, times=2).failed == 1

    assert watched.play(a_status(2, surge=None)).failed == 0
    assert watched.play(replace(status, surge=None), every_s=601.0).probed == 0
    assert watched.watch.now().at is None


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"sessions": IN}, id="somebody has left a session"),
        pytest.param({"sessions": None}, id="whether somebody is in is unknown"),
        pytest.param({"phase": Phase.STARTING}, id="not ready"),
        pytest.param({"quarantined": True}, id="in quarantine"),
        pytest.param({"superseded_by": DesktopName("vd-9")}, id="its agent has another"),
    ],
)
def test_a_desktop_that_may_be_in_use_is_left_alone(changed):
    status = a_status(1, 2)

    assert sorted(probe_targets(status, PROFILES)) == ["vd-5001", "vd-5002"]
    assert list(probe_targets(with_state(status, 1, **changed), PROFILES)) == ["vd-5002"]


@pytest.mark.parametrize(("free", "probed"), [(1, []), (2, ["vd-5001"])])
def test_the_last_free_desktop_of_a_pool_is_left_alone(free, probed):
    status = a_status(1)
    (state,) = status.desktops.values()
    seated = replace(state.reservation, seat=pool_seat(POOL, 1))
    pool = PoolState(
        pool=DesktopPool(name=POOL, profile=OFFICE, size=2),
        ready=free, off=0, coming=0, lent=0, waiting=0, kept=0, to_reset=0, failed=0, surplus=0,
    )  # fmt: skip
    status = replace(with_state(status, 1, reservation=seated, agent_login=""), pools=(pool,))

    assert list(probe_targets(status, PROFILES)) == probed


def test_the_way_is_the_persons():
    (target,) = probe_targets(a_status(1), PROFILES, zone="vd.example").values()
    (bare,) = probe_targets(a_status(1), PROFILES).values()

    assert (target.host, target.port) == ("vd-5001.vd.example", 3389)
    assert bare.host == (bare.address or "vd-5001")
