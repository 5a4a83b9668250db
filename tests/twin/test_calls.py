"""A desktop is shut down only where nobody is logged on: the orders of the daemon, in virtual time."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from provisioner.actions.checkguest import UPTIME_FILE
from provisioner.errors import GuestUnknown, InUse
from provisioner.model.ids import ClusterId, NodeKey, NodeName, Vmid
from provisioner.model.machines.ownership import NoteKey
from provisioner.model.machines.twin_spec import DeadGuestAgents, LogOns
from provisioner.twin.calls import VirtualCalls
from tests.builders.actions import a_reservation, a_stop
from tests.builders.settings import SECRET
from tests.builders.twin import NODE, Lab, a_spec
from tests.scenarios.surroundings import ScriptedDirectory

LAB = ClusterId("lab")
VM = f"/nodes/{NODE}/qemu/101"
Change = Callable[[dict[str, Any], float], object]


class Misreported:
    """A twin whose desktops' documents are changed on their way."""

    def __init__(self, lab: Lab, change: Change) -> None:
        self._lab, self._change, self.events = lab, change, lab.events

    def request(self, request, reply, *, auth=None):
        def changed(answer):
            if request.endpoint.endswith("/agent/file-read") and request.params["file"] != UPTIME_FILE:
                document = json.loads(answer.data["content"])
                self._change(document, self.events.now)
                answer = replace(answer, data={"content": json.dumps(document)})
            reply(answer)

        self._lab.twin.request(request, changed, auth=auth)


def the_end_of_a_stop(lab: Lab, change: Change | None = None):
    """Order it as the daemon does; its completion."""
    calls = VirtualCalls(
        twins={LAB: lab.twin if change is None else Misreported(lab, change)},  # type: ignore[dict-item]
        events=lab.events,
        directory=ScriptedDirectory(None, lambda: lab.events.now),
        key=NoteKey(installation="lab", secret=SECRET.encode()),
    )
    reservation = a_reservation(cluster=LAB, vmid=Vmid(101), node=NodeName(NODE))
    calls.submit(a_stop(reservation=reservation, node=NodeKey(LAB, NodeName(NODE))))
    completion = calls.next(until=lab.events.now + 30)
    assert completion is not None
    return completion


def a_ready_desktop(**changed) -> Lab:
    lab = Lab(a_spec(**changed)).cloned(101)
    lab.start(101)
    return lab.wait(120)


def test_a_stop_gives_a_task_and_the_desktop_is_off():
    lab = a_ready_desktop()

    completion = the_end_of_a_stop(lab)

    assert completion.error is None
    assert lab.finish(str(completion.answer)) == "OK"
    assert (lab.truth.running, lab.truth.cut) == (0, 0)


def test_a_stop_is_not_sent_where_somebody_has_logged_on_meanwhile():
    lab = a_ready_desktop(log_ons=LogOns(concurrent=1, spread_s=1))
    writes = lab.truth.writes

    completion = the_end_of_a_stop(lab)

    assert isinstance(completion.error, InUse)
    assert (lab.truth.writes, lab.truth.sessions) == (writes, 1), "nothing was sent"


def test_a_stop_is_not_sent_where_the_guest_does_not_answer():
    lab = a_ready_desktop(faults=[DeadGuestAgents(share=1.0)])

    completion = the_end_of_a_stop(lab)

    assert isinstance(completion.error, GuestUnknown)
    assert lab.wait(60).truth.running == 1


def test_people_cut_by_a_shutdown_are_counted_and_no_new_person_is_let_in():
    lab = a_ready_desktop(log_ons=LogOns(concurrent=1, spread_s=1))

    assert lab.do("POST", f"{VM}/status/shutdown") == "OK"

    assert (lab.truth.cut, lab.truth.sessions) == (1, 0)
    assert any(line.endswith("shut down with 1 session(s) open") for line in lab.twin.log)


def test_a_desktop_that_shuts_down_lets_no_person_in():
    lab = Lab(a_spec(log_ons=LogOns(concurrent=1, spread_s=300))).cloned(101)
    lab.start(101)
    while lab.truth.ready == 0:
        lab.wait(1)
    assert lab.truth.sessions == 0, "somebody is called, and not there yet"

    lab.do("POST", f"{VM}/status/shutdown")

    assert (lab.truth.cut, lab.wait(300).truth.sessions) == (0, 0)


def _made(*, ago_s: float, ahead_s: float = 0.0) -> Change:
    """As it was made some time ago, by a clock that is ahead."""

    def change(document: dict[str, Any], at: float) -> None:
        document["sequence"] -= int(1e6 * (document["written_at"] - (at - ago_s)))
        document["written_at"] = at - ago_s + ahead_s

    return change


def _not_numbered(change: Change) -> Change:
    """Of an image before bascule-guest, whose document can be dated by its clock alone."""
    return lambda document, at: (change(document, at), document.pop("sequence"))


NO_PROOF = [
    pytest.param(lambda document, _: document.pop("written_at"), "does not say when it was written", id="not dated"),
    pytest.param(_made(ago_s=12), "12 s old", id="older than the writing period"),
    pytest.param(_made(ago_s=29), "29 s old", id="much older"),
    pytest.param(_made(ago_s=60, ahead_s=60), "60 s old", id="its clock is ahead, and makes it look current"),
    pytest.param(_made(ago_s=60, ahead_s=-60), "60 s old", id="its clock is behind"),
    pytest.param(_not_numbered(_made(ago_s=12)), "12 s old", id="by its clock: older than the writing period"),
    pytest.param(_not_numbered(_made(ago_s=0, ahead_s=12)), "12 s old", id="by its clock: from the future"),
]


@pytest.mark.parametrize(("change", "says"), NO_PROOF)
def test_a_document_that_proves_nothing_stops_no_desktop(change, says: str):
    """A6: "no sessions" in an old or undated document does not prove that the desktop is free."""
    lab = a_ready_desktop()
    writes = lab.truth.writes

    completion = the_end_of_a_stop(lab, change)

    assert isinstance(completion.error, GuestUnknown), completion
    assert says in str(completion.error)
    assert (lab.truth.writes, lab.truth.running) == (writes, 1), "nothing was sent"


@pytest.mark.parametrize("ahead_s", [-170.0, -12.0, 12.0, 170.0])
def test_a_current_document_proves_that_nobody_is_there_whatever_its_clock_says(ahead_s: float):
    completion = the_end_of_a_stop(a_ready_desktop(), _made(ago_s=2, ahead_s=ahead_s))

    assert completion.error is None
