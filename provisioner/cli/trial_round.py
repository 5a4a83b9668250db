"""Trial desktops that are probed: made by the running daemon, reached as a person would, and deleted.

For the standing readiness, and for a canary drill. Each order says until when its desktop may stay: if this command ends, or is
killed, the daemon deletes the desktop then; and after a kill of the daemon, once it runs again.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.cli.check_trial import (
    POLL_S,
    finding_of,
    free_names,
    say_changes,
    still_left,
    trial_desktops,
    withdraw,
)
from provisioner.cli.documents import CAPACITY, DESKTOPS, SURGE, DesktopDocument
from provisioner.cli.ordering import Desk
from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import OrderRefused
from provisioner.model.desktops import Phase
from provisioner.model.ids import Instant, ProfileName
from provisioner.model.intents import IntentKind
from provisioner.model.probes import ProbeResult, StepEnd
from provisioner.model.profiles import Profile
from provisioner.model.surges import SurgeState
from provisioner.model.trials import PlaceTried, TrialName, places_of, trial_named
from provisioner.reasons import subjects, trials
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.views.desktops import READY

_PROBE_S = 600.0
"""For the probe itself, and for a daemon that is busy: at most this long a desktop stays after the time that it may take."""
_COMING = frozenset({Phase.RESERVED.value, Phase.CLONED.value, Phase.STARTING.value})
_CALM = frozenset({SurgeState.PENDING.value, SurgeState.ENDED.value})
Reach = Callable[[DesktopDocument], ProbeResult]
"""Goes the way of a person to a desktop of the daemon's document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one trial desktop."""

    name: TrialName
    finding: Finding
    desktop: str = ""
    node: str = ""
    ready_s: float | None = None
    """From the order until it was ready, by the daemon's clock; None: it was not."""
    probe: ProbeResult | None = None

    @property
    def is_good(self) -> bool:
        """Made, ready and reached."""
        return self.probe is not None and self.probe.failed is None


@dataclass(slots=True)
class TrialRound:
    """One round: from the orders until the desktops are deleted."""

    daemon: Desk
    profiles: Mapping[ProfileName, Profile]
    reach: Reach
    pause: Callable[[float], object] = threading.Event().wait
    """Waits for so many real seconds between two looks."""
    _began: dict[str, Instant] = field(default_factory=dict)
    _tried: dict[str, Tried] = field(default_factory=dict)

    def run(self, wanted: Mapping[tuple[ProfileName, PlaceTried], int]) -> Sequence[Tried]:
        """So many desktops of each profile on each storage. Raises BasculeError; what was ordered is withdrawn in any case."""
        try:
            for (profile, place), count in wanted.items():
                self._order(profile, place, count)
            self._watch()
        finally:
            withdraw(self.daemon, list(self._began))
        return list(self._tried.values())

    def _order(self, profile: ProfileName, place: PlaceTried, count: int) -> None:
        for name in free_names(self.daemon, ["/".join((profile, *place))], count):
            now = self.daemon.now()
            try:
                self.daemon.give(IntentKind.TRIAL, name, until=now + _may_take_s(self.profiles[profile]))
            except OrderRefused as refused:
                self._tried[name] = _not_ordered(name, refused.reason)
                continue
            self._began[name] = now

    def _watch(self) -> None:
        """Until neither an order nor a desktop is left, or until none may be left."""
        said: dict[str, str] = {}
        ends = max((self._may_stay_until(name) for name in self._began), default=0.0)
        while left := dict(still_left(self.daemon, list(self._began))):
            say_changes(said, left)
            said = left
            self._look()
            if self.daemon.now() > ends:
                break
            self.pause(POLL_S)
        for name in self._began:
            if name in left or name not in self._tried:
                self._tried[name] = self._without_probe(name, left.get(name, ""))

    def _look(self) -> None:
        """Probe what is ready, and give it back."""
        for name, row in trial_desktops(self.daemon).items():
            if name in self._began and name not in self._tried and row["phase"] == Phase.READY.value:
                self._tried[name] = _reached(name, row, self.reach(row), self.daemon.now() - self._began[name])
                self.daemon.withdraw(IntentKind.TRIAL, name)

    def _may_stay_until(self, name: str) -> Instant:
        known = trial_named(name)
        assert known is not None, name
        return self._began[name] + _may_take_s(self.profiles[known.profile]) + _PROBE_S

    def _without_probe(self, name: str, left: str) -> Tried:
        if not left:
            return Tried(name=_named(name), finding=finding_of(self.daemon, name))
        before = self._tried.get(name)
        stays = trials.STAYS(desktop=before.desktop if before else name, storage=_storage(name), phase=left)
        finding = doubtful(subjects.PROFILE(profile=_named(name).profile), stays)
        if before is None or not before.is_good:
            return before or Tried(name=_named(name), finding=finding)
        return Tried(name=before.name, finding=finding, desktop=before.desktop, node=before.node, probe=before.probe)


def wanted_of(
    daemon: Desk, profiles: Mapping[ProfileName, Profile], counts: Mapping[ProfileName, int]
) -> tuple[Mapping[tuple[ProfileName, PlaceTried], int], Sequence[Finding]]:
    """How many trial desktops on each storage, of so many people of each profile; and what is left out, and why.

    At least one on each storage. The last place that is free is kept for people; in a surge, all are.
    """
    if (state := surge_state(daemon)) is not None:
        return {}, [doubtful(subjects.SCENARIO(), trials.IN_A_SURGE(state=state))]
    free = {entry["profile"]: entry["free"] for entry in daemon.ask(CAPACITY)["capacity"]}
    wanted, left_out = dict[tuple[ProfileName, PlaceTried], int](), list[Finding]()
    for name in sorted(counts):
        room = free.get(name, 0) - 1
        places = places_of(profiles[name])
        share = -(-counts[name] // max(1, len(places)))
        for place in places:
            wanted[name, place] = took = max(0, min(max(1, share), room))
            room -= took
            if not took:
                left_out.append(doubtful(subjects.PROFILE(profile=name), trials.LAST_PLACE(free=max(0, free.get(name, 0)))))
    return {key: count for key, count in wanted.items() if count}, left_out


def surge_state(daemon: Desk) -> str | None:
    """The state of a surge that is under way; None: none is. A run that has given everybody a desktop stays `running`, and is
    none: nobody waits, no batch is to come, and no person's desktop is on its way."""
    surge = daemon.ask(SURGE)
    if surge["run"] is None or (state := str(surge["run"]["state"])) in _CALM:
        return None
    if state != SurgeState.RUNNING.value or surge["waits"] or any(wave["later"] for wave in surge["waves"]):
        return state
    return state if any(map(_is_on_its_way, daemon.ask(DESKTOPS)["desktops"])) else None


def _is_on_its_way(row: DesktopDocument) -> bool:
    """Whether a person waits for this desktop."""
    target = row["target"]
    return row["phase"] in _COMING and target is not None and target["level"] == READY


def _may_take_s(profile: Profile) -> float:
    """The daemon judges a desktop that is late before this is over."""
    return profile.clone_timeout_s + profile.start_timeout_s + profile.ready_timeout_s + _PROBE_S


def _named(name: str) -> TrialName:
    known = trial_named(name)
    assert known is not None, name
    return known


def _storage(name: str) -> str:
    return "/".join(_named(name).place or ())


def _not_ordered(name: str, why: Reason) -> Tried:
    finding = doubtful(subjects.PROFILE(profile=_named(name).profile), trials.NOT_TRIED(why=why))
    return Tried(name=_named(name), finding=finding)


def _reached(name: str, row: DesktopDocument, probe: ProbeResult, ready_s: float) -> Tried:
    subject, storage = subjects.PROFILE(profile=_named(name).profile), _storage(name)
    if (failed := probe.failed) is not None:
        finding = bad(subject, trials.UNREACHED(storage=storage, what=trials.STEPS[failed.step.value](), why=failed.why))
    else:
        steps = join_reasons(_steps(probe), ALSO)
        took_ms = round(1000 * probe.took_s)
        finding = good(subject, trials.REACHED(storage=storage, ready_s=round(ready_s), took_ms=took_ms, steps=steps))
    return Tried(name=_named(name), finding=finding, desktop=row["name"], node=row["node"], ready_s=ready_s, probe=probe)


def _steps(probe: ProbeResult) -> Iterator[Reason]:
    for step in probe.steps:
        if step.end is not StepEnd.SKIPPED:
            yield trials.REACHED_STEP(name=step.step.value, took_ms=round(1000 * step.took_s))


__all__ = ["Reach", "TrialRound", "Tried", "surge_state", "wanted_of"]
