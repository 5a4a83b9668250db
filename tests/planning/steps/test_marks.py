"""Bascule's tags, restored after somebody removed them."""

from dataclasses import replace

import pytest

from provisioner.model.actions import Tag
from provisioner.model.machines.desktops import Attempts, Phase
from provisioner.model.vm_marks import marks_of
from provisioner.pve.desktop_settings import settings_tag
from tests.builders.actions import a_check, a_reservation
from tests.builders.cluster import INSTALLATION, NOW, a_profile
from tests.builders.core import a_desktop
from tests.planning.plans import a_small_budget, orders, plan

LEFT = "left-20261124t0900z"


CFG = settings_tag(a_reservation(), a_profile())


def untagged(phase=Phase.READY, *, number=1, tags=("theirs", CFG), **changed):
    desktop = a_desktop(number, phase)
    return desktop.but(guest=replace(desktop.guest, tags=frozenset(tags), **changed))


TRIED = Attempts(count=0, reason="tag vd-5001: VM is locked (backup)", error="guest_busy", retry_at=NOW - 1)


@pytest.mark.parametrize(
    ("desktop", "ordered"),
    [
        pytest.param(untagged(), ["tag vd-5001"], id="in use: tags alone"),
        pytest.param(untagged(Phase.STARTING), ["tag vd-5001"], id="starting: tags alone"),
        pytest.param(untagged(Phase.STOPPED), ["tag vd-5001"], id="off: tags first, and it is started then"),
        pytest.param(
            untagged(Phase.STOPPED).but(attempts=TRIED), ["start vd-5001"], id="its tags cannot be put back: it works"
        ),
        pytest.param(untagged(Phase.STOPPED, tags=()), ["reconfigure vd-5001"], id="off, and all tags are gone"),
        pytest.param(untagged(Phase.STOPPED).but(assigned=False), ["configure vd-5001"], id="it has served nobody"),
        pytest.param(untagged(lock="backup"), [], id="a backup goes first"),
        pytest.param(untagged().but(in_flight=a_check()), [], id="one order at a time"),
        pytest.param(untagged().but(attempts=replace(TRIED, retry_at=NOW + 60)), [], id="not again at once"),
    ],
)
def test_a_desktop_in_use_is_tagged_and_never_configured(desktop, ordered):
    """A8: Configure would rewrite network, memory, name and all tags during a session."""
    assert orders(plan([desktop])) == ordered


def test_what_is_written_is_ours_and_a_departures_tags_stay():
    """A8"""
    (tag,) = plan([untagged(tags=("theirs", LEFT))]).actions

    assert isinstance(tag, Tag)
    assert (tag.tags, tag.marks) == ({LEFT}, marks_of("office", INSTALLATION))
    assert tag.because == "the tag that marks it as configured was removed"


def test_a_node_is_asked_for_as_many_as_its_budget_allows():
    """A8: somebody cleared the tags of all VMs."""
    desktops = [untagged(number=number) for number in (1, 3, 5, 7)]

    assert orders(plan(desktops, wanted=7, config=a_small_budget(configures_per_node=2)))[-2:] == ["tag vd-5001", "tag vd-5003"]


def test_tags_of_an_unwanted_desktop_wait():
    """A8: for a desktop that is not wanted now, and whose agent has not left."""
    assert orders(plan([untagged()], wanted=0)) == []
