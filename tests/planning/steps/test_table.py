"""The table of steps against the table of edges."""

import pytest

from provisioner.model.machines.desktops import Phase
from provisioner.planning.steps.table import LOWERING, RAISING
from provisioner.planning.survey.lifecycle import EDGES
from provisioner.planning.targets.target import UPWARD, TargetLevel

WAYS = {(edge.source, edge.target) for edge in EDGES}
ROWS = [(phase, row.leads_to) for table in (RAISING, LOWERING) for (phase, _), row in table.items()]


@pytest.mark.parametrize(("phase", "leads_to"), sorted({row for row in ROWS if row[1] is not None}))
def test_a_step_takes_an_edge_of_the_lifecycle(phase, leads_to):
    assert (phase, leads_to) in WAYS


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.UNKNOWN, Phase.STOPPING, Phase.DELETING}))
@pytest.mark.parametrize("level", UPWARD)
def test_a_desktop_that_is_wanted_always_has_a_step(phase, level):
    assert ((phase, level) in RAISING) is ((phase, level) != (Phase.STOPPED, TargetLevel.MADE))


def test_the_steps_lead_from_a_reservation_to_a_ready_desktop():
    steps = {phase: row.leads_to for (phase, level), row in RAISING.items() if level is TargetLevel.READY}
    way = [Phase.RESERVED]
    while (further := steps[way[-1]]) is not None or way[-1] is Phase.CLONING:
        way.append(further or Phase.CLONED)  # a clone in flight ends by itself

    assert way == [Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.STOPPED, Phase.STARTING, Phase.READY]
