"""The surge that the wall is tried with: a switch of 1,700 with deadlines, on which much goes wrong.

Three waves with deadlines; a gate before each batch of the last one; others take seats of the VPN, until its ceiling leaves 200
people out; two nodes' storages become eight times as slow; a node loses power and comes back; somebody freezes everything for a
while. People log on, work, and log off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.model.ids import WaveName
from provisioner.model.machines.twin_spec import Durations, KillNode, LogOns, NodeSpec, TwinSpec
from provisioner.model.people.agents import Agent
from provisioner.model.people.profiles import Selection
from provisioner.model.scenario.ceilings import Ceiling, Counted, Reading
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.scenarios import PlannedTime, PreparationLevel, Scenario, Wave
from tests.builders.core import an_agent
from tests.builders.twin import a_spec

CRISIS, ESSENTIAL, REST = (WaveName(name) for name in ("crisis cell", "essential services", "everyone else"))
WAVES = (CRISIS, ESSENTIAL, REST)
LOST_NODE, SLOW_NODES = "pve3", ("pve1", "pve2")
GATE_SHARE = 0.95
"""Of the batch before, for each batch of the last wave."""
VPN = "vpn"
_SEATS = "sum(vpn_sessions_active)"
NEVER = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surge:
    """How large, and when what happens; seconds from its beginning."""

    people: int = 1700
    nodes: int = 16
    memory_mib: int = 536 * 1024
    lasts_s: float = 2850.0
    due_s: tuple[float, float, float] = (450.0, 900.0, 1200.0)
    """Deadlines of the waves; of the last one, its first batch's."""
    batches: int = 4
    """Of the last wave."""
    every_s: float = 450.0
    """From one of its deadlines to the next."""
    slow_at: float = 300.0
    slow_times: float = 8.0
    seats: int = 1900
    """Of the VPN."""
    others: tuple[tuple[float, int], ...] = ((0.0, 60), (840.0, 400))
    """From when on how many seats are taken by others than our people."""
    node_lost_at: float = 1500.0
    node_back_after: float = 660.0
    frozen: tuple[float, float] = (2340.0, 2400.0)
    stay_s: float | None = 900.0
    """From log-on to log-off."""

    def person(self, number: int) -> Agent:
        """Of the crisis cell one in 20, of the essential services one in five, and all others."""
        groups = {"cellule-crise"} if number % 20 == 1 else {"services-essentiels"} if number % 5 == 2 else set()
        return replace(an_agent(number), groups=frozenset(groups))

    @property
    def everybody(self) -> tuple[Agent, ...]:
        """By number."""
        return tuple(map(self.person, range(1, self.people + 1)))

    @property
    def batch_size(self) -> int:
        """Of the last wave, whose last batch may be smaller."""
        rest = sum(not agent.groups for agent in self.everybody)
        return max(1, -(-rest // self.batches))

    @property
    def scenario(self) -> Scenario:
        """The waves, their deadlines, their gate and the ceiling."""
        first, second, third = (PlannedTime(after_s=seconds) for seconds in self.due_s)
        groups = [Selection(groups=frozenset({group})) for group in ("cellule-crise", "services-essentiels")]
        waves = (
            Wave(name=CRISIS, who=groups[0], priority=10, ready_by=first),
            Wave(name=ESSENTIAL, who=groups[1], priority=20, ready_by=second),
            Wave(
                name=REST, who=Selection(), priority=30, ready_by=third, size=self.batch_size, interval_s=self.every_s,
                prepare=PreparationLevel.STOPPED, prepare_from=PlannedTime(after_s=self.due_s[1]),
                gate=Gate.of(ready=GATE_SHARE),
            ),
        )  # fmt: skip
        vpn = Ceiling(name=VPN, limit=self.seats, counts=Counted.SESSIONS, in_use=_SEATS)
        return Scenario(name="confinement", planned=True, waves=waves, ceilings=(vpn,))

    @property
    def twin(self) -> TwinSpec:
        """The cluster, and the people at its desktops."""
        faults = ()
        if self.node_lost_at < NEVER:
            faults = (KillNode(node=LOST_NODE, at_s=self.node_lost_at, back_after_s=self.node_back_after),)
        nodes = tuple(NodeSpec(name=f"pve{n}", memory_mib=self.memory_mib) for n in range(1, self.nodes + 1))
        people = LogOns(concurrent=int(self.people * 0.91), spread_s=300.0, stay_s=self.stay_s)
        return replace(a_spec(nodes=self.nodes, durations=Durations(), faults=faults), nodes=nodes, log_ons=people)

    def others_at(self, seconds: float) -> int:
        """Seats that others have then."""
        return [taken for since, taken in self.others if since <= seconds][-1]

    def readings(self, at: float, *, began: float) -> Mapping[str, Reading]:
        """What the VPN says of its seats: those of others."""
        return {_SEATS: Reading(at=at, value=self.others_at(at - began), ours_too=False)}


__all__ = [
    "CRISIS", "ESSENTIAL", "GATE_SHARE", "LOST_NODE", "NEVER", "REST", "SLOW_NODES", "VPN", "WAVES", "Surge",
]  # fmt: skip
