"""The peaks that are kept up event by event are those of all events at once, however late and out of order they come."""

import random
from collections import Counter

import pytest

from provisioner.model.departures import DAY_S
from provisioner.model.session_counts import GroupKind, GroupPlace
from provisioner.sessions.timeline import HORIZON_S, Timeline

pytestmark = pytest.mark.long

MIDNIGHT = 20_000 * DAY_S
PLACES = (GroupPlace("standard", "Melun", "first"), GroupPlace("standard", "Meaux", "rest"), GroupPlace("gis", "Melun", "rest"))


def all_at_once(events: list[tuple[float, int, GroupPlace]], *, until: float) -> dict[tuple[int, object], int]:
    """By day and group, gone through from the beginning. What is open at midnight counts on the new day."""
    peaks: dict[tuple[int, object], int] = {}
    open_now: Counter[object] = Counter()
    day = int(min(at for at, _, _ in events) // DAY_S)
    for at, change, place in [*sorted(events), (until, 0, PLACES[0])]:
        while day < int(at // DAY_S):
            day += 1
            peaks |= {(day, group): count for group, count in open_now.items()}
        for group in (None, *zip(GroupKind, place, strict=True)) if change else ():
            open_now[group] += change
            if change > 0:
                peaks[day, group] = max(peaks.get((day, group), 0), open_now[group])
    return peaks


@pytest.mark.parametrize("seed", range(4))
def test_peaks_are_those_of_all_events_at_once(seed: int):
    draw = random.Random(seed)
    timeline, events, now = Timeline(), [], MIDNIGHT - 3 * 3600.0
    open_now: Counter[GroupPlace] = Counter()
    while len(events) < 1_500:
        now += draw.expovariate(1 / 12)
        place = draw.choice(PLACES)
        change = 1 if not open_now[place] or draw.random() < 0.55 else -1
        open_now[place] += change
        late_s = 0.0 if draw.random() < 0.9 else draw.uniform(0, HORIZON_S / 2 if draw.random() < 0.2 else 30.0)
        event = (max(MIDNIGHT - 3 * 3600.0, now - late_s), change, place)
        events.append(event)
        timeline.add(*event)
        if draw.random() < 0.2:
            timeline.settle(now)
        if draw.random() < 0.05:
            found = {(peak.day, peak.group): peak.most for peak in timeline.peaks(now)}
            expected = {key: most for key, most in all_at_once(events, until=now).items() if key in found or most > 0}
            assert found == expected, len(events)


def test_what_was_gone_through_survives_being_stored():
    timeline, now = Timeline(), MIDNIGHT
    for number in range(400):
        now += 4.0
        timeline.add(now, 1 if number % 3 else -1 if number else 1, PLACES[0])
        timeline.settle(now)
        timeline.day_peaks(now)

    assert Timeline(timeline.kept()).peaks(now) == timeline.peaks(now)
