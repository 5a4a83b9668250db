"""A day of session events in virtual time: bursts, dead guests, lost, doubled and late pushes, wrong clocks, a daemon
that is killed each hour, and desktops that are only read."""

import heapq
import os
import random
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import pytest

from provisioner.model.session_counts import GroupKind
from provisioner.sessions.push import Push
from tests.sessions.desktops import SpeakingDesktop
from tests.sessions.site import UNKNOWN_AFTER_S, Site

DAY = 86_400.0
MIDNIGHT = 20_834 * DAY
DESKTOPS, EVENTS_EACH = int(os.environ.get("BASCULE_DAY_DESKTOPS", "100")), 50
"""400 of them have 20,000 events: minutes of processor time."""
PUSHED, PULLED, DYING = "pushed", "pulled", "dying"
BURSTS = ((8.0, 8.33), (12.0, 12.2), (13.5, 13.8), (17.0, 17.5))
"""Hours; half of all events are in them."""
HEARTBEAT_S, PULL_S, CYCLE_S, SAMPLE_S = 600.0, 900.0, 60.0, 180.0
"""Each is longer than at a site, where a day of 1,700 desktops has two million heartbeats; so none of them is lost here."""
SETTLED_S = 2.2 * HEARTBEAT_S + 120.0
"""What a lost push would have told is told by the next heartbeat; and what a killed daemon had not stored, by the one after."""
LOST, DOUBLED, HELD_BACK = 0.03, 0.03, 0.01


@dataclass
class Truth:
    """How many sessions are open, by kind of desktop, by site and by wave."""

    changes: dict[str, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))

    def note(self, kind: str, at: float, change: int) -> None:
        self.changes[kind].append((at, change))

    def settle(self) -> None:
        self.times = {kind: [at for at, _ in sorted(changes)] for kind, changes in self.changes.items()}
        self.counts: dict[str, list[int]] = {}
        for kind, changes in self.changes.items():
            total, counts = 0, [0]
            for _, change in sorted(changes):
                total += change
                counts.append(total)
            self.counts[kind] = counts

    def open_at(self, kind: str, at: float) -> int:
        return self.counts[kind][bisect_right(self.times[kind], at)]

    def peak(self, kind: str) -> int:
        return max(self.counts[kind])


class Day:
    """Everything that happens, in order."""

    def __init__(self, seed: int) -> None:
        self.draw, self.truth, self.queue, self.order = random.Random(seed), Truth(), [], 0
        self.kinds = {5001 + n: PULLED if n % 20 == 0 else DYING if n % 20 == 1 else PUSHED for n in range(DESKTOPS)}
        pushed = {vmid: kind == PUSHED for vmid, kind in self.kinds.items()}
        self.sites = {vmid: ("Melun", "Meaux")[vmid % 2] if own else "Torcy" for vmid, own in pushed.items()}
        self.waves = {vmid: ("first", "second")[vmid % 3 > 0] if own else "last" for vmid, own in pushed.items()}
        self.site = Site(self.kinds, at=MIDNIGHT, sites=self.sites, waves=self.waves)
        skews = {PUSHED: 300.0, DYING: 300.0, PULLED: 150.0}
        """Seconds. What is only read has to have a clock that is right within three minutes, else it stays unknown."""
        self.desktops = {
            vmid: SpeakingDesktop(vmid=vmid, booted_at=MIDNIGHT - 600, skew_s=self.draw.uniform(-1, 1) * skews[kind])
            for vmid, kind in self.kinds.items()
        }
        self.dies = {v: MIDNIGHT + self.draw.uniform(0.1, 0.9) * DAY for v, kind in self.kinds.items() if kind == DYING}
        self.results: Counter[str] = Counter()

    def at(self, when: float, what: str, *about: object) -> None:
        if when >= MIDNIGHT + DAY:
            return
        self.order += 1
        heapq.heappush(self.queue, (when, self.order, what, about))

    def plan(self) -> None:
        """Each desktop's day; no two events of the site within a tenth of a second."""
        ticks: set[int] = set()
        for vmid in self.kinds:
            own: list[int] = []
            while len(own) < EVENTS_EACH:
                tick = self._tick()
                if tick not in ticks:
                    ticks.add(tick)
                    own.append(tick)
            self._plan_sessions(vmid, sorted(own))
            self.at(MIDNIGHT, "pull", vmid)
            if self.kinds[vmid] != PULLED:
                self.at(MIDNIGHT + self.draw.uniform(1, HEARTBEAT_S), "heartbeat", vmid)
        for second in range(0, int(DAY), int(CYCLE_S)):
            self.at(MIDNIGHT + second + 0.05, "cycle")
        for second in range(int(SETTLED_S) + 60, int(DAY), int(SAMPLE_S)):
            self.at(MIDNIGHT + second + 0.55, "sample")
        for hour in range(1, 24):
            self.at(MIDNIGHT + hour * 3600 + 17.0, "kill")
        self.truth.settle()

    def _tick(self) -> int:
        if self.draw.random() < 0.5:
            return int(self.draw.uniform(*self.draw.choice(BURSTS)) * 36_000)
        return int(self.draw.uniform(0.1, 23.5) * 36_000)

    def _plan_sessions(self, vmid: int, ticks: list[int]) -> None:
        state = "off"
        for tick in ticks:
            now = MIDNIGHT + tick / 10
            if now > self.dies.get(vmid, now):
                return
            state = self.draw.choice({"off": ["on"], "on": ["off", "gone"], "gone": ["on", "off"]}[state])
            before = self.state_of.get(vmid, "off")
            if (before == "off") != (state == "off"):
                for of in (self.kinds[vmid], self.sites[vmid], self.waves[vmid]):
                    self.truth.note(of, now, 1 if state != "off" else -1)
            self.state_of[vmid] = state
            self.at(now, "event", vmid, state)

    @property
    def state_of(self) -> dict[int, str]:
        return self.__dict__.setdefault("_states", {})

    def run(self) -> None:
        while self.queue:
            now, _, what, about = heapq.heappop(self.queue)
            self.site.clock.at = now
            getattr(self, f"_{what}")(now, *about)

    def _event(self, now: float, vmid: int, state: str) -> None:
        desktop = self.desktops[vmid]
        uptime = now - desktop.booted_at
        since = next((since for _, since, _ in desktop.sessions.values()), uptime)
        kept = {} if state == "off" else {"s": (f"p{vmid}", since, state == "on")}
        if self.kinds[vmid] == PULLED:  # an image that notes no events
            desktop.sessions = kept
            return
        desktop.changes(now, **kept)
        self._send(now, vmid)

    def _heartbeat(self, now: float, vmid: int) -> None:
        if now <= self.dies.get(vmid, now):
            self._send(now, vmid, lost=0.0)
            self.at(now + HEARTBEAT_S * self.draw.uniform(0.9, 1.1), "heartbeat", vmid)

    def _send(self, now: float, vmid: int, *, lost: float = LOST) -> None:
        push, chance = self.desktops[vmid].push(now), self.draw.random()
        if chance < lost:
            return
        delay = self.draw.uniform(5, 100) if chance > 1 - HELD_BACK else self.draw.uniform(0.005, 0.05)
        self.at(now + delay, "arrive", push)
        if chance < LOST + DOUBLED:
            self.at(now + self.draw.uniform(0.01, 30), "arrive", push)

    def _arrive(self, now: float, push: Push) -> None:
        self.site.hear([(push, now)])

    def _pull(self, now: float, vmid: int) -> None:
        self.site.pull(self.desktops[vmid])
        if self.kinds[vmid] == PULLED:
            self.at(now + PULL_S, "pull", vmid)

    def _cycle(self, _: float) -> None:
        self.site.cycle()

    def _kill(self, _: float) -> None:
        self.note_results()
        self.site.restart()

    def note_results(self) -> None:
        self.results.update({word.value: count for word, count in self.site.figures.pushes.items()})

    def _sample(self, now: float) -> None:
        counts = self.site.intake.counts()
        then = now - SETTLED_S
        found = sum(count for place, count in counts.base.items() if place.profile == PUSHED)
        found += sum(change for at, change, place in counts.recent if place.profile == PUSHED and at <= then)
        assert found == self.truth.open_at(PUSHED, then), (then - MIDNIGHT, self.results)
        self._check_pulled()
        self._check_dying(now)

    def _check_pulled(self) -> None:
        """All were read at the same moments: what is counted is what was true then."""
        now = self.site.clock.at
        read_at = MIDNIGHT + (now - MIDNIGHT) // PULL_S * PULL_S
        assert self.site.open(PULLED) == self.truth.open_at(PULLED, read_at)

    def _check_dying(self, now: float) -> None:
        """Whoever has been silent for half an hour is not counted as somebody without sessions, nor with any."""
        long_dead = [v for v, at in self.dies.items() if at < now - UNKNOWN_AFTER_S - HEARTBEAT_S - CYCLE_S]
        for vmid in long_dead:
            assert self.site.state(self.site.names[vmid]).sessions is None
            known = self.site.intake.known(self.site.names[vmid])
            assert known is None or known.open == 0


@pytest.mark.long
@pytest.mark.parametrize("seed", [1])
def test_a_day_is_exact_to_the_event_where_pushes_arrive_and_unknown_where_nothing_does(seed: int):
    day = Day(seed)
    day.plan()
    day.run()
    day.note_results()

    assert sum(len(day.truth.changes[kind]) for kind in (PUSHED, PULLED, DYING)) > 20 * DESKTOPS, (
        "of 20,000 events, those that begin or end a session"
    )
    assert day.site.figures.day_peaks[GroupKind.PROFILE, PUSHED] == day.truth.peak(PUSHED)
    for kind, labels in ((GroupKind.SITE, ("Melun", "Meaux")), (GroupKind.WAVE, ("first", "second"))):
        found = {label: day.site.figures.day_peaks[kind, label] for label in labels}
        assert found == {label: day.truth.peak(label) for label in labels}, "by site and wave, through 23 restarts"
    assert set(day.results) == {"accepted", "repeated"}
    assert day.results["repeated"] > DESKTOPS
