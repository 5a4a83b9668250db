"""Uptimes in a listing are as old as the last pass of the node's pvestatd: that does not make a new boot."""

import json
from dataclasses import replace

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import StallStatus, TwinSpec
from provisioner.pve.wire import ApiResponse
from tests.builders.cluster import NOW
from tests.builders.spoken import Says, Spoken
from tests.builders.twin import EXACT, a_spec


def quick_boots(*stalls: StallStatus, seed: int = 1) -> TwinSpec:
    """Boots of six seconds: a report may be read before the listing shows the boot."""
    return a_spec(nodes=2, durations=replace(EXACT, boot_s=5.0, first_boot_s=1.0, start_task_s=0.5), faults=stalls, seed=seed)


def falls(site: Spoken) -> list[str]:
    return [str(line) for line in site.lines if "from 'ready' to 'starting'" in str(line)]


@pytest.mark.long
@pytest.mark.parametrize("at_s", [20.0, 26.0, 32.0, 38.0, 44.0, 50.0])
def test_ready_desktops_stay_ready_while_pvestatd_hangs(at_s: float):
    """E9: a stall of one minute at any time of the switch moves no ready desktop back to starting."""
    stalls = (StallStatus(node="pve1", at_s=at_s, for_s=60.0), StallStatus(node="pve2", at_s=at_s + 3, for_s=60.0))
    site = Spoken(quick_boots(*stalls), agents=12).play(400)

    assert site.status.phases == {Phase.READY: 12}
    assert falls(site) == []


@pytest.mark.parametrize("seed", range(4))
def test_ready_desktops_stay_ready_between_two_passes(seed: int):
    """E9: nor do the ten seconds between two passes."""
    site = Spoken(quick_boots(seed=seed), agents=12).play(200)

    assert site.status.phases == {Phase.READY: 12}
    assert falls(site) == []


@pytest.mark.long
def test_a_restart_is_seen_all_the_same():
    """E9: a desktop that was restarted by hand is ready only after a report of its new boot."""
    site = Spoken(quick_boots(), agents=2).play(300)
    assert site.status.phases == {Phase.READY: 2}

    site.twin.cluster.spec = replace(site.twin.cluster.spec, durations=replace(EXACT, boot_s=60.0))
    site.restart_guest("vd-20001")
    site.play(25)

    assert site.phases["vd-20001"] is Phase.STARTING
    assert site.play(120).status.phases == {Phase.READY: 2}


@pytest.mark.long
def test_a_restart_inside_the_guest_is_recognised_by_its_boot_id():
    """E9: QEMU keeps running, so no listing shows it. The next report has another boot id and its own time."""
    site = Spoken(quick_boots(), agents=1).play(100)
    site.restart_inside("vd-20001")
    site.play(1000)

    became_ready = [line for line in site.store.journal() if line.what == "ready"]
    assert len(became_ready) == 2
    assert became_ready[0].at == pytest.approx(NOW + 106, abs=1.0)
    assert site.status.phases == {Phase.READY: 1}


@pytest.mark.long
@pytest.mark.parametrize("claim", [0.0, 253_402_300_799.0])
def test_what_a_desktop_says_of_its_boot_measures_no_boot_beyond_what_was_seen(claim: float):
    """H2, its neighbour: a boot of 56 years by its own word would be what all others are measured by, and a line of 1970."""
    site = Spoken(quick_boots(), agents=1).play(100)
    site.restart_inside("vd-20001")
    restarted_at = site.events.now
    site.says = dated_by(claim)
    site.play(1000)

    (_, again) = [line for line in site.store.journal() if line.what == "ready"][::-1]
    assert restarted_at - 900 <= again.at <= site.events.now
    booted = site.reconciler.flight.meter.limits(site.status.snapshot, site.events.now).booted  # type: ignore[attr-defined]
    assert all(0 < boot.took_s <= 900 for boot in booted.anywhere)


@pytest.mark.long
def test_a_restart_that_a_desktop_tells_of_measures_no_boot():
    """H2, its neighbour: root lets its desktop be silent, and tells of a restart: all boots of its node were judged by that."""
    site = Spoken(quick_boots(), agents=1).play(100)
    before = measured(site)
    site.restart_inside("vd-20001")
    site.play(1000)

    assert len([line for line in site.store.journal() if line.what == "ready"]) == 2
    assert measured(site) == before != ()


def measured(site: Spoken) -> tuple[float, ...]:
    booted = site.reconciler.flight.meter.limits(site.status.snapshot, site.events.now).booted  # type: ignore[attr-defined]
    return tuple(boot.took_s for boot in booted.anywhere)


def dated_by(claim: float) -> Says:
    """It says that its boot began, and that it was ready, at this time."""

    def say(answer: ApiResponse, _now: float) -> ApiResponse:
        if not answer.ok:
            return answer
        content = json.dumps(json.loads(answer.data["content"]) | {"booted_at": claim, "ready_at": claim})
        return ApiResponse(status=200, data={"content": content, "bytes-read": len(content)})

    return say
