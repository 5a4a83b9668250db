"""The capacity in the status: computed again only when the resources have changed, and after a loss once a minute."""

from dataclasses import replace

import pytest

from provisioner.model.capacity import NodeLoss, Votes, VotesLeft
from provisioner.model.ids import ClusterId, DesktopName, NodeKey, NodeName
from provisioner.model.machines.cluster import Snapshot
from provisioner.model.machines.desktops import Phase
from provisioner.planning.report.capacities import Capacities, desktops_by_node
from provisioner.planning.survey.survey import free_resources
from provisioner.planning.survey.surveyor import survey
from tests.builders.actions import an_agent_id
from tests.builders.cluster import OFFICE, PVE, a_node, a_profile, a_storage, a_template, a_view
from tests.builders.core import a_config, a_desktop, a_situation

N1, N2 = NodeKey(PVE, NodeName("n1")), NodeKey(PVE, NodeName("n2"))
FEW, MANY = [a_desktop(1)], [a_desktop(number) for number in range(1, 9)]


def look(capacities, desktops=(), *, after_s=0.0, at_rest=False, **changed):
    situation = a_situation(desktops, **{"view": a_view(votes=Votes(device=1))} | changed)
    situation = replace(situation, now=situation.now + after_s)
    found = survey(situation)
    capacities.look(situation, found, free_resources(situation, found), at_rest=at_rest)
    return capacities.now[OFFICE].free, capacities.outlook[OFFICE].losses[0]


def test_the_outlook_is_computed_once_a_minute_while_resources_change():
    capacities = Capacities()

    assert look(capacities, FEW) == (203, NodeLoss(node=N1, at_least=101, at_most=101))
    assert look(capacities, MANY, after_s=59.0) == (196, NodeLoss(node=N1, at_least=101, at_most=101))
    assert look(capacities, MANY, after_s=60.0) == (196, NodeLoss(node=N1, at_least=94, at_most=94))


def test_k5_it_is_as_new_as_the_rest_once_nothing_is_on_its_way():
    """K5: a forecast ended with the outlook of a minute before, beside the room of its end."""
    capacities = Capacities()
    look(capacities, FEW)

    assert look(capacities, MANY, after_s=59.0, at_rest=True) == (196, NodeLoss(node=N1, at_least=94, at_most=94))


def test_k5_the_desktops_of_a_node_that_is_away_already_need_a_place_too():
    nodes = (a_node("n1", memory_gib=50), a_node("n2", online=False), a_node("n3", memory_gib=50))
    desktops = [a_desktop(number, node=NodeName(f"n{number % 3 + 1}")) for number in range(1, 13)]

    _, loss = look(Capacities(), desktops, view=a_view(nodes=nodes, votes=Votes(device=2)), config=a_config(a_profile(nodes=3)))

    assert loss == NodeLoss(node=N1, at_least=6 - 4 - 4, at_most=6 - 4 - 4)


@pytest.mark.parametrize(
    ("online", "votes", "loss"),
    [
        pytest.param(4, Votes(), (294, None), id="one of four: the others take them"),
        pytest.param(3, Votes(), (-6, VotesLeft(2, 4)), id="two of four: none is made again, whatever room there is"),
        pytest.param(2, Votes(), (-9, VotesLeft(1, 4)), id="none has been since the second went"),
        pytest.param(3, Votes(device=1), (192, None), id="a QDevice has the vote that decides"),
    ],
)
def test_k5_without_a_quorum_nothing_is_made_again(online, votes, loss):
    """K5: three desktops on each of four nodes; the last ones are away."""
    nodes = [a_node(f"n{number}", online=number <= online) for number in range(1, 5)]
    desktops = [a_desktop(number, node=NodeName(f"n{number % 4 + 1}")) for number in range(1, 13)]

    _, found = look(Capacities(), desktops, view=a_view(nodes=nodes, votes=votes), config=a_config(a_profile(nodes=4)))

    assert (found.at_least, found.votes) == loss


def test_k5_a_quorum_is_counted_anew_when_a_node_goes():
    capacities, nodes = Capacities(), [a_node("n1"), a_node("n2"), a_node("n3")]
    look(capacities, FEW, view=a_view(nodes=nodes, votes=Votes()))

    _, loss = look(capacities, FEW, view=a_view(nodes=(*nodes[:2], a_node("n3", online=False)), votes=Votes()), at_rest=True)

    assert loss.votes == VotesLeft(1, 3)


def test_k5_a_quorum_that_nobody_knows_about_makes_the_bounds_wide():
    _, loss = look(Capacities(), FEW, view=a_view(votes=Votes(guessed=True)))

    assert (loss.at_least, loss.at_most, loss.votes) == (-1, 101, VotesLeft(1, 2, guessed=True))
    assert loss.because.code == "quorum_unsaid"


def test_k5_votes_once_said_hold_while_they_are_not_said_again():
    said = Snapshot().with_view(a_view(votes=Votes(device=1)))

    assert said.with_view(a_view(votes=Votes(guessed=True))).clusters[PVE].votes == Votes(device=1)


def test_k5_another_cluster_makes_none_of_them_again_either():
    other = ClusterId("other")
    templates = a_template("n1"), a_template("n2"), a_template("n1", cluster=other)
    views = {"view": a_view(votes=Votes()), "others": (a_view(nodes=3, cluster=other),)}

    _, loss = look(Capacities(), FEW, **views, config=a_config(a_profile(templates=templates)))

    assert (loss.node, loss.at_least, loss.votes) == (N1, -1, VotesLeft(1, 2))


def test_nothing_is_computed_again_while_nothing_has_changed():
    capacities = Capacities()
    look(capacities, FEW)
    now, outlook = capacities.now, capacities.outlook

    look(capacities, FEW, after_s=3600.0)

    assert (capacities.now is now, capacities.outlook is outlook) == (True, True)


@pytest.mark.parametrize(
    ("desktops", "changed", "counts"),
    [
        pytest.param([a_desktop(1), a_desktop(3), a_desktop(2)], {}, (2, 1), id="by node"),
        pytest.param([a_desktop(1, Phase.RESERVED)], {}, (1, 0), id="on its way"),
        pytest.param(
            [a_desktop(1), a_desktop(3, agent_id=an_agent_id(1))],
            {"superseded": {DesktopName("vd-5001"): DesktopName("vd-5003")}},
            (1, 0),
            id="a superseded one is not made again",
        ),
    ],
)
def test_desktops_that_would_be_made_again(desktops, changed, counts):
    situation = a_situation(desktops, **changed)
    found = desktops_by_node(situation, survey(situation))

    assert tuple(found.get(node, {}).get(OFFICE, 0) for node in (N1, N2)) == counts


def test_the_loss_of_the_only_template_ends_all_cloning():
    ceph = tuple(a_storage(node, "ceph", shared=True) for node in ("n1", "n2", "n3"))
    view = a_view(nodes=tuple(map(a_node, ("n1", "n2", "n3"))), storages=ceph)
    first, second = a_template("n1", "ceph"), a_template("n2", "ceph")
    capacities = Capacities()

    assert look(capacities, view=view, config=a_config(a_profile(templates=(first,)))) == (
        230,
        NodeLoss(node=N1, at_least=0, at_most=0),
    )
    assert look(Capacities(), view=view, config=a_config(a_profile(templates=(first, second))))[1].at_least == 204
