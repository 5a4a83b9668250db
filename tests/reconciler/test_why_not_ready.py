"""Why a running desktop is not ready: each cause has its own reason, in every output."""

import json
from collections.abc import Callable

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.twin_spec import DeadGuestAgents
from provisioner.pve.wire import ApiResponse
from tests.builders.spoken import Says, Spoken
from tests.builders.twin import a_spec

pytestmark = pytest.mark.long

UNKNOWN = "bascule_desktops_guest_unknown"
MISSING = "Agent error: failed to open file '/run/bascule/status.json' (mode: 'r'): No such file or directory"


def refused(text: str) -> Says:
    return lambda _answer, _now: ApiResponse(status=500, reason=text)


def said(change: Callable[[dict], object]) -> Says:
    """The guest's status document with these changes."""

    def say(answer: ApiResponse, _now: float) -> ApiResponse:
        if not answer.ok:
            return answer
        document = json.loads(answer.data["content"])
        text = change(document)
        content = json.dumps(document) if text is None else str(text)
        return ApiResponse(status=200, data={"content": content, "bytes-read": len(content)})

    return say


CAUSES = [
    pytest.param(refused("QEMU guest agent is not running"), "no_agent", "QEMU guest agent is not running", id="a dead agent"),
    pytest.param(refused("No QEMU guest agent configured"), "no_agent", "No QEMU guest agent configured", id="no agent"),
    pytest.param(refused(MISSING), "no_file", MISSING, id="no status file"),
    pytest.param(said(lambda document: document.update(version=2)), "version", "version is 2, not 1", id="a foreign version"),
    pytest.param(said(lambda _: "{"), "unreadable", "the document is not JSON", id="no document"),
    pytest.param(said(lambda document: document.__delitem__("sessions")), "unreadable", "lacks sessions", id="half a document"),
    pytest.param(
        said(lambda document: document.update(written_at=document["written_at"] - 600)),
        "outdated",
        "nothing keeps it current",
        id="a dead timer",
    ),
    pytest.param(refused("Permission check failed"), "not_asked", "Permission check failed", id="the cluster refuses"),
]


@pytest.mark.parametrize(("says", "reason", "words"), CAUSES)
def test_each_cause_is_told_within_a_minute(says: Says, reason: str, words: str):
    """E5: state, metric and log name the cause, with Bascule's word and the guest's message."""
    site = Spoken(agents=2, says=says).until(lambda status: status.phases.get(Phase.STARTING, 0) == 2).play(60)
    site.until(lambda _: bool(site.reconciler.records.checked)).play(60)

    assert [state.phase for state in site.states] == [Phase.STARTING] * 2
    assert [words in state.because for state in site.states] == [True] * 2, site.states[0].because
    assert site.metric(UNKNOWN) == {("standard", reason): 2}
    lines = [line for line in site.warnings if words in line]
    assert len(lines) == (0 if reason == "not_asked" else 2), "of the cluster's own failures each desktop says nothing"


def test_a_ready_desktop_that_falls_silent_says_why_and_stops_saying_it():
    """E5: a desktop whose guest agent dies later stays ready; its sessions are unknown, with a reason."""
    site = Spoken(agents=1).all_ready()
    site.says = refused("QEMU guest agent is not running")
    site.until(lambda _: bool(site.metric(UNKNOWN)))

    assert site.phases == {"vd-20001": Phase.READY}
    assert site.metric(UNKNOWN) == {("standard", "no_agent"): 1}
    assert [line for line in site.warnings if "QEMU guest agent is not running" in line] != []

    site.says = None
    site.play(300)
    assert site.metric(UNKNOWN) == {}


def test_the_store_keeps_the_reason_for_other_processes():
    """E5: `bascule desktop list` works without the daemon: the store keeps the reason, also over a restart."""
    site = Spoken(agents=1, says=refused(MISSING)).play(180)

    assert [MISSING in state.because for state in site.glance()] == [True], site.glance()[0].because

    site.says = None
    site.restart().play(120)
    assert site.phases == {"vd-20001": Phase.READY}
    assert [MISSING in state.because for state in site.glance()] == [False]


def test_a_booting_desktop_that_was_asked_too_early_is_no_warning():
    """E5: during every boot the guest agent is not up at first."""
    site = Spoken(agents=4).all_ready()

    assert site.warnings == []


def test_dead_agents_of_a_twin_are_told():
    """E5: with the failure that a twin simulates."""
    site = Spoken(a_spec(faults=[DeadGuestAgents(share=1.0)]), agents=2).play(240)

    assert site.metric(UNKNOWN) == {("standard", "no_agent"): 2}
