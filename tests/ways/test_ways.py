"""How many files decide of one person, from the roster to the order of a clone, and of one session, from what a desktop says to
the figure. Whoever changes what is decided has to read so many.
"""

import pytest

from provisioner.model.actions import Clone
from provisioner.model.machines.seats import seat_of
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.scenarios import EVERYONE, Scenario
from tests.builders.core import a_session, an_agent
from tests.builders.reconciler import Site
from tests.reconciler.test_late_waves import a_wave
from tests.ways.tracer import Way

MOST = 15
PLANNED = Scenario(
    name="s",
    planned=True,
    up_before_s=900.0,
    waves=(a_wave("first", "nobody", due_s=300.0), a_wave("rest", due_s=600.0, gate=Gate.of(ready=1.0))),
)


def until_cloned(site: Site) -> None:
    for _ in range(20):
        if any(isinstance(command, Clone) for command in site.look(after=20)):
            return
    raise AssertionError("no clone was ordered")


@pytest.mark.parametrize("scenario", [EVERYONE, PLANNED], ids=["at once", "two waves and a gate"])
def test_the_way_of_an_agent_from_the_roster_to_the_order_of_a_clone(scenario):
    """What is reported afterwards, to status and metrics, decides nothing."""
    site, agent = Site(agents=1, scenario=scenario), an_agent(1)

    way = Way(agent.agent_id, agent.login, seat_of(agent.agent_id)).follow(lambda: until_cloned(site))

    decide = way.deciding_before("execution/executor.py")
    assert len(decide) <= MOST, decide
    assert "planning/steps/provision.py" in decide


@pytest.mark.long
def test_the_way_of_a_session_from_what_its_desktop_says_to_the_figure():
    site = Site(agents=1)
    site.come_to_rest()
    (desktop,) = site.status.desktops.values()
    site.cluster.sessions[desktop.reservation.vmid] = (a_session("somebody"),)

    way = Way("somebody").follow(lambda: site.settle(cycles=20))

    assert sum(site.status.session_figures.open.values()) > 0
    assert len(way.deciding) <= MOST, way.deciding
    assert "sessions/book.py" in way.deciding
