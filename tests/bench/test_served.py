"""The benchmark over HTTPS runs on two desktops: real processes, and every figure of the page."""

import pytest

from tests.bench import daemon, peers, sections
from tests.bench.served import served

pytestmark = pytest.mark.real
SCALE = 40.0


def test_the_daemon_is_accounted_for():
    found = daemon.run(agents=2, scale=SCALE)
    switch = found["switch"]

    assert (switch["ready"], switch["failed"], switch["writes_per_desktop"]) == (2, 0, 3.0)
    assert [ready for ready, _ in switch["ready_after"]][-1] == 2
    assert switch["peak_mib"] > 20
    assert switch["cpu_ms_per_desktop"] > 0
    assert switch["times_bare"] > 1
    assert switch["page_bytes"] > 10_000
    assert sections.SECTIONS["daemon"][1](found)


def test_a_peer_is_accounted_for(tmp_path):
    with served(tmp_path, "shared-1", agents=2, scale=SCALE) as bench:
        found = peers.script(bench)

    assert (found["ready"], found["failed"], found["cut_short"]) == (2, 0, False)
    assert found["calls_per_desktop_by_endpoint"]["GET /nodes/{node}/tasks/{upid}/status"] >= 1
    assert found["worker_s_per_desktop_by_endpoint"]["POST /nodes/{node}/qemu/{vmid}/clone"] == pytest.approx(0.05)
    assert found["makespan_s"] >= found["bound_s"]
