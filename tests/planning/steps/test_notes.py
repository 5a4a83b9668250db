"""Notes with an earlier id of their agent are rewritten."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Note
from provisioner.model.ids import AgentId
from provisioner.model.machines.desktops import Attempts, Phase
from tests.builders.actions import a_check
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.planning.plans import a_small_budget, orders, plan


def rekeyed(phase=Phase.READY, *, number=1, **changed):
    desktop = a_desktop(number, phase, noted_as=(AgentId("earlier"),))
    return desktop.but(guest=replace(desktop.guest, **changed)) if desktop.guest else desktop


TRIED = Attempts(reason="note vd-5001: VM is locked (backup)", error="guest_busy", retry_at=NOW - 1)


@pytest.mark.parametrize(
    ("desktop", "wanted", "ordered"),
    [
        pytest.param(rekeyed(), 1, ["note vd-5001"], id="in use"),
        pytest.param(rekeyed(), 0, ["note vd-5001"], id="wanted by nobody now"),
        pytest.param(rekeyed(Phase.STOPPED), 1, ["start vd-5001"], id="what its agent waits for goes first"),
        pytest.param(rekeyed(Phase.STOPPED), 0, ["note vd-5001"], id="off"),
        pytest.param(rekeyed(lock="backup"), 1, [], id="a backup goes first"),
        pytest.param(rekeyed().but(in_flight=a_check()), 1, [], id="one order at a time"),
        pytest.param(rekeyed().but(attempts=replace(TRIED, retry_at=NOW + 60)), 1, [], id="not again at once"),
        pytest.param(rekeyed().but(attempts=replace(TRIED, gave_up=True)), 0, [], id="what was given up is left alone"),
        pytest.param(rekeyed(Phase.UNPROVEN), 0, [], id="what nothing proves ours"),
        pytest.param(rekeyed(Phase.RESERVED), 0, [], id="what is not there yet"),
        pytest.param(a_desktop(1), 1, [], id="its note names its agent"),
    ],
)
def test_a_note_is_written_only_where_it_disturbs_no_user(desktop, wanted, ordered):
    """C2."""
    assert [command for command in orders(plan([desktop], wanted=wanted)) if not command.startswith("verify")] == ordered


def test_it_says_why():
    """C2."""
    (note,) = plan([rekeyed()]).actions

    assert isinstance(note, Note)
    assert note.because == "its note names an earlier ID of its agent"


def test_a_node_is_asked_for_as_many_as_its_budget_allows():
    """C2: a whole directory was imported again."""
    desktops = [rekeyed(number=number) for number in (1, 3, 5, 7)]

    assert orders(plan(desktops, wanted=7, config=a_small_budget(configures_per_node=2)))[-2:] == [
        "note vd-5001",
        "note vd-5003",
    ]
