"""Random lives of a site: nothing that is published contradicts what the daemon does in its next cycle."""

from functools import partial
from random import Random
from typing import Any

import pytest

from provisioner.model.actions import Outcome
from provisioner.model.commands import Command
from provisioner.model.status import Status
from provisioner.views.why.past import MOST_LINES
from tests.chaos.trial import Trial
from tests.chaos.world import a_world
from tests.views.lives import a_life, give_orders
from tests.views.next_cycle import NextCycle

pytestmark = pytest.mark.long
_LOOKS_AT, _IN_A_STORM = 1.0, 0.25
"""Which share of cycles is looked at. A storm has more cycles, and more desktops."""


class Sent:
    """The port Calls, with a listener."""

    def __init__(self, calls: Any, heard: NextCycle) -> None:
        self._calls, self._heard = calls, heard

    def submit(self, command: Command) -> None:
        self._heard.submitted(command)
        self._calls.submit(command)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calls, name)


class Watched(Trial):
    """A trial whose every life is watched."""

    def __init__(self, seed: int) -> None:
        super().__init__(a_world(seed))
        self._chance, self._watched = Random(seed), None
        self.watches: list[NextCycle] = []

    def _status(self, status: Status) -> None:
        if self._watched is not self._reconciler:
            self._watched = self._reconciler
            journal = partial(_journal_of, lambda: self.store)
            watch = NextCycle(lambda: self._watched, journal, chance=self._chance, looks_at=_IN_A_STORM)
            self.watches.append(watch)
        self.watches[-1].status(status)
        super()._status(status)

    def _sent(self, command: Command) -> None:
        if self._watched is self._reconciler and self.watches:
            self.watches[-1].submitted(command)

    def _outcome(self, outcome: Outcome) -> None:
        if self._watched is self._reconciler and self.watches:
            self.watches[-1].outcome(outcome)
        super()._outcome(outcome)


def _journal_of(store, subject: str):
    return store().journal(limit=MOST_LINES, subject=subject)


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_nothing_that_is_published_contradicts_the_next_cycle(seed):
    chance = Random(seed)
    watch = NextCycle(
        lambda: rehearsal.reconciler, partial(_journal_of, lambda: rehearsal.store), chance=chance, looks_at=_LOOKS_AT
    )
    operator = Operator(chance, lambda: rehearsal.store)
    rehearsal = a_life(seed, watch, operator)
    rehearsal.calls = Sent(rehearsal.calls, watch)
    rehearsal.run()

    assert watch.wrong == []
    assert watch.compared["write"] > 20
    assert watch.compared["queue"] > 0


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_nor_in_any_disturbance(seed):
    trial = Watched(seed).run()

    assert trial.wrong == []
    assert [line for watch in trial.watches for line in watch.wrong] == []
    assert sum(watch.compared["write"] for watch in trial.watches) > 5


class Operator:
    """A listener that gives and withdraws orders between cycles."""

    def __init__(self, chance: Random, store) -> None:
        self._chance, self._store = chance, store

    def status(self, status: Status) -> None:
        if self._chance.random() < 0.2:
            give_orders(self._store(), self._chance, status.at)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None
