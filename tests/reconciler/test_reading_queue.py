"""F1: all desktops are read within a minute, at any number of them on a node."""

import pytest

from provisioner.errors import GuestUnknown
from provisioner.model.actions import CheckGuest
from provisioner.model.machines.desktops import Phase
from provisioner.model.words import GuestWord
from tests.builders.reconciler import Site

PER_NODE = 10


def two_full_nodes() -> Site:
    """Every agent has a ready desktop, and all were read at the same moment."""
    site = Site(agents=2 * PER_NODE)
    site.settle(cycles=80)
    site.clock.at += 61
    read_by_turns(site, site.look())
    assert set(site.phases.values()) == {Phase.READY}
    return site


def under_way(site: Site) -> list[CheckGuest]:
    return [action for action in site.reconciler.flight.executor.in_flight.values() if isinstance(action, CheckGuest)]


def read_by_turns(site: Site, first: list) -> tuple[list[str], int]:
    """Who is read without another cycle, in order, and the most questions to a node at once."""
    waiting, order, most = list(first), [], 0
    while waiting:
        by_node = [action.node for action in under_way(site)]
        most = max(most, *(by_node.count(node) for node in by_node))
        reading = waiting.pop(0)
        order.append(reading.desktop)
        site.carry_out([reading])
        waiting += [each for each in site.reconciler.commands() if isinstance(each, CheckGuest)]
    return order, most


def test_each_answer_makes_room_for_the_next_question():
    site = two_full_nodes()
    site.clock.at += 61
    order, most = read_by_turns(site, site.look())

    assert sorted(order) == sorted(site.status.desktops)
    assert most == site.config.budget.checks_per_node


def test_who_was_asked_in_vain_keeps_nobody_else_waiting():
    site = two_full_nodes()
    silent = {5001, 5002, 5003, 5004}
    site.clock.at += 61
    for reading in site.look():
        in_vain = reading.key.vmid in silent
        site.end(reading, error=GuestUnknown("no answer", cause=GuestWord.NO_AGENT)) if in_vain else site.carry_out([reading])
    for action in under_way(site):
        site.carry_out([action])
    site.clock.at += 61
    order, _ = read_by_turns(site, site.look())

    in_vain = [name for name in order if int(name.removeprefix("vd-")) in silent]
    assert order[-len(in_vain) :] == in_vain


@pytest.mark.long
def test_at_rest_the_cluster_is_listed_no_oftener_for_it():
    site = two_full_nodes()
    site.clock.at += 61
    site.look()
    assert under_way(site)

    assert site.reconciler.wake_at == pytest.approx(site.clock.at + site.config.pace.observe_idle_s)
