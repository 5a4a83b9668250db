"""How long each level of readiness takes, by the metric; and when a boot is called slow."""

import json

import pytest

from monitors.gauges.desktops import LEVELS
from provisioner.model.ids import ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import DeadGuestAgents
from provisioner.model.words import BootLevel
from provisioner.pacing.boot_limits import Boot, SlowBoots
from provisioner.pve.wire import ApiResponse
from tests.builders.spoken import Says, Spoken
from tests.builders.twin import a_spec


def counted(site: Spoken) -> dict[str, float]:
    """How many boots have come to each level."""
    rows = site.recorder.tally.rows(LEVELS)
    return {level: rows["standard", level] for level in BootLevel}


def in_first_boot_since(began: float = 0.0) -> Says:
    """What has booted since then has not done its first boot."""

    def say(answer: ApiResponse, _now: float) -> ApiResponse:
        document = json.loads(answer.data["content"]) if answer.ok else {}
        if document.get("booted_at", 0.0) < began or not document:
            return answer
        content = json.dumps(document | {"first_boot": "running", "ready_at": None})
        return ApiResponse(status=200, data={"content": content, "bytes-read": len(content)})

    return say


@pytest.mark.long
def test_each_level_is_timed_when_it_is_reached_and_once_a_boot():
    site = Spoken(agents=2, says=in_first_boot_since()).until(lambda status: False, at_most=600)
    assert counted(site) == {"agent": 2, "report": 2, "port": 2, "first_boot": 0}

    site.restart_inside("vd-20001")
    site.says = None
    site.all_ready().play(60)

    assert counted(site) == {"agent": 2, "report": 2, "port": 2, "first_boot": 2}, "a restart inside first boot is no new life"


@pytest.mark.long
def test_without_a_guest_agent_no_level_is_reached():
    spec = a_spec(faults=[DeadGuestAgents(share=1.0)])

    site = Spoken(spec, agents=1).until(lambda status: False, at_most=600)

    assert set(counted(site).values()) == {0}


@pytest.mark.long
def test_a_boot_is_slow_after_twice_the_slowest_of_its_image_long_before_it_is_late():
    site = Spoken(a_spec(faults=[DeadGuestAgents(share=0.1)]), agents=30)
    site.until(lambda status: status.phases.get(Phase.READY, 0) >= 16).play(240)
    (profile,) = site.config.profiles.values()
    after_s = site.reconciler.flight.meter.limits(site.status.snapshot, site.clock.now()).slow_after_s(profile)
    waiting = [state for state in site.states if state.phase is Phase.STARTING]

    assert 0 < after_s < profile.ready_timeout_s
    assert 0 < len(waiting) < 15
    assert site.metric("bascule_desktops_slow") == {("standard",): len(waiting)}
    assert site.metric("bascule_desktops_late") == {}
    assert any(
        "twice as long as any of the latest boots of this image took" in reason for reason, _, _ in site.status.plan.reasons
    )


def test_slow_is_twice_the_slowest_of_one_image_and_unknown_before_sixteen_boots():
    slow = SlowBoots()
    for number in range(15):
        slow.record(a_boot(40.0 + number))
    assert slow.after_s is None

    slow.record(a_boot(41.0))
    assert slow.after_s == 2 * 54.0

    slow.record(a_boot(300.0, image="golden-2"))
    assert slow.after_s is None, "another image begins anew"


def a_boot(took_s: float, *, image: str = "golden-1") -> Boot:
    return Boot(profile=ProfileName("standard"), image=image, began_at=0.0, ended_at=took_s)
