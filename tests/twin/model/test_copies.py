"""Copies at the same time share a storage's bandwidth: worked out by hand."""

from typing import Any

import pytest

from provisioner.model.machines.twin_spec import StorageSpec
from provisioner.twin.engine.events import EventHeap, Process, Running, pause
from provisioner.twin.model.storages import Copies, Domain


class Copying:
    """Copies between storages, each of one GiB a second, and when they ended."""

    def __init__(self, storages: str, *, begin: float = 0.0) -> None:
        self.events = EventHeap(begin)
        self.copies = Copies(self.events)
        self.domains = {
            name: Domain(
                StorageSpec(storage=name, shared=True, copy_gib_per_second=1.0),
                "pve1",
                events=self.events,
                quorate=lambda: True,
            )
            for name in storages
        }  # fmt: skip
        self.ended: dict[str, float] = {}
        self.running: dict[str, Running[Any]] = {}

    def begin(self, name: str, size_gib: float, *, at: float, on: str) -> None:
        self.running[name] = Running(
            self._copy(size_gib, at=at, on=on), done=lambda _: self._note(name), failed=lambda _: self._note(name)
        )
        self.running[name].start()

    def _copy(self, size_gib: float, *, at: float, on: str) -> Process[None]:
        yield pause(self.events, at)
        yield from self.copies.copy(size_gib, [self.domains[storage] for storage in on])

    def _note(self, name: str) -> None:
        self.ended[name] = round(self.events.now, 6)


def test_copies_on_one_storage_share_it() -> None:
    copying = Copying("a")
    copying.begin("first", 10, at=0, on="a")
    copying.begin("second", 3, at=4, on="a")
    copying.events.advance(100)

    assert copying.ended == {"second": 10.0, "first": 13.0}
    assert copying.domains["a"].copying_s == pytest.approx(13)


def test_storages_of_their_own_do_not_disturb_each_other() -> None:
    copying = Copying("ab")
    copying.begin("first", 10, at=0, on="a")
    copying.begin("second", 10, at=0, on="b")
    copying.events.advance(100)

    assert copying.ended == {"first": 10.0, "second": 10.0}


def test_a_copy_between_storages_is_as_fast_as_its_smaller_share() -> None:
    copying = Copying("ab")
    copying.begin("across", 4, at=0, on="ab")
    copying.begin("beside", 4, at=0, on="b")
    copying.events.advance(100)

    assert copying.ended == {"across": 8.0, "beside": 8.0}
    assert {name: domain.copying_s for name, domain in copying.domains.items()} == {
        "a": pytest.approx(8),
        "b": pytest.approx(8),
    }


def test_todays_dates_are_fine_enough():
    """Seconds since 1970 have steps of 0.2 µs: a rest that takes less would never end."""
    copying = Copying("ab", begin=1.7e9)
    for number in range(50):
        copying.begin(str(number), 3.1 + number / 7, at=number / 3, on="ab" if number % 3 else "b")
    copying.events.advance(1.7e9 + 10_000)

    assert len(copying.ended) == 50


@pytest.mark.parametrize("ending", ["kill", "interrupt"])
def test_what_a_copy_leaves_is_there_for_the_others(ending: str) -> None:
    copying = Copying("a")
    copying.begin("first", 10, at=0, on="a")
    copying.begin("second", 10, at=0, on="a")
    copying.events.advance(4)
    if ending == "kill":
        copying.running["first"].kill()
    else:
        copying.running["first"].interrupt(RuntimeError("interrupted"))
    copying.events.advance(100)

    assert copying.ended["second"] == 12.0
    assert copying.domains["a"].copies == 0
