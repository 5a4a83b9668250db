"""Directory servers that disagree and answer in turns: agents must not leave and join again at each reading. Pure.

A reading from another server is accepted at once if nobody leaves or joins, or if it is provably as new as the accepted
reading. Otherwise the server has to repeat it several times in a row, and twice as often after each such change in the window.
"""

from dataclasses import dataclass, replace

from provisioner.model.ids import Instant
from provisioner.model.people.agents import Roster
from provisioner.planning.roster.changes import RosterChanges
from provisioner.reasons.directory import SERVERS_DISAGREE
from provisioner.reasons.reason import NONE, Reason

FIRST_TIMES = 2
"""Readings in a row: one more than a momentary error."""
MOST_TIMES = 32
"""Some hours of readings every five minutes: two servers that disagree then change the roster a few times a day at most."""
TOLD_AT = 3
"""Turns within the window before this is reported: one is an outage and its end, a second a coincidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternation:
    """Which server waits to be accepted, and how often servers have taken turns lately."""

    turns: tuple[Instant, ...] = ()
    """Within the window: when another server's reading was accepted, or was contradicted by the server in force."""
    changes: int = 0
    """How many of the turns changed the accepted roster."""
    candidate: str = ""
    """The server that disagrees; empty: none."""
    times: int = 0
    """How often it has disagreed in a row."""

    def within(self, window_s: float, now: Instant) -> "Alternation":
        """Without the turns before the window; `changes` restarts at 0 when no turn is left."""
        turns = tuple(at for at in self.turns if now - at < window_s)
        return replace(self, turns=turns, changes=self.changes if turns else 0)


def weigh(
    state: Alternation, reading: Roster, in_force: Roster | None, changes: RosterChanges, now: Instant
) -> tuple[Alternation, Reason]:
    """The new state, and why the reading is not accepted yet; empty: it is accepted."""
    # The server in force answers: a candidate was an episode.
    if in_force is None or server_of(reading) == server_of(in_force):
        return _taken_back(state, now), NONE
    # Another server, but nobody leaves or joins, or its data are as new.
    if not (changes.left or changes.joined) or _is_as_new(reading, in_force):
        return replace(state, candidate="", times=0), NONE
    # Another server disagrees: it has to repeat itself.
    times = state.times + 1 if state.candidate == server_of(reading) else 1
    needed = min(MOST_TIMES, FIRST_TIMES * 2**state.changes)
    if times >= needed:
        return Alternation(turns=(*state.turns, now), changes=state.changes + 1), NONE
    waiting = replace(state, candidate=server_of(reading), times=times)
    return waiting, SERVERS_DISAGREE(
        server=reading.source,
        in_force=in_force.source,
        left=len(changes.left),
        joined=len(changes.joined),
        needed=needed,
        times=times,
    )


def server_of(roster: Roster) -> str:
    """The server that a roster was read from: several may answer at one address."""
    parts = roster.mark.server.split(" ") if roster.mark is not None else []
    return " ".join(parts[:2]) if parts[:1] == ["ad"] else roster.source


def _is_as_new(reading: Roster, in_force: Roster) -> bool:
    """Whether both come from replicas of one tree: their marks are comparable, and older readings were refused when read."""
    marks = [roster.mark.server.split(" ") for roster in (reading, in_force) if roster.mark is not None]
    return len(marks) == 2 and all(parts[0] == "csn" for parts in marks) and marks[0][2] == marks[1][2]


def _taken_back(state: Alternation, now: Instant) -> Alternation:
    if not state.candidate:
        return state
    return replace(state, turns=(*state.turns, now), candidate="", times=0)
