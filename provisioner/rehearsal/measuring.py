"""Collects what the clusters show: a listener of the control loop, from which the daemon keeps measurements now and then. And
gives what was kept to a meter: how fast clones and boots were, which the daemon has in memory while it makes desktops.

Without that a rehearsal would begin as a daemon that has just been started, with few clones and boots at once. A daemon itself
begins with the boots of earlier days.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from statistics import median

from provisioner.model.actions import Clone, Migrate, Outcome, Result, Start
from provisioner.model.ids import ClusterId, DesktopName, Instant, LockDomain, NodeKey, NodeName, ProfileName
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import CloneKind, Profile
from provisioner.model.scenario.etas import MeasuredKind, Measurement
from provisioner.model.status import Status
from provisioner.model.words import JournalWord
from provisioner.pacing.boot_limits import Boot
from provisioner.pacing.clone_limits import CloneRun
from provisioner.pacing.measurements import Meter
from provisioner.pacing.runs import Run, with_parallel
from provisioner.ports import ApiCall

_BESIDE = 64
"""Ended runs of a place that may have run beside the next one: twice as many as run at once."""
_FORGOTTEN_S = 3_600.0
"""A run that has not ended after so long does not count as running any more: its end was not seen."""
_OK = "ok"
CLONES = frozenset({MeasuredKind.CLONE, MeasuredKind.FULL_CLONE})
BOOTS = frozenset({MeasuredKind.BOOT, MeasuredKind.FIRST_BOOT})
PAUSE_S = 600.0
"""Clones that begin after a longer pause belong to another burst: nothing of Bascule takes so long in between."""


class Measuring:
    """The latest measurements, until they are taken. Safe from any thread."""

    def __init__(self, profiles: Callable[[], Mapping[ProfileName, Profile]]) -> None:
        """`profiles` are those in force."""
        self._profiles = profiles
        self._lock = threading.Lock()
        self._new: list[Measurement] = []
        self._answers: defaultdict[ClusterId, list[float]] = defaultdict(list)
        self._clones: dict[DesktopName, Clone] = {}
        """Ordered clones, until their desktop was ready for the first time."""
        self._running: defaultdict[str, dict[DesktopName, Instant]] = defaultdict(dict)
        """By place, when each clone or boot under way was ordered."""
        self._ended: defaultdict[str, deque[Run]] = defaultdict(lambda: deque(maxlen=_BESIDE))
        self._nodes: dict[DesktopName, tuple[str, ProfileName]] = {}
        """Where each desktop is."""

        self.clones = 0
        """Measured so far."""
        self.boots = 0
        """Measured so far."""

    def take(self, now: Instant) -> tuple[Measurement, ...]:
        """What was measured since the last call."""
        new = self.take_runs()
        with self._lock:
            answers, self._answers = self._answers, defaultdict(list)
        medians = (
            Measurement(
                kind=MeasuredKind.ANSWER, place=cluster, began_at=now, took_s=median(seconds), parallel=float(len(seconds))
            )
            for cluster, seconds in sorted(answers.items())
        )
        return (*new, *medians)

    def take_runs(self) -> tuple[Measurement, ...]:
        """The clones, boots and moves alone: answers stay together, of which only a median over a while is kept."""
        with self._lock:
            new, self._new = self._new, []
        return tuple(new)

    def api_call(self, call: ApiCall) -> None:
        """Answers to writes: a read may wait for a guest instead."""
        if call.method != "GET" and call.outcome == _OK:
            with self._lock:
                self._answers[call.cluster].append(call.seconds)

    def status(self, status: Status) -> None:
        """Clones that were ordered, and where the desktops are."""
        for action in status.plan.actions:
            if isinstance(action, Clone):
                self._clones[action.desktop] = action
                self._running[action.lock_domain][action.desktop] = status.at
        names = status.desktops if status.moved is None else status.moved
        for name in names:
            if (desktop := status.desktops.get(name)) is not None:
                reservation = desktop.reservation
                self._nodes[name] = (f"{reservation.cluster}/{desktop.node}", reservation.profile)
            else:
                self._nodes.pop(name, None)

    def outcome(self, outcome: Outcome) -> None:
        """The end of a clone; the beginning and the end of a boot."""
        name, done = outcome.desktop, outcome.result is Result.DONE
        clone = self._clones.get(name)
        if outcome.action == Clone.word and clone is not None:
            self._running[clone.lock_domain].pop(name, None)
            if done:
                full = clone.profile.clone is CloneKind.FULL
                kind = MeasuredKind.FULL_CLONE if full else MeasuredKind.CLONE
                self._record(kind, clone.lock_domain, clone.profile.image, outcome)
        elif name in self._nodes and outcome.action == Migrate.word and done:
            node, profile = self._nodes[name]
            if (of_profile := self._profiles().get(profile)) is not None:
                self._record(MeasuredKind.MIGRATE, node, of_profile.image, outcome)
        elif name in self._nodes and outcome.action == Start.word and done:
            self._running[self._nodes[name][0]][name] = outcome.started_at
        elif name in self._nodes and outcome.action == JournalWord.READY:
            node, profile = self._nodes[name]
            self._running[node].pop(name, None)
            kind = MeasuredKind.BOOT if self._clones.pop(name, None) is None else MeasuredKind.FIRST_BOOT
            if (of_profile := self._profiles().get(profile)) is not None:
                self._record(kind, node, of_profile.image, outcome)

    def _record(self, kind: MeasuredKind, place: str, image: str, outcome: Outcome) -> None:
        run = Run(began_at=outcome.started_at, ended_at=outcome.ended_at)
        if run.took_s <= 0:  # the guest's clock is wrong
            return
        running = self._running[place].values()
        run = with_parallel(run, self._ended[place], (at for at in running if at > run.ended_at - _FORGOTTEN_S))
        self._ended[place].append(run)
        measurement = Measurement(
            kind=kind, place=place, image=image, began_at=run.began_at, took_s=run.took_s, parallel=run.parallel
        )
        if kind in (MeasuredKind.CLONE, MeasuredKind.FULL_CLONE):
            self.clones += 1
        elif kind is not MeasuredKind.MIGRATE:
            self.boots += 1
        with self._lock:
            self._new.append(measurement)

    def directory_read(self, roster: Roster | None, error: str) -> None:
        """Nothing to measure."""

    def notice(self, subject: str, text: str) -> None:
        """Nothing to measure."""


def going_on(measured: Iterable[Measurement], *, now: Instant) -> tuple[Measurement, ...]:
    """The measurements of desktops that are being made now, without a long pause, in the order of their ends."""
    latest = sorted((each for each in measured if each.kind in CLONES | BOOTS), key=lambda each: each.ended_at, reverse=True)
    kept: list[Measurement] = []
    since = now
    for each in latest:
        if each.ended_at < since - PAUSE_S:
            break
        kept.append(each)
        since = min(since, each.began_at)
    return tuple(reversed(kept))


def recall(meter: Meter, measured: Iterable[Measurement], profiles: Mapping[ProfileName, Profile]) -> None:
    """Put the measurements into the meter; they are in the order of their ends."""
    clones: defaultdict[LockDomain, list[CloneRun]] = defaultdict(list)
    boots: list[Measurement] = []
    for each in measured:
        if each.kind in CLONES:
            run = CloneRun(began_at=each.began_at, ended_at=each.ended_at, parallel=each.parallel)
            clones[LockDomain(each.place)].append(run)
        else:
            boots.append(each)
    meter.recall(clones, _boots_of(boots, profiles))


def recall_days(meter: Meter, measured: Iterable[Measurement], profiles: Mapping[ProfileName, Profile]) -> None:
    """Put the first boots of earlier days into the meter: what a node can do does not change overnight."""
    boots = (each for each in measured if each.kind is MeasuredKind.FIRST_BOOT)
    meter.recall_days(_boots_of(sorted(boots, key=lambda each: each.ended_at), profiles))


def _boots_of(measured: Iterable[Measurement], profiles: Mapping[ProfileName, Profile]) -> dict[NodeKey, list[Boot]]:
    by_image = {profile.image: name for name, profile in sorted(profiles.items(), reverse=True)}
    boots: defaultdict[NodeKey, list[Boot]] = defaultdict(list)
    for each in measured:
        if (profile := by_image.get(each.image)) is None:
            continue
        cluster, _, node = each.place.partition("/")
        boot = Boot(
            began_at=each.began_at,
            ended_at=each.ended_at,
            parallel=each.parallel,
            profile=profile,
            image=each.image,
            first=each.kind is MeasuredKind.FIRST_BOOT,
            expected_s=profiles[profile].expected_ready_s,
        )
        boots[NodeKey(ClusterId(cluster), NodeName(node))].append(boot)
    return boots


__all__ = ["BOOTS", "CLONES", "PAUSE_S", "Measuring", "going_on", "recall", "recall_days"]
