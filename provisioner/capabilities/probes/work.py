"""Probes desktops while a surge is under way, one after the other, in a thread of its own: a log-on may take seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provisioner.capabilities.probes.decide.choice import next_desktops
from provisioner.capabilities.probes.decide.summary import evidence_in, state_of
from provisioner.capabilities.probes.decide.targets import probe_targets
from provisioner.capabilities.probes.model import STATE, LogonProbe, ProbeState
from provisioner.capabilities.probes.settings import PROBES
from provisioner.daemon.beside import SideWork, Surroundings
from provisioner.daemon.rounds import RoundThread
from provisioner.model.ids import DesktopName, ProfileName
from provisioner.model.people.profiles import Profile
from provisioner.model.probes import ProbeResult, ProbeTarget
from provisioner.model.scenario.surges import SurgeState
from provisioner.model.status import Status
from provisioner.ports import Clock

_UNDER_WAY = frozenset({SurgeState.RUNNING, SurgeState.GATED})
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRules:
    """How often, and for how long a result counts."""

    per_minute: int
    window_s: float
    zone: str = ""
    """Where names are published; empty: people connect to addresses."""


class ProbeWatch(RoundThread):
    """The last result of each desktop, within the window. Its thread opens connections to desktops, and does nothing else."""

    def __init__(
        self,
        probe: LogonProbe,
        rules: ProbeRules,
        *,
        profiles: Callable[[], Mapping[ProfileName, Profile]],
        clock: Clock,
        notice: Callable[[str, str], None],
    ) -> None:
        """`notice`: is told when what failures have in common changes."""
        super().__init__("probes", notice=notice)
        self._probe, self._rules, self._profiles, self._clock = probe, rules, profiles, clock
        self._results: dict[DesktopName, ProbeResult] = {}
        self._state = ProbeState()

    def now(self) -> ProbeState:
        """What is known. Any thread may ask."""
        return self._state

    def once(self, status: Status) -> ProbeState:
        """One probe, if a surge is under way; then what all results of the window say."""
        self._forget(status)
        if status.surge is not None and status.surge.state in _UNDER_WAY:
            target = self._next(probe_targets(status, self._profiles(), zone=self._rules.zone))
            if target is not None:
                self._results[target.desktop] = self._probe.probe(target)
        before, self._state = self._state, state_of(tuple(self._results.values()))
        self._say(before, self._state)
        return self._state

    def _forget(self, status: Status) -> None:
        """What is older than the window, and desktops that are gone."""
        oldest = self._clock.now() - self._rules.window_s
        kept = {name: each for name, each in self._results.items() if each.at >= oldest and name in status.desktops}
        self._results = kept

    def _next(self, targets: Mapping[DesktopName, ProbeTarget]) -> ProbeTarget | None:
        """The most telling of those without a result; if all have one, the oldest again."""
        new = {name: target.factors for name, target in targets.items() if name not in self._results}
        if new:
            return targets[next_desktops(new, evidence_in(self._results.values()), 1)[0]]
        again = sorted((self._results[name].at, name) for name in targets)
        return targets[again[0][1]] if again else None

    def _say(self, before: ProbeState, state: ProbeState) -> None:
        if state.causes == before.causes and state.everywhere == before.everywhere:
            return
        self._notice("probes", str(state.what) if state.is_sure else "it is no longer sure what failed desktops have in common")

    def round(self) -> None:
        """With the last status, if there is one."""
        if (status := self._status) is not None:
            self.once(status)

    def pause(self) -> None:
        """So many probes a minute, at most."""
        self._over.wait(_MINUTE_S / self._rules.per_minute)


def _make(around: Surroundings) -> ProbeWatch | None:
    settings = around.settings()
    section = settings.sections[PROBES]
    if section is None or not section.per_minute:
        return None
    # Only if configured: it loads dnspython.
    from provisioner.capabilities.probes.outside.chain import LogonChain

    return ProbeWatch(
        LogonChain(section, clock=around.clock),
        ProbeRules(per_minute=section.per_minute, window_s=section.window_s, zone=settings.desktop_zone),
        profiles=lambda: around.settings().profiles,
        clock=around.clock,
        notice=around.notice,
    )


WORK = SideWork(part=STATE, make=_make)
