"""Capacity in words."""

import pytest

from provisioner.cli.capacity_rows import capacity_rows, gain_in_words, loss_in_words
from provisioner.model.capacity import Capacity, Gain, NodeLoss, Outlook, VotesLeft
from provisioner.model.ids import ClusterId, NodeKey, NodeName, ProfileName
from provisioner.model.status import Status
from provisioner.model.words import WaitsFor

NODE = NodeKey(ClusterId("pve"), NodeName("pve03"))
STANDARD, LIGHT = ProfileName("standard"), ProfileName("light")


def test_k5_a_lost_quorum_is_said_with_its_reason():
    loss = NodeLoss(node=NODE, at_least=-12, at_most=-12, votes=VotesLeft(1, 2))

    assert (
        loss_in_words(str(NODE), loss.at_least, loss.at_most, loss.because)
        == "12 too many (pve/pve03): 1 of 2 votes are not a quorum: nothing is made again"
    )


@pytest.mark.parametrize(
    ("at_least", "at_most", "words"),
    [
        pytest.param(349, 349, "349 (pve/pve03)", id="exact"),
        pytest.param(315, 321, "315…321 (pve/pve03)", id="bounds"),
        pytest.param(-12, -12, "12 too many (pve/pve03)", id="its desktops find no place"),
        pytest.param(-12, -9, "9…12 too many (pve/pve03)", id="bounds of those"),
        pytest.param(-2, 3, "-2…3 (pve/pve03)", id="it may suffice"),
    ],
)
def test_a_lost_node(at_least, at_most, words):
    assert loss_in_words(str(NODE), at_least, at_most) == words


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        pytest.param(Gain("memory", 375, "pve/n19", 23), "memory: +375 (pve/n19: +23)", id="spread over nodes"),
        pytest.param(Gain("storage", 24, "pve/ceph", 24), "storage: +24", id="all in one place"),
        pytest.param(Gain("cores", 7, "", 0), "cores: +7", id="no place alone"),
    ],
)
def test_what_would_add_most(gain, words):
    assert gain_in_words(*gain) == words


def test_a_row_for_each_profile():
    status = Status(
        at=0.0,
        capacity={STANDARD: Capacity(free=5, binds=WaitsFor.MEMORY), LIGHT: Capacity(free=0, binds=WaitsFor.TEMPLATES)},
        outlook={STANDARD: Outlook(losses=(NodeLoss(node=NODE, at_least=1, at_most=1),), gains=(Gain("memory", 3, "", 0),))},
    )

    assert list(capacity_rows(status.capacity, status.outlook)) == [
        ("light", 0, "templates", "", ""),
        ("standard", 5, "memory", "memory: +3", "1 (pve/pve03)"),
    ]
