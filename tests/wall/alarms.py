"""Which alerts should fire during the recorded surge, and when, from the twin's truth."""

from collections.abc import Callable, Mapping
from functools import partial

from tests.wall.plan import Should
from tests.wall.surge import LOST_NODE, REST, WAVES
from tests.wall.truths import LAG_S, LOOKS_S, Figures, Span

HELD_S = {"BasculeNodeOffline": 300.0, "BasculePeopleLeftOut": 300.0, "BasculeNodeLossUnbearable": 900.0}
"""For how long it has to be so before the alert fires."""
SETTLED_S = 300.0
"""For so long a node that was lost may be all that is wrong with a wave."""
SEVERITIES = {
    "BasculeNodeOffline": "warning",
    "BasculePeopleLeftOut": "warning",
    "BasculeNodeLossUnbearable": "warning",
    "BasculeWaveLate": "critical",
    "BasculeWaveWillBeLate": "critical",
}
Key = tuple[str, str]
"""An alert, and the wave or node that it names; empty: neither."""


class Truths(Figures):
    """What the wall has to show, its alerts included."""

    def conditions(self) -> Mapping[Key, Callable[[Should], bool]]:
        """What has to be so for each alert. No other alert may fire."""
        found: dict[Key, Callable[[Should], bool]] = {
            ("BasculeNodeOffline", LOST_NODE): lambda should: LOST_NODE in should.moment.dead,
            ("BasculePeopleLeftOut", REST): lambda should: bool(should.left_out),
            ("BasculeNodeLossUnbearable", ""): lambda should: self._room_after_loss(should) < 0,
        }
        for wave in WAVES:
            found["BasculeWaveLate", wave] = partial(self._is_late, wave)
            found["BasculeWaveWillBeLate", wave] = partial(self._will_be_late, wave)
        return found

    def _is_late(self, wave: str, should: Should) -> bool:
        """Of the batch that is latest somebody has no desktop though its deadline is over. People left out are later still."""
        return self._overdue(wave, should) > 0 and not self._will_be_late(wave, should) and not self._settles(should)

    def _settles(self, should: Should) -> bool:
        """A node was lost just now: its desktops are about to be made elsewhere."""
        lost_for_s = should.moment.at_s - self.surge.node_lost_at
        return bool(should.moment.dead) and lost_for_s < SETTLED_S

    def _will_be_late(self, wave: str, should: Should) -> bool:
        """Who is left out will have no desktop at a deadline that is to come."""
        to_come = [batch for batch in self.batches if batch.wave == wave and batch.due_s > should.moment.at_s]
        return any(should.left_out.intersection(batch.people) for batch in to_come)

    def firing(self, key: Key, at_s: float) -> Span:
        """0: it may not fire; 1: it has to; 0 to 1: it is changing."""
        is_so, held_s, slack_s = self.conditions()[key], HELD_S.get(key[0], 0.0), LAG_S + LOOKS_S

        def lasts(begins_s: float, ends_s: float) -> bool:
            return all(is_so(should) for should in self.series if begins_s <= should.moment.at_s <= ends_s)

        has_to = at_s > held_s + slack_s and lasts(at_s - held_s - slack_s, at_s)
        ends = (should.moment.at_s for should in self.within(at_s, slack_s))
        may = any(lasts(min(end_s, end_s - held_s + slack_s), end_s) for end_s in ends)
        return Span(low=float(has_to), high=float(may))

    def alerts(self, at_s: float) -> Mapping[Key, Span]:
        """Each, at this time."""
        return {key: self.firing(key, at_s) for key in self.conditions()}

    def alerts_of(self, severity: str, at_s: float) -> Span:
        """How many of a severity."""
        spans = [span for (name, _), span in self.alerts(at_s).items() if SEVERITIES[name] == severity]
        return Span(low=sum(span.low for span in spans), high=sum(span.high for span in spans))


__all__ = ["Key", "Truths"]
