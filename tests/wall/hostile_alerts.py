"""Which alerts have to fire in the hostile recording, and when: from what is true, and from what each rule promises."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent
from tests.builders.twin import STORAGE
from tests.wall.hostile_site import BATCH, CRISIS, DUE_S, ESSENTIAL, EVERY_S, EVERYBODY, LOST_NODE, REST, SEATS, SHARES, Crisis
from tests.wall.hostile_truth import Truth
from tests.wall.recorded import SCRAPE_S

Key = tuple[str, str]
"""An alert, and the node, storage or wave that it names; empty: none of these."""
_SCRAPED_S = 2 * SCRAPE_S
"""A rule is evaluated each 15 s, on a scrape of the last 15 s."""
_LISTED_S = 20.0
"""A cluster is looked at each ten seconds, and what it lists is up to ten seconds old."""
_ASKED_S = 60.0
"""From one question to the next: after the quorum, and after the ceiling's seats."""
_LOOKS_S = 60.0
"""An outlook is said after two looks, half a minute apart."""
_CALLED_S = 180.0
"""Within so long somebody is called for desktops that hang, and for sessions that end."""
_SETTLED_S = 300.0
"""For so long a node that was lost may be all that is wrong with a wave."""
_PEAK_S = 600.0
"""A collapse is more than half of the most, within so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """When an alert has to fire, and when it may."""

    is_so: Callable[[Truth], bool]
    held_s: float = 0.0
    """So long it has to be so: the rule's `for`. Before that nobody is called."""
    shown_s: float = _LISTED_S
    """Until what is so is seen, and until it is seen that it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    wave: str
    people: frozenset[AgentId]
    due_s: float


class Expected:
    """The alerts of one recording."""

    def __init__(self, truths: Sequence[Truth], crisis: Crisis) -> None:
        self._truths, self._crisis, self._batches = truths, crisis, tuple(_batches())
        self.promises: Mapping[Key, Promise] = {
            ("BasculeDown", ""): Promise(is_so=lambda truth: not truth.answers, held_s=120.0, shown_s=0.0),
            ("BasculeNodeOffline", LOST_NODE): Promise(is_so=lambda truth: LOST_NODE in truth.dead, held_s=300.0),
            ("BasculePeopleLeftOut", REST): Promise(is_so=self._leaves_out, held_s=300.0, shown_s=_ASKED_S + _LISTED_S),
            ("BasculeWaveWillBeLate", REST): Promise(
                is_so=self._will_be_late, held_s=30.0, shown_s=_ASKED_S + _LOOKS_S + _LISTED_S
            ),
            **{("BasculeWaveLate", wave): Promise(is_so=partial(self._is_late, wave), shown_s=_CALLED_S) for wave in DUE_S},
            ("BasculeClusterPaused", ""): Promise(
                is_so=lambda truth: not truth.quorate, held_s=120.0, shown_s=_ASKED_S + _LISTED_S
            ),
            ("BasculeDirectoryStale", ""): Promise(is_so=lambda truth: truth.unread, held_s=660.0),
            ("BasculeGuestsGiveNoReport", ""): Promise(
                is_so=lambda truth: truth.hang > 0, held_s=60.0, shown_s=_CALLED_S - 60.0 - _SCRAPED_S
            ),
            **{
                ("BasculeStorageFull", f"{node}/{STORAGE}"): Promise(is_so=partial(_is_full, node), held_s=60.0)
                for node in {node for truth in truths for node in truth.full}
            },
            ("BasculeSessionsCollapsed", ""): Promise(
                is_so=self._collapsed, held_s=60.0, shown_s=_CALLED_S - 60.0 - _SCRAPED_S
            ),
        }  # fmt: skip

    def has_to(self, key: Key, at_s: float) -> bool:
        """It has been so for so long that somebody has to be called. Who was not there yet had to see it anew."""
        promise = self.promises[key]
        begins_s = at_s - promise.held_s - promise.shown_s - _SCRAPED_S
        window = self._between(begins_s, at_s)
        there = key[0] == "BasculeDown" or all(truth.answers for truth in window)
        return begins_s >= 0 and there and all(map(promise.is_so, window))

    def may(self, key: Key, at_s: float) -> bool:
        """It has been so for long enough, up to now or to a moment that is still shown."""
        promise = self.promises[key]
        ends = (truth.at_s for truth in self._between(at_s - promise.shown_s - _SCRAPED_S, at_s))
        return any(all(map(promise.is_so, self._between(end_s - promise.held_s, end_s))) for end_s in ends)

    def _between(self, begins_s: float, ends_s: float) -> list[Truth]:
        return [truth for truth in self._truths if begins_s <= truth.at_s <= ends_s]

    def _left_out(self, truth: Truth) -> frozenset[AgentId]:
        """Who has a VM keeps it; of the others the last ones get none."""
        ranked = [person for batch in self._batches for person in sorted(batch.people)]
        ranked.sort(key=lambda person: person not in truth.has)  # stable
        room = SEATS - self._crisis.others_at(truth.at_s)
        return frozenset(person for person in ranked[room:] if person not in truth.has)

    def _leaves_out(self, truth: Truth) -> bool:
        return bool(self._left_out(truth))

    def _will_be_late(self, truth: Truth) -> bool:
        to_come = [batch for batch in self._batches if batch.due_s > truth.at_s]
        left_out = self._left_out(truth)
        return not self._settles(truth) and any(left_out & batch.people for batch in to_come)

    def _is_late(self, wave: str, truth: Truth) -> bool:
        due = [batch for batch in self._batches if batch.wave == wave and batch.due_s <= truth.at_s]
        return not self._settles(truth) and any(batch.people - truth.working for batch in due)

    def _settles(self, truth: Truth) -> bool:
        return bool(truth.dead) and truth.at_s < self._crisis.node_away[0] + _SETTLED_S

    def _collapsed(self, truth: Truth) -> bool:
        lately = max(each.sessions for each in self._between(truth.at_s - _PEAK_S, truth.at_s))
        most = max(each.sessions for each in self._between(0.0, truth.at_s))
        return most >= 20 and lately - truth.sessions > 0.5 * most


def _is_full(node: str, truth: Truth) -> bool:
    return node in truth.full


def _batches() -> Iterator[_Batch]:
    """In the order of their importance; people of the last wave by login."""
    waves: dict[str, list[Agent]] = {CRISIS: [], ESSENTIAL: [], REST: []}
    for agent in sorted(EVERYBODY, key=lambda agent: agent.login):
        if SHARES not in agent.groups:
            wave = CRISIS if "cellule-crise" in agent.groups else ESSENTIAL if "services-essentiels" in agent.groups else REST
            waves[wave].append(agent)
    for wave, agents in waves.items():
        size = BATCH if wave == REST else len(agents)
        for number in range(0, len(agents), size):
            people = frozenset(agent.agent_id for agent in agents[number : number + size])
            yield _Batch(wave=wave, people=people, due_s=DUE_S[wave] + EVERY_S * (number // size))


__all__ = ["Expected", "Key", "Promise"]
