"""What the surge's scenario means, from its description and the twin's moments alone: who should have a desktop when."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from provisioner.model.ids import AgentId, WaveName
from tests.wall.moments import Moment
from tests.wall.surge import CRISIS, ESSENTIAL, GATE_SHARE, REST, Surge


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Seconds from the surge's beginning."""

    wave: WaveName
    people: tuple[AgentId, ...]
    opens_s: float
    due_s: float
    gated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Should:
    """Who should have what at one moment."""

    moment: Moment
    opened: tuple[Batch, ...]
    left_out: frozenset[AgentId]
    """People for whom the VPN has no seat."""
    room: int
    """Seats that others leave."""

    @property
    def wanted(self) -> frozenset[AgentId]:
        """People who may log on now."""
        return frozenset(person for batch in self.opened for person in batch.people) - self.left_out

    def ready_of(self, people: Sequence[AgentId]) -> int:
        """How many of these have a desktop that is ready."""
        return len(self.moment.ready.intersection(people))


def batches_of(surge: Surge) -> tuple[Batch, ...]:
    """In the order of their importance."""
    groups: dict[WaveName, list[AgentId]] = {CRISIS: [], ESSENTIAL: [], REST: []}
    for agent in sorted(surge.everybody, key=lambda agent: agent.login):
        wave = CRISIS if "cellule-crise" in agent.groups else ESSENTIAL if agent.groups else REST
        groups[wave].append(agent.agent_id)
    first, second, third = surge.due_s
    due = [third + number * surge.every_s for number in range(surge.batches)]
    size = surge.batch_size
    return (
        Batch(wave=CRISIS, people=tuple(groups[CRISIS]), opens_s=0.0, due_s=first, gated=False),
        Batch(wave=ESSENTIAL, people=tuple(groups[ESSENTIAL]), opens_s=0.0, due_s=second, gated=False),
        *(
            Batch(wave=REST, people=tuple(groups[REST][n * size : (n + 1) * size]), opens_s=opens_s, due_s=due_s, gated=True)
            for n, (opens_s, due_s) in enumerate(zip([0.0, *due], due, strict=False))
        ),
    )


def should_be(surge: Surge, moments: Sequence[Moment]) -> Iterator[Should]:
    """At each moment, in their order: a gate that has opened stays open."""
    batches, opened = batches_of(surge), dict[int, Batch]()
    for moment in moments:
        for number, batch in enumerate(batches):
            before = batches[number - 1].people if batch.gated else ()
            needed = ceil(GATE_SHARE * len(before) - 1e-9)
            if batch.opens_s <= moment.at_s and len(moment.ready.intersection(before)) >= needed:
                opened.setdefault(number, batch)
            elif number not in opened and batch.gated:
                break  # what comes after it in its wave waits, too
        room = surge.seats - surge.others_at(moment.at_s)
        yield Should(
            moment=moment,
            opened=tuple(opened.values()),
            left_out=_left_out(batches, moment, room),
            room=room,
        )


def _left_out(batches: Sequence[Batch], moment: Moment, room: int) -> frozenset[AgentId]:
    """People who have a VM keep it; of the others the last ones get none."""
    ranked = [person for batch in batches for person in batch.people]
    ranked.sort(key=lambda person: person not in moment.has)  # stable
    return frozenset(person for person in ranked[room:] if person not in moment.has)


def waits(series: Sequence[Should]) -> Mapping[float, float]:
    """For each moment how long, in seconds, somebody has waited who has waited longest."""
    since: dict[AgentId, float] = {}
    found = {}
    for should in series:
        at_s, waiting = should.moment.at_s, should.wanted - should.moment.ready
        since = {person: since.get(person, at_s) for person in waiting}
        found[at_s] = at_s - min(since.values(), default=at_s)
    return found


__all__ = ["Batch", "Should", "batches_of", "should_be", "waits"]
