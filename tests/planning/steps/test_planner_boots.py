"""The order of starts."""

from dataclasses import replace

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.pacing.boot_limits import BootHistory
from provisioner.pacing.limits import MeasuredLimits
from provisioner.planning.steps.planner import make_plan
from tests.builders.cluster import NOW, a_profile
from tests.builders.core import a_desktop, a_situation
from tests.planning.plans import a_small_budget, orders, plan


def test_an_agents_own_start_overtakes_bulk_work():
    bulk = [a_desktop(number, Phase.STOPPED, nodes=1).but(assigned=False) for number in (1, 2)]
    own = a_desktop(3, Phase.STOPPED, nodes=1).but(assigned=True)

    made = plan([*bulk, own], wanted=3, config=a_small_budget(boots_per_node=2))

    assert orders(made) == ["start vd-5003", "start vd-5001"]


@pytest.mark.parametrize(("together", "ordered"), [(1, ["checkguest vd-5001"]), (6, [])])
def test_l4_the_oldest_of_few_boots_is_asked_early(together, ordered):
    """All that were measured had many beside them: a desktop alone on its node was ready after 307 s, and asked after 882."""
    booted = BootHistory(alone_s={a_profile().name: 800.0}, answered_s={a_profile().name: 700.0})
    starting = [a_desktop(number, Phase.STARTING, nodes=1).but(started_at=NOW - 300) for number in range(1, 1 + together)]

    made = make_plan(replace(a_situation(starting, wanted=together), limits=MeasuredLimits(booted=booted)))

    assert orders(made) == ordered
