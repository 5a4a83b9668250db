"""What planning takes from the measurements: the limits, and how long clones and boots take. And the limit of parallel calls
to a node's API. Pure.

Proxmox VE has three workers on each node (pveproxy and pvedaemon; configurable since PVE 9). More calls only queue, and the
proxy gives up a queued call after 30 s while the call still runs.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from provisioner.actions.registry import node_asked
from provisioner.model.actions import Action, Plan, seat_at
from provisioner.model.deferrals import Deferral
from provisioner.model.ids import DesktopName, Instant, LockDomain, NodeKey
from provisioner.model.people.profiles import Profile
from provisioner.model.words import WaitsFor
from provisioner.pacing.boot_limits import GENERATION, BootHistory, node_pace, spread_of
from provisioner.pacing.boot_progress import NodeBoots, Started, boots_on
from provisioner.pacing.probe_timing import LATELY_S, first_asked_s
from provisioner.reasons.reason import Argument
from provisioner.reasons.steps import API_BUSY, API_BUSY_EACH

_CROWDED = 2.0
"""Boots that take so many times as long as the profile says had too many others: other nodes are then given no more yet."""
WORKERS = 3
_ANSWERED_WITHIN_S = 10.0
"""A third of the proxy's time-out: there are other clients, and some calls take longer than most."""
_UNMEASURED = 8 * WORKERS


class Limits(Protocol):
    """Limits for one plan. Times in seconds."""

    @property
    def clones(self) -> Mapping[LockDomain, int]:
        """Parallel clones for each lock domain that was measured."""

    @property
    def clone_s(self) -> Mapping[LockDomain, float]:
        """How long a clone holds the lock of each measured domain."""

    @property
    def lock_timeouts(self) -> Mapping[LockDomain, int]:
        """Clones of each domain that waited for its lock in vain, since the daemon's start."""

    @property
    def answers_s(self) -> Mapping[NodeKey, float]:
        """Duration of a call to each measured node, from which the number of parallel calls follows (`call_limit`)."""

    @property
    def boots_known(self) -> int:
        """How many boots of all nodes were measured, of the latest."""

    @property
    def boot_spread(self) -> float:
        """σ of the logarithm of how long boots take; a guess until a generation of them has ended."""

    def boot_alone_s(self, profile: Profile, node: NodeKey | None = None) -> float:
        """From a start order to ready, with few parallel boots; on this node, or on any."""

    def boots_measured(self, profile: Profile, node: NodeKey | None = None) -> bool:
        """Whether any boot of the profile has ended; before, how long one takes is only the profile's own figure. Where few of
        the node's own have ended, whether those elsewhere show it: not if they took far longer than the profile says."""

    def first_probe_s(self, profile: Profile, before: int) -> float | None:
        """From a start order to the first probe of a boot that so many others come before; None: once it should be ready."""

    def soonest_ready_s(self, profile: Profile) -> float:
        """From a start order to when the quickest boot of its image was ready; 0 as long as few are known."""

    def slow_after_s(self, profile: Profile) -> float:
        """From a start order to when it is slower than boots of its image are; it may become ready all the same."""

    def boots_on(self, node: NodeKey, started: Mapping[DesktopName, Started], now: Instant) -> NodeBoots:
        """The boots in progress on a node, and how many there may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLimits:
    """Computed from the latest measurements."""

    clones: Mapping[LockDomain, int] = field(default_factory=dict)
    clone_s: Mapping[LockDomain, float] = field(default_factory=dict)
    lock_timeouts: Mapping[LockDomain, int] = field(default_factory=dict)
    booted: BootHistory = BootHistory()
    answers_s: Mapping[NodeKey, float] = field(default_factory=dict)

    @property
    def boots_known(self) -> int:
        """Of each node, those that its pace is made of."""
        return sum(map(len, self.booted.of_node.values()))

    @property
    def boot_spread(self) -> float:
        """Of each node's latest ones, beside its usual one."""
        return spread_of(self.booted.of_node.values(), self.booted.alone_s)

    def boot_alone_s(self, profile: Profile, node: NodeKey | None = None) -> float:
        """As measured, or else as the profile says."""
        anywhere_s = self.booted.alone_s.get(profile.name, profile.expected_ready_s)
        return anywhere_s if node is None else anywhere_s * self.booted.slower.get(node, 1.0)

    def boots_measured(self, profile: Profile, node: NodeKey | None = None) -> bool:
        """Those of earlier days count, too."""
        alone_s = self.booted.alone_s.get(profile.name)
        if node is None or len(self.booted.of_node.get(node, ())) >= GENERATION:
            return alone_s is not None
        return alone_s is not None and alone_s <= _CROWDED * profile.expected_ready_s

    def first_probe_s(self, profile: Profile, before: int) -> float | None:
        """On a schedule of its own until a guest has answered; then when one does that sets itself up for long."""
        alone_s, answered_s = (known.get(profile.name) for known in (self.booted.alone_s, self.booted.answered_s))
        if before == 0 and answered_s is not None and 2 * answered_s < (alone_s or LATELY_S):  # its guests say it: no fact
            return max(answered_s, first_asked_s(0))
        return first_asked_s(before) if alone_s is None or answered_s is None else None

    def soonest_ready_s(self, profile: Profile) -> float:
        """As this image's own boots show."""
        return self.booted.soonest_s.get(profile.name, 0.0)

    def slow_after_s(self, profile: Profile) -> float:
        """As this image's own boots show; before they do, when the profile gives it up."""
        return min(profile.ready_timeout_s, self.booted.slow_after_s.get(profile.name, profile.ready_timeout_s))

    def boots_on(self, node: NodeKey, started: Mapping[DesktopName, Started], now: Instant) -> NodeBoots:
        """As the latest boots of the node show."""
        finished = self.booted.of_node.get(node, ())
        slower = self.booted.slower.get(node, 1.0)
        pace = node_pace(finished, self.booted.anywhere, len(started), self.booted.alone_s, slower)
        return boots_on(started, finished, pace, now)


def call_limit(answer_s: float | None) -> int:
    """Parallel calls to one node so that the last is answered in time. `answer_s`: duration of one call, with queueing."""
    if answer_s is None:
        return _UNMEASURED
    return max(WORKERS, int(WORKERS * _ANSWERED_WITHIN_S / max(answer_s, 0.01)))


def limit_calls(plan: Plan, unanswered: Mapping[NodeKey, int], answers_s: Mapping[NodeKey, float]) -> Plan:
    """The plan without the calls that a node would queue for too long; each is deferred with its reason."""
    pending = Counter(unanswered)
    actions: list[Action] = []
    deferred: list[Deferral] = []
    for action in plan.actions:
        node = node_asked(action)
        if node is not None and pending[node] >= call_limit(answers_s.get(node)):
            deferred.append(_deferral(action, node, answers_s.get(node), pending[node]))
            continue
        if node is not None:
            pending[node] += 1
        actions.append(action)
    return replace(plan, actions=tuple(actions), singles=(*plan.singles, *deferred)) if deferred else plan


def _deferral(action: Action, node: NodeKey, answer_s: float | None, waiting: int) -> Deferral:
    words: dict[str, Argument] = {"order": action.word, "node": node.node, "waiting": waiting}
    reason = API_BUSY(**words) if answer_s is None else API_BUSY_EACH(each_s=answer_s, **words)
    return Deferral(what=action.desktop, seat=seat_at(action), reason=reason, binds=WaitsFor.API)
