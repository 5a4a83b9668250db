"""K4: while the quorum is away, every view says so, in words: nobody waits for a lock, and no file is denied."""

import re
from contextvars import copy_context

import pytest

from provisioner.errors import NoQuorum
from provisioner.model.ids import PoolName
from provisioner.model.machines.twin_spec import CutQuorum, StorageSpec
from provisioner.model.words import WaitsFor
from provisioner.pve.wire import ApiResponse
from provisioner.reasons.requests import QUORUM_SAID, TOKEN_SAID
from provisioner.reasons.targets import NO_QUORUM, TRIED_EVERY
from provisioner.texts.languages import catalogue_of
from provisioner.texts.translate import translated, use_catalogue
from provisioner.views.why.document import why_document
from tests.builders.views import document_of
from tests.failures.stage import PVE, STORAGE, Stage, failed

CUT_S = 90.0
SHARED = (StorageSpec(storage=STORAGE, shared=True, kind="rbd"),)
SAID = "the cluster has lost its quorum"


def in_mid_clone(**config) -> Stage:
    """Twelve people, and the quorum goes while their desktops are cloned; the daemon has heard it."""
    stage = Stage(people=12, storages=SHARED, pools={"vdi": ""}, config=config)
    stage.wait(1)
    stage.arm(CutQuorum(at_s=0.0, for_s=CUT_S))
    return stage.knows(failed(NoQuorum))


def the_seat(cycle, login: str):
    seat = why_document(cycle, login, lambda *_, **__: ()).seat
    assert seat is not None
    return seat


def is_said(text: str) -> bool:
    """Whether Proxmox VE's own words stand in ours, if they are there at all."""
    return SAID in text or not re.search("no quorum|Permission denied", text)


@pytest.mark.parametrize("config", [{}, {"pools": {PVE: PoolName("vdi")}}], ids=["by number", "in a pool"])
def test_every_view_names_the_quorum_and_nothing_else_as_long_as_it_is_away(config):
    stage = in_mid_clone(**config).wait(60)

    cycles = [cycle for cycle in stage.cycles if PVE in cycle.status.paused]
    assert len(cycles) > 5
    for cycle in cycles:
        assert set(cycle.status.paused.values()) == {NO_QUORUM()}
        assert {deferral.binds for deferral in cycle.status.plan.deferred} == {WaitsFor.PAUSED}
        assert all(SAID in each["because"]["text"] for each in document_of("plan", cycle.status)["deferred"])
        assert [entry.says.code for entry in cycle.listed] == ["cluster_paused"]
    lines = [str(line.reason) for line in stage.store.journal()]
    assert any(SAID in line for line in lines)
    assert all(map(is_said, [*lines, *stage.notices, *stage.shown().text.splitlines()]))


def test_why_says_of_everybody_who_waits_that_it_goes_on_with_the_quorum():
    stage = in_mid_clone()

    seats = [the_seat(stage.cycles[-1], f"login{number:04}") for number in stage.people.numbers]
    waiting = [seat for seat in seats if seat.held_by]
    assert len(waiting) > 3
    for seat in waiting:
        assert {hold.source for hold in seat.held_by} == {"pause"}
        assert all(SAID in hold.because.text for hold in seat.held_by)
        assert seat.next_try_at is None
        assert seat.last_error is None or is_said(seat.last_error.because.text)


def test_it_is_said_in_french_too():
    french = copy_context()
    french.run(use_catalogue, catalogue_of("fr"))

    for words in (NO_QUORUM(), QUORUM_SAID(said="x"), TOKEN_SAID(said="x"), TRIED_EVERY(why="x", every_s=30.0)):
        assert french.run(translated, words) != str(words)


def test_everybody_is_served_once_it_is_back():
    assert in_mid_clone().settle().ready() == 12


def test_a_cluster_that_does_not_say_whether_it_has_its_quorum_is_tried():
    """The pause never ended: no observation could show that the quorum was back."""
    stage = Stage(people=2)
    stage.wire.answer("GET", "/cluster/status$", ApiResponse(status=403, reason="Permission check failed (/, Sys.Audit)"))
    stage.wire.answer("POST", "/clone$", ApiResponse(status=500, reason="cluster not ready - no quorum?"), times=2)

    assert stage.knows(failed(NoQuorum)).settle().ready() == 2
