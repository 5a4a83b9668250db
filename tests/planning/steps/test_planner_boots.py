"""The order of starts."""

from provisioner.model.desktops import Phase
from tests.builders.core import a_desktop
from tests.planning.plans import a_small_budget, orders, plan


def test_an_agents_own_start_overtakes_bulk_work():
    bulk = [a_desktop(number, Phase.STOPPED, nodes=1).but(assigned=False) for number in (1, 2)]
    own = a_desktop(3, Phase.STOPPED, nodes=1).but(assigned=True)

    made = plan([*bulk, own], wanted=3, config=a_small_budget(boots_per_node=2))

    assert orders(made) == ["start vd-5003", "start vd-5001"]
