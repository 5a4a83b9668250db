"""What each query of the crisis room has to say, from the twin's truth. No metric is named or read here.

A figure lags behind the truth by what the daemon needs to see a change, and a scrape: so it has to lie between the least and
the most that the truth was meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from provisioner.model.budget import Pace
from tests.wall.moments import Moment
from tests.wall.plan import Batch, Should, batches_of, should_be, waits
from tests.wall.recorded import SCRAPE_S
from tests.wall.surge import Surge

LAG_S = 75.0
"""A node's death shows after Proxmox VE's time-out; readiness is asked each 8 s, seats each minute; a scrape is 15 s old."""
SESSIONS_LAG_S = Pace().session_interval_s + LAG_S
"""Nothing is pushed: each desktop is read as often as the product does it if nothing is set."""
OUTLOOK_LAG_S = 60.0 + LAG_S
"""What would be left after a loss is computed once a minute."""
DESKTOP_MIB, GUESTS_SHARE, OWN_MIB = 4096, 0.8, 0
"""A desktop's memory (the template's), and the part of a node that guests may have (budget.memory_share)."""
_LOOK_S = 30.0
"""From one estimate of the waves to the next."""
LOOKS_S = 60.0 + 2 * SCRAPE_S
"""An outlook is said after two looks, half a minute apart; the alert is judged each 15 s, on what was scraped before."""
Series = Sequence[tuple[Mapping[str, str], float]]
"""Labels and value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The least and the most that may be shown."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


class Figures:
    """Of one recorded surge."""

    def __init__(self, surge: Surge, moments: Sequence[Moment]) -> None:
        self.surge, self.batches = surge, batches_of(surge)
        self.series = tuple(should_be(surge, moments))
        self._waits = waits(self.series)

    def span(self, figure: Callable[[Should], float], at_s: float, *, lag_s: float = LAG_S, off: float = 0.0) -> Span:
        """Of a figure, over what may be shown at this time."""
        values = [figure(should) for should in self.within(at_s, lag_s)]
        return Span(low=min(values) - off, high=max(values) + off)

    def within(self, at_s: float, lag_s: float = LAG_S) -> list[Should]:
        """The moments that may be shown."""
        return [should for should in self.series if at_s - lag_s <= should.moment.at_s <= at_s]

    # -- figures -----------------------------------------------------------------------------------------------------

    def planned(self, at_s: float) -> Span:
        return self.span(lambda should: self.surge.people - len(should.left_out), at_s)

    def left_out(self, at_s: float) -> Span:
        return self.span(lambda should: len(should.left_out), at_s)

    def wanted(self, at_s: float) -> Span:
        return self.span(lambda should: len(should.wanted), at_s)

    def ready(self, at_s: float) -> Span:
        return self.span(lambda should: len(should.wanted & should.moment.ready), at_s)

    def waiting(self, at_s: float) -> Span:
        wanted, ready = self.wanted(at_s), self.ready(at_s)
        return Span(low=max(0.0, wanted.low - ready.high), high=wanted.high - ready.low)

    def longest_wait(self, at_s: float) -> Span:
        return self.span(lambda should: self._waits[should.moment.at_s], at_s, off=LAG_S)

    def sessions(self, at_s: float) -> Span:
        """Each desktop was read at another moment: at least who was there all the while, at most all who were there."""
        crowds = [frozenset(should.moment.truth.session_logins) for should in self.within(at_s, SESSIONS_LAG_S)]
        return Span(low=len(frozenset.intersection(*crowds)), high=len(frozenset.union(*crowds)))

    def counted(self, at_s: float) -> Span:
        """Who is ready has said who is logged on."""
        return self.desktops_ready(at_s)

    def reading_age(self, _: float) -> Span:
        """Each desktop is read anew in time."""
        return Span(low=0.0, high=SESSIONS_LAG_S)

    def desktops_ready(self, at_s: float) -> Span:
        return self.span(lambda should: should.moment.truth.ready, at_s)

    def ceiling(self, at_s: float) -> Span:
        return self.span(lambda should: should.room, at_s)

    def unknown(self, at_s: float) -> Span:
        """Of desktops that boot, or whose node is dead, nobody knows who is logged on; of those that are off it is known."""
        most = self.span(lambda should: should.moment.booting + self._on_dead(should), at_s, lag_s=SESSIONS_LAG_S)
        return Span(low=0.0, high=most.high)

    def _on_dead(self, should: Should) -> int:
        return sum(should.moment.on.get(node, 0) for node in should.moment.dead)

    def offline(self, at_s: float) -> Span:
        return self.span(lambda should: len(should.moment.dead), at_s, lag_s=2 * SCRAPE_S)

    def writes(self, at_s: float) -> Span:
        """0: yes; 2: frozen."""
        return self.span(lambda should: 2.0 * should.moment.frozen, at_s, lag_s=SCRAPE_S)

    def room(self, at_s: float) -> Span:
        """What is ordered counts before its VM is there: a clone on each node, or two."""
        return self.span(self._room, at_s, off=2.0 * self.surge.nodes)

    def _room(self, should: Should) -> float:
        return sum(self._room_on(should, node) for node in self._living(should))

    def room_after_loss(self, at_s: float) -> Span:
        return self.span(self._room_after_loss, at_s, lag_s=OUTLOOK_LAG_S, off=2.0 * self.surge.nodes)

    def _room_after_loss(self, should: Should) -> float:
        """The node with the most desktops is gone, and they are made again elsewhere, as those of nodes away (K5)."""
        living = self._living(should)
        losses = (
            sum(self._room_on(should, node) for node in living if node != lost)
            - should.moment.on.get(lost, 0)
            - len(should.moment.away)
            for lost in living
        )
        return min(losses)

    def _living(self, should: Should) -> list[str]:
        names = (f"pve{number}" for number in range(1, self.surge.nodes + 1))
        return [name for name in names if name not in should.moment.dead]

    def _room_on(self, should: Should, node: str) -> int:
        free_mib = GUESTS_SHARE * self.surge.memory_mib - OWN_MIB - DESKTOP_MIB * should.moment.on.get(node, 0)
        return max(0, int(free_mib // DESKTOP_MIB))

    def cycle_age(self, _: float) -> Span:
        """The daemon runs all the time, and looks at least every ten seconds."""
        return Span(low=0.0, high=2 * SCRAPE_S)

    def look_age(self, at_s: float) -> Span:
        return self.span(lambda should: should.moment.look_age_s, at_s, lag_s=0.0, off=5.0)

    def roster_age(self, at_s: float) -> Span:
        return self.span(lambda should: should.moment.roster_age_s, at_s, lag_s=0.0, off=5.0)

    # -- by wave -----------------------------------------------------------------------------------------------------

    def wave_share(self, wave: str, at_s: float) -> Span:
        """Ready of planned."""
        people = [person for batch in self.batches if batch.wave == wave for person in batch.people]

        def share(should: Should) -> float:
            planned = len(set(people) - should.left_out)
            return should.ready_of(tuple(should.wanted.intersection(people))) / planned if planned else 0.0

        return self.span(share, at_s)

    def overdue(self, wave: str, at_s: float) -> Span:
        """People of the wave's batch with most of them, whose deadline is over and who have no desktop that is ready."""
        return self.span(partial(self._overdue, wave), at_s)

    def everybody_overdue(self, at_s: float) -> Span:
        """People of all batches whose deadline is over and who have no desktop that is ready."""
        return self._overdue_of(self.batches, at_s)

    def all_overdue(self, wave: str, at_s: float) -> Span:
        """The same, of one wave."""
        return self._overdue_of([batch for batch in self.batches if batch.wave == wave], at_s)

    def _overdue_of(self, due: Sequence[Batch], at_s: float) -> Span:

        def overdue(should: Should) -> int:
            over = [batch for batch in due if batch.due_s < should.moment.at_s]
            return sum(len(batch.people) - should.ready_of(batch.people) for batch in over)

        return self.span(overdue, at_s, lag_s=LAG_S + _LOOK_S)

    def _overdue(self, wave: str, should: Should) -> int:
        due = [batch for batch in self.batches if batch.wave == wave and batch.due_s <= should.moment.at_s]
        return max((len(batch.people) - should.ready_of(batch.people) for batch in due), default=0)

    def may_lack(self, wave: str, at_s: float) -> float:
        """The most people of one of the wave's batches who have no desktop at its deadline, or now if it is over; and those
        whose desktop is away now, of a batch to come.

        Who says that a wave will be late may be wrong only if nobody lacks anything. Of a deadline after the recording's end
        nothing is known.
        """
        found = 0
        for batch in (batch for batch in self.batches if batch.wave == wave):
            later = [should for should in self.series if should.moment.at_s >= max(at_s - LAG_S, batch.due_s)]
            lack = set(batch.people) - later[0].moment.ready if later else set(batch.people)
            away = set().union(
                *(should.moment.away.intersection(batch.people) for should in self.within(at_s, LAG_S + LOOKS_S))
            )
            found = max(found, len(lack | away))
        return found

    def last_ready_s(self, wave: str, at_s: float) -> float | None:
        """When all people of the wave who are not left out had a desktop that was ready; None: not in this time."""
        people = {person for batch in self.batches if batch.wave == wave for person in batch.people}
        later = (should for should in self.series if should.moment.at_s >= at_s)
        return next((should.moment.at_s for should in later if people - should.left_out <= should.moment.ready), None)

    # -- reasons -----------------------------------------------------------------------------------------------------

    def all_is_ordered(self, at_s: float) -> bool:
        """Lately there was a moment in which as many desktops were made, or being made, as there are people who wait."""
        return any(
            len(should.wanted - should.moment.ready) <= should.moment.booting + len(should.moment.dead) * 200
            for should in self.within(at_s)
        )

    def may_wait_for(self, reason: str, at_s: float) -> bool:
        """Whether the twin shows that there is such a reason."""
        window = self.within(at_s, LAG_S + SCRAPE_S)
        first, last = window[0].moment.truth, window[-1].moment.truth
        match reason:
            case "lock":
                return sum(last.lock_busy_s.values()) > sum(first.lock_busy_s.values())
            case "clones under way":
                return last.clones > first.clones
            case "boots" | "boots under way":
                return any(should.moment.booting for should in window)
            case "operator" | "paused" | "freeze":
                return any(should.moment.frozen for should in window)
            case "memory":
                return self.room(at_s).low < 1
            case "nodes":
                return any(should.moment.dead for should in window)
            case "retry":
                return last.lock_timeouts > first.lock_timeouts or any(should.moment.dead for should in window)
            case _:
                return False


__all__ = ["LAG_S", "LOOKS_S", "Figures", "Series", "Span"]
