"""The observed clone curve: 0.5 s added to every image operation on a real Proxmox VE 9.2, 30 linked clones with a cloud-init
drive each, k in flight, task status polled four times a second; and N clones ordered at once.

Throughput is of the clones that succeeded. The real runs are one sample each, so failures are compared with the mean of eight.
Where none fails, two are as good: the hardest of these, twelve in flight, keeps eight.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from provisioner.model.machines.twin_spec import Durations
from provisioner.pve.wire import ApiResponse
from tests.builders.twin import NODE, TEMPLATE, Lab, a_spec

CLONES = 30
POLL_S = 0.25
SEEDS = range(1, 9)
FEW_SEEDS = range(1, 3)
STEADY = Durations(sigma=0.05)
"""The added 0.5 s did not vary; what it was added to did."""


@dataclass(frozen=True, kw_only=True)
class Run:
    clones_per_s: float
    failed: int


class ClosedLoop:
    """A client that keeps k clones in flight."""

    def __init__(self, lab: Lab, *, clones: int) -> None:
        self._lab = lab
        self._left = clones
        self._vmid = 100
        self.ok = 0
        self.failed = 0
        self.ended_at = 0.0

    def run(self, in_flight: int) -> Run:
        for _ in range(in_flight):
            self._next()
        self._lab.wait(3600)
        return Run(clones_per_s=self.ok / (self.ended_at - self._lab.begin), failed=self.failed)

    def _next(self) -> None:
        if self._left:
            self._left -= 1
            self._vmid += 1
            path = f"/nodes/{NODE}/qemu/{TEMPLATE}/clone"
            self._ask("POST", path, lambda answer: self._poll(str(answer.data)), newid=self._vmid)

    def _poll(self, upid: str) -> None:
        self._ask("GET", f"/nodes/{NODE}/tasks/{upid}/status", lambda answer: self._told(upid, answer))

    def _told(self, upid: str, answer: ApiResponse) -> None:
        assert isinstance(answer.data, dict)
        if answer.data["status"] == "running":
            self._lab.events.after(POLL_S, lambda: self._poll(upid))
            return
        self.ok += answer.data["exitstatus"] == "OK"
        self.failed += answer.data["exitstatus"] != "OK"
        self.ended_at = self._lab.events.now
        self._next()

    def _ask(self, method: str, path: str, then: Callable[[ApiResponse], None], **params: str | int) -> None:
        self._lab.request(method, path, then, **params)


def a_lab(seed: int, *, shared: bool) -> Lab:
    spec = a_spec(shared=shared, image_s=0.53, durations=STEADY)
    return Lab(replace(spec, seed=seed))


@pytest.mark.long
@pytest.mark.parametrize(
    ("shared", "in_flight", "seeds", "clones_per_s", "failed", "off_by"),
    [
        pytest.param(False, 1, FEW_SEEDS, 0.76, 0, 0, id="node-local lock, 1 in flight"),
        pytest.param(False, 2, FEW_SEEDS, 0.93, 0, 0, id="node-local lock, 2 in flight keep it busy"),
        pytest.param(False, 3, FEW_SEEDS, 0.93, 0, 0, id="node-local lock, 3 in flight"),
        pytest.param(False, 4, FEW_SEEDS, 0.92, 0, 0, id="node-local lock, 4 in flight"),
        pytest.param(False, 6, FEW_SEEDS, 0.92, 0, 0, id="node-local lock, 6 in flight"),
        pytest.param(False, 8, FEW_SEEDS, 0.91, 0, 0, id="node-local lock, 8 in flight"),
        pytest.param(False, 12, SEEDS, 0.91, 0, 0, id="node-local lock, 12 in flight: no faster, none fails"),
        pytest.param(True, 1, FEW_SEEDS, 0.75, 0, 0, id="shared lock, 1 in flight"),
        pytest.param(True, 2, FEW_SEEDS, 0.76, 0, 0, id="shared lock, a second in flight gains almost nothing"),
        pytest.param(True, 3, SEEDS, 0.78, 0, 0.5, id="shared lock, 3 in flight"),
        pytest.param(True, 4, SEEDS, 0.79, 0, 0.5, id="shared lock, 4 in flight"),
        pytest.param(True, 6, SEEDS, 0.82, 1, 1, id="shared lock, a sixth in flight starts to fail"),
        pytest.param(True, 8, SEEDS, 0.81, 2, 1, id="shared lock, 8 in flight"),
        pytest.param(True, 12, SEEDS, 0.83, 5, 2, id="shared lock, 12 in flight: one in six fails"),
    ],
)
def test_observed_curve(shared: bool, in_flight: int, seeds: range, clones_per_s: float, failed: float, off_by: float) -> None:
    runs = [ClosedLoop(a_lab(seed, shared=shared), clones=CLONES).run(in_flight) for seed in seeds]

    assert sum(run.clones_per_s for run in runs) / len(runs) == pytest.approx(clones_per_s, rel=0.10)
    assert sum(run.failed for run in runs) / len(runs) == pytest.approx(failed, abs=off_by + 1e-9)


@pytest.mark.parametrize(
    ("shared", "clones", "succeeded", "failure"),
    [
        pytest.param(False, 20, 19, "can't lock file '/var/lock/pve-manager/pve-storage-thin' - got timeout", id="20 local"),
        pytest.param(False, 50, 18, "can't lock file '/var/lock/pve-manager/pve-storage-thin' - got timeout", id="50 local"),
        pytest.param(True, 20, 12, "cfs-lock 'storage-thin' error: got lock request timeout", id="20 shared"),
        pytest.param(True, 50, 15, "cfs-lock 'storage-thin' error: got lock request timeout", id="50 shared"),
    ],
)
def test_observed_bursts(shared: bool, clones: int, succeeded: int, failure: str) -> None:
    lab = a_lab(1, shared=shared)

    answers = [lab.send("POST", f"/nodes/{NODE}/qemu/{TEMPLATE}/clone", newid=1000 + n) for n in range(clones)]
    lab.wait(60)
    results = [lab.finish(str(answer[0].data)) for answer in answers]

    assert results.count("OK") == pytest.approx(succeeded, abs=2)
    assert set(results) - {"OK"} == {f"clone failed: {failure}"}
    assert lab.truth.desktops == results.count("OK"), "a failed clone leaves nothing behind"
    assert lab.truth.orphans == ()
