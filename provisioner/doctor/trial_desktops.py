"""Trial desktops that are probed: how many on which storage, and what each has shown. Pure; commands order and watch them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provisioner.doctor.findings import Finding, bad, doubtful, good
from provisioner.model.ids import ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Profile
from provisioner.model.probes import ProbeResult, StepEnd
from provisioner.model.scenario.surges import SurgeState
from provisioner.model.trials import PlaceTried, TrialName, places_of, trial_named
from provisioner.reasons import subjects, trials
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.views.desktops import READY

PROBE_S = 600.0
"""For the probe itself, and for a daemon that is busy: at most this long a desktop stays after the time that it may take."""
_COMING = frozenset({Phase.RESERVED.value, Phase.CLONED.value, Phase.STARTING.value})
_CALM = frozenset({SurgeState.PENDING.value, SurgeState.ENDED.value})
Row = Mapping[str, Any]
"""A desktop of the daemon's document (`views.desktops.DesktopDocument`)."""


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


def shares_of(
    free: Mapping[str, int], profiles: Mapping[ProfileName, Profile], counts: Mapping[ProfileName, int]
) -> tuple[Mapping[tuple[ProfileName, PlaceTried], int], Sequence[Finding]]:
    """How many trial desktops on each storage, of so many people of each profile; and what is left out, and why.

    At least one on each storage. The last place that is free is kept for people.
    """
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


def in_a_surge(state: str) -> Finding:
    """Why nothing is tried: all places are kept for people."""
    return doubtful(subjects.SCENARIO(), trials.IN_A_SURGE(state=state))


def state_under_way(surge: Mapping[str, Any], desktops: Callable[[], Iterable[Row]]) -> str | None:
    """The state of a surge that is under way, by the daemon's documents; None: none is.

    A run that has given everybody a desktop stays `running`, and is none: nobody waits, no batch is to come, and no person's
    desktop is on its way.
    """
    if surge["run"] is None or (state := str(surge["run"]["state"])) in _CALM:
        return None
    if state != SurgeState.RUNNING.value or surge["waits"] or any(wave["later"] for wave in surge["waves"]):
        return state
    return state if any(map(_is_on_its_way, desktops())) else None


def _is_on_its_way(row: Row) -> bool:
    """Whether a person waits for this desktop."""
    target = row["target"]
    return row["phase"] in _COMING and target is not None and target["level"] == READY


def may_take_s(profile: Profile) -> float:
    """The daemon judges a desktop that is late before this is over."""
    return profile.clone_timeout_s + profile.start_timeout_s + profile.ready_timeout_s + PROBE_S


def named(name: str) -> TrialName:
    """Of a trial that was ordered."""
    known = trial_named(name)
    assert known is not None, name
    return known


def not_ordered(name: str, why: Reason) -> Tried:
    """The daemon has refused it."""
    return Tried(name=named(name), finding=_doubtful(name, trials.NOT_TRIED(why=why)))


def reached(name: str, row: Row, probe: ProbeResult, ready_s: float) -> Tried:
    """It was ready, and this is what a person would have found."""
    subject, storage = subjects.PROFILE(profile=named(name).profile), _storage(name)
    if (failed := probe.failed) is not None:
        finding = bad(subject, trials.UNREACHED(storage=storage, what=trials.STEPS[failed.step.value](), why=failed.why))
    else:
        steps = join_reasons(_steps(probe), ALSO)
        took_ms = round(1000 * probe.took_s)
        finding = good(subject, trials.REACHED(storage=storage, ready_s=round(ready_s), took_ms=took_ms, steps=steps))
    return Tried(name=named(name), finding=finding, desktop=row["name"], node=row["node"], ready_s=ready_s, probe=probe)


def stays(name: str, phase: str, before: Tried | None) -> Tried:
    """It was not deleted in time. `phase`: how far it is. `before`: what it has shown; None: nothing yet."""
    if before is not None and not before.is_good:
        return before
    desktop = name if before is None else before.desktop
    finding = _doubtful(name, trials.STAYS(desktop=desktop, storage=_storage(name), phase=phase))
    return Tried(name=named(name), finding=finding) if before is None else replace(before, finding=finding, ready_s=None)


def _doubtful(name: str, text: Reason) -> Finding:
    return doubtful(subjects.PROFILE(profile=named(name).profile), text)


def _storage(name: str) -> str:
    return "/".join(named(name).place or ())


def _steps(probe: ProbeResult) -> Iterator[Reason]:
    for step in probe.steps:
        if step.end is not StepEnd.SKIPPED:
            yield trials.REACHED_STEP(name=step.step.value, took_ms=round(1000 * step.took_s))


__all__ = [
    "PROBE_S",
    "Tried",
    "in_a_surge",
    "may_take_s",
    "named",
    "not_ordered",
    "reached",
    "shares_of",
    "state_under_way",
    "stays",
]
