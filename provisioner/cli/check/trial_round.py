"""Trial desktops that are probed: made by the running daemon, reached as a person would, and deleted.

For the standing readiness, and for a canary drill. Each order says until when its desktop may stay: if this command ends, or is
killed, the daemon deletes the desktop then; and after a kill of the daemon, once it runs again.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from provisioner.cli.check.trial import (
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
from provisioner.doctor.findings import Finding
from provisioner.doctor.trial_desktops import (
    PROBE_S,
    Tried,
    in_a_surge,
    may_take_s,
    named,
    not_ordered,
    reached,
    shares_of,
    state_under_way,
    stays,
)
from provisioner.errors import OrderRefused
from provisioner.model.ids import Instant, ProfileName
from provisioner.model.intents import IntentKind
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Profile
from provisioner.model.probes import ProbeResult
from provisioner.model.trials import PlaceTried

Reach = Callable[[DesktopDocument], ProbeResult]
"""Goes the way of a person to a desktop of the daemon's document."""


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
                self.daemon.give(IntentKind.TRIAL, name, until=now + may_take_s(self.profiles[profile]))
            except OrderRefused as refused:
                self._tried[name] = not_ordered(name, refused.reason)
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
                self._tried[name] = reached(name, row, self.reach(row), self.daemon.now() - self._began[name])
                self.daemon.withdraw(IntentKind.TRIAL, name)

    def _may_stay_until(self, name: str) -> Instant:
        return self._began[name] + may_take_s(self.profiles[named(name).profile]) + PROBE_S

    def _without_probe(self, name: str, left: str) -> Tried:
        if left:
            return stays(name, left, self._tried.get(name))
        return Tried(name=named(name), finding=finding_of(self.daemon, name))


def wanted_of(
    daemon: Desk, profiles: Mapping[ProfileName, Profile], counts: Mapping[ProfileName, int]
) -> tuple[Mapping[tuple[ProfileName, PlaceTried], int], Sequence[Finding]]:
    """How many trial desktops on each storage, by what is free now; none while a surge is under way."""
    if (state := surge_state(daemon)) is not None:
        return {}, [in_a_surge(state)]
    return shares_of({entry["profile"]: entry["free"] for entry in daemon.ask(CAPACITY)["capacity"]}, profiles, counts)


def surge_state(daemon: Desk) -> str | None:
    """The state of a surge that is under way; None: none is."""
    surge = daemon.ask(SURGE)
    return state_under_way(surge, lambda: daemon.ask(DESKTOPS)["desktops"])


__all__ = ["Reach", "TrialRound", "surge_state", "wanted_of"]
