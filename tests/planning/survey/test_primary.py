"""Which of an agent's desktops counts."""

from provisioner.model.machines.desktops import Phase
from provisioner.planning.survey.primary import primary_desktops
from tests.builders.core import a_desktop, a_memory


def test_a_replacement_counts_before_a_duplicate():
    """Found by the law that a second plan, with all of the first in flight, orders nothing."""
    desktops = [a_desktop(number, agent_id="agent-0001").but(assigned=False) for number in (1, 6, 7)]
    records = a_memory(desktops, superseded={"vd-5006": "vd-5007"})
    phases = {"vd-5001": (Phase.CLONED, ""), "vd-5006": (Phase.RESERVED, ""), "vd-5007": (Phase.RESERVED, "")}

    counting, others = primary_desktops(records, phases)

    assert {agent: desktop.name for agent, desktop in counting.items()} == {"agent:agent-0001": "vd-5007"}
    assert [desktop.name for desktop in others] == ["vd-5001", "vd-5006"]
