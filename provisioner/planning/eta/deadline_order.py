"""Whether the batch that is due first goes first, instead of the most important: only where both are in time then.

The order of the waves is their importance, and decides who gets what is short. But where a wave with a late deadline stands
before one with an early deadline, that order makes the second late for nothing. So, at each look, the queue is asked for both
orders:

* By deadline it goes if in the order of importance a wave is late, and by deadline all are in time. Two looks in a row
  begin it.
* And only as long as the waves that stand before the late ones stay in time if everything becomes three times slower this
  moment, and they go first from then on. So none becomes late for a less important one, as long as nothing worse happens. The
  first look that finds otherwise ends it.
* Once begun it goes on as long as the important waves are safe in this way, also if the urgent one turns out late: estimates of
  one wave come and go, and plans would swing with them.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from provisioner.model.ids import Instant, WaveName
from provisioner.planning.eta.queue import Batch
from provisioner.planning.eta.waves import Estimates
from provisioner.planning.eta.work import WorkLeft

_SLOWER = 3.0
"""The worst that late warnings are tried with (tests/bench/late.py): storage three times slower."""
_LOOKS = 2
"""A single look may be chance."""


class DeadlineOrder:
    """The order in force. Lives as long as the daemon."""

    def __init__(self) -> None:
        self.in_force = False
        self._looks = 0

    def end(self) -> None:
        """There is nothing to order: no surge goes on, or nothing was measured."""
        self.in_force, self._looks = False, 0

    def look(self, work: WorkLeft, *, now: Instant) -> None:
        """Decide anew; `work`: in the order of importance."""
        left = [batch for batch in work.batches if batch.ready < batch.people]
        if not work.measured or any(batch.never for batch in left) or not _differ(left):
            self.end()
            return
        helps = self._helps(work, now)
        self._looks = self._looks + 1 if helps else 0
        self.in_force = self._looks >= _LOOKS

    def _helps(self, work: WorkLeft, now: Instant) -> bool:
        """Whether somebody is late by importance, and nobody by deadline; once begun, only whether others may wait still."""
        if self.in_force:
            first = min((batch for batch in work.batches if batch.ready < batch.people), key=_due)
            return _may_wait(work, first.wave, now)
        late = _late(work, now)
        return bool(late) and not _late(by_deadline(work), now) and _may_wait(work, late[-1], now)


def by_deadline(work: WorkLeft) -> WorkLeft:
    """In the order of deadlines; who is to come as soon as may be comes last."""
    order = sorted(range(len(work.batches)), key=lambda at: _due(work.batches[at]))
    moved = (work.batches[at] for at in order)
    gates = [batch.gate and replace(batch.gate, before=order.index(batch.gate.before)) for batch in moved]
    return replace(work, batches=tuple(replace(work.batches[at], gate=gate) for at, gate in zip(order, gates, strict=True)))


def _differ(left: Sequence[Batch]) -> bool:
    """Whether a batch is due after one that stands behind it. Who is to come as soon as may be does not wait for others."""
    dues = [_due(batch) for batch in left]
    dated = [due for due in dues if due < inf]
    return dues[: len(dated)] == dated != sorted(dated)


def _may_wait(work: WorkLeft, first: WaveName, now: Instant) -> bool:
    """Whether the waves before this one would be in time, if they went first from now on and everything was slower."""
    place = next(at for at, batch in enumerate(work.batches) if batch.wave == first)
    slow = replace(work, batches=work.batches[:place], yard=work.yard.scaled(clones=_SLOWER, boots=1 / _SLOWER))
    return not _late(slow, now)


def _late(work: WorkLeft, now: Instant) -> list[WaveName]:
    return [eta.wave for eta in Estimates(work, now).all(lambda _: 0.0) if eta.late]


def _due(batch: Batch) -> Instant:
    return inf if batch.due_at is None else batch.due_at


__all__ = ["DeadlineOrder", "by_deadline"]
