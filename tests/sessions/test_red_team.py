"""A program that has every number that names nobody, of a whole day, looks for one person's hours in them."""

import random
from collections.abc import Iterator
from dataclasses import asdict, replace
from math import isfinite
from typing import Any

import pytest

from monitors.collector import StatusCollector
from monitors.metric import KnownNames
from monitors.recorder import Recorder
from provisioner.model.ids import ClusterId, ProfileName, WaveName
from provisioner.model.session_counts import ALL_SHOWN
from provisioner.model.status import Status
from provisioner.views.figures import figures_document
from tests.builders.monitors import SetClock
from tests.sessions.desktops import SpeakingDesktop
from tests.sessions.site import Site

MORNING = 20_834 * 86_400.0
STEPS, EVERY_S = 96, 900.0
_PRIME = 2**61 - 1
FIRST = 5001
PLACES = (
    *[("standard", "Melun", "second")] * 16,
    *[("standard", "Meaux", "second")] * 9,
    *[("standard", "Meaux", "first")] * 4,
    *[("social", "Melun", "first")] * 7,
    ("social", "Meaux", "second"),
    *[("direction", "Melun", "first")] * 2,
    ("mayor", "Melun", "second"),
    ("standard", "Provins", "second"),
)
"""Profile, site and wave of each person: small profiles, a site of one person, and people who are alone in a combination."""


class Day:
    """People come and go; each quarter of an hour all numbers are noted, and who is there."""

    def __init__(self, *, merged: bool) -> None:
        vmids = range(FIRST, FIRST + len(PLACES))
        profiles, sites, waves = ({vmid: place[n] for vmid, place in zip(vmids, PLACES, strict=True)} for n in range(3))
        self.site = Site(profiles, at=MORNING, sites=sites, waves=waves)
        self.merged, self.draw, self.clock = merged, random.Random(7), SetClock(MORNING)
        known = KnownNames(
            profiles=tuple(map(ProfileName, sorted(set(profiles.values())))),
            clusters=(ClusterId("paris"),),
            waves=(WaveName("first"), WaveName("second")),
        )
        self.recorder = Recorder(clock=self.clock, known=known)
        self.desktops = {vmid: SpeakingDesktop(vmid=vmid, booted_at=MORNING - 600) for vmid in vmids}
        self.present: dict[int, list[int]] = {vmid: [] for vmid in vmids}
        self.numbers: list[dict[str, float]] = []

    def run(self) -> None:
        for desktop in self.desktops.values():
            self.site.pull(desktop)
        for step in range(STEPS):
            self.site.clock.at = self.clock.at = MORNING + step * EVERY_S + 1
            for vmid, desktop in self.desktops.items():
                self._come_or_go(vmid, desktop)
                self.site.push(desktop.push(self.site.clock.at))
            self.note(self.site.cycle())

    def _come_or_go(self, vmid: int, desktop: SpeakingDesktop) -> None:
        there, now = bool(desktop.sessions), self.site.clock.at
        if self.draw.random() < 0.2:
            there = not there
            desktop.changes(now - 0.5, **({"s": (f"p{vmid}", now - desktop.booted_at, True)} if there else {}))
        self.present[vmid].append(int(there))

    def note(self, status: Status) -> None:
        if not self.merged:
            status = replace(status, session_figures=replace(status.session_figures, groups=ALL_SHOWN))
        self.recorder.status(status)
        series = {
            f"{row.name}{labels}": value
            for row, rows in StatusCollector(self.recorder, clock=self.clock).rows()
            for labels, value in rows.items()
        }
        self.numbers.append({**series, **dict(_numbers("figures", asdict(figures_document(status))))})

    def series(self) -> list[list[int]]:
        """Every number over the day, and one that never changes."""
        names = {name for numbers in self.numbers for name in numbers}
        return [
            [1] * STEPS,
            *([_whole(numbers.get(name, 0.0)) for numbers in self.numbers] for name in sorted(names)),
        ]


def _whole(value: float) -> int:
    """In thousandths; -1: there is no number."""
    return round(1000 * value) % _PRIME if isfinite(value) else -1


def _numbers(name: str, part: Any) -> Iterator[tuple[str, float]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _numbers(f"{name}.{key}", value)
    elif isinstance(part, list | tuple):
        for value in part:
            label = value.get("label", "") if isinstance(value, dict) else ""
            yield from _numbers(f"{name}[{label}]", value)
    elif isinstance(part, int | float):
        yield name, float(part)


def computable(day: Day) -> list[int]:
    """People whose presence over the day is a sum of multiples of what was published."""
    basis: dict[int, list[int]] = {}
    for row in day.series():
        _take(basis, row)
    return [vmid for vmid, hours in day.present.items() if not any(_reduced(basis, hours))]


def _take(basis: dict[int, list[int]], row: list[int]) -> None:
    row = _reduced(basis, row)
    pivot = next((column for column, part in enumerate(row) if part), None)
    if pivot is not None:
        inverse = pow(row[pivot], -1, _PRIME)
        basis[pivot] = [part * inverse % _PRIME for part in row]


def _reduced(basis: dict[int, list[int]], row: list[int]) -> list[int]:
    for pivot in sorted(basis):
        if row[pivot]:
            factor = row[pivot]
            row = [(part - factor * by) % _PRIME for part, by in zip(row, basis[pivot], strict=True)]
    return row


@pytest.fixture(scope="module")
def day() -> Day:
    day = Day(merged=True)
    day.run()
    return day


@pytest.mark.long
def test_from_all_numbers_of_a_day_nobodys_hours_can_be_computed(day: Day):
    assert len(day.series()) < STEPS + len(day.numbers[0]), "there are numbers"
    assert computable(day) == []


@pytest.mark.long
def test_the_sums_hold_at_each_moment_and_in_each_kind(day: Day):
    for step, numbers in enumerate(day.numbers):
        there = sum(hours[step] for hours in day.present.values())
        for kind in ("profiles", "sites", "waves"):
            assert (
                sum(v for name, v in numbers.items() if name.startswith(f"figures.sessions.{kind}[") and name.endswith("open"))
                == there
            )
        for metric in ("bascule_sessions(", "bascule_site_sessions(", "bascule_wave_sessions("):
            assert sum(value for name, value in numbers.items() if name.startswith(metric)) == there


@pytest.mark.long
def test_without_merging_the_program_finds_the_person_who_has_a_profile_alone():
    day = Day(merged=False)
    day.run()

    assert FIRST + PLACES.index(("mayor", "Melun", "second")) in computable(day)
