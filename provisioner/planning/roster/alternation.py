"""Servers of the directory that take turns and do not say the same: nobody is taken out and in again at each reading. Pure.

What another server says is believed at once where it changes nothing for anybody, and where it can be proved to be as new as
what is in force. Else it has to say so several times in a row, and with each such change within the window twice as often.
"""

from dataclasses import dataclass, replace

from provisioner.model.agents import Roster
from provisioner.model.ids import Instant
from provisioner.planning.roster.changes import RosterChanges
from provisioner.reasons.directory import SERVERS_DISAGREE
from provisioner.reasons.reason import NONE, Reason

FIRST_TIMES = 2
"""Readings in a row: one more than the slip of a moment."""
MOST_TIMES = 32
"""Some hours of readings every five minutes: then two servers that disagree change people over a few times a day at most."""
TOLD_AT = 3
"""Turns within the window: one is a failure and its end, a second a coincidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternation:
    """Which server is waiting to be believed, and how often servers have taken turns lately."""

    turns: tuple[Instant, ...] = ()
    """Of the window: when another server's differing word was put in force, or was taken back by the one in force."""
    changes: int = 0
    """How many of the turns changed what is in force."""
    candidate: str = ""
    """The server that says otherwise; empty: none does."""
    times: int = 0
    """How often in a row."""

    def within(self, window_s: float, now: Instant) -> "Alternation":
        """Without the turns that are longer ago; a window without any begins anew."""
        turns = tuple(at for at in self.turns if now - at < window_s)
        return replace(self, turns=turns, changes=self.changes if turns else 0)


def weigh(
    state: Alternation, reading: Roster, in_force: Roster | None, changes: RosterChanges, now: Instant
) -> tuple[Alternation, Reason]:
    """What is known of the servers' turns from now on, and why the reading is not believed yet; empty: it is."""
    if in_force is None or server_of(reading) == server_of(in_force):
        return _taken_back(state, now), NONE
    if not (changes.left or changes.joined) or _is_as_new(reading, in_force):
        return replace(state, candidate="", times=0), NONE
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
    """Which server a roster is from: several may answer at one address."""
    parts = roster.mark.server.split(" ") if roster.mark is not None else []
    return " ".join(parts[:2]) if parts[:1] == ["ad"] else roster.source


def _is_as_new(reading: Roster, in_force: Roster) -> bool:
    """Replicas of one tree can be compared, and what is older was refused when it was read."""
    marks = [one.mark.server.split(" ") for one in (reading, in_force) if one.mark is not None]
    return len(marks) == 2 and all(parts[0] == "csn" for parts in marks) and marks[0][2] == marks[1][2]


def _taken_back(state: Alternation, now: Instant) -> Alternation:
    if not state.candidate:
        return state
    return replace(state, turns=(*state.turns, now), candidate="", times=0)
