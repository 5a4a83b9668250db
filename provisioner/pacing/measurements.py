"""Rolling measurements from observations and answers, from which the concurrency limits are computed: by lock domain, by
node and by a node's API."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from math import inf
from operator import attrgetter
from statistics import median, median_low

from provisioner.actions.registry import changes_node, node_asked
from provisioner.model.actions import CheckGuest, Outcome
from provisioner.model.commands import Completion, Observe, ReadDirectory, ReadTaskLog, Work
from provisioner.model.ids import ClusterId, DesktopName, GuestKey, Instant, LockDomain, NodeKey, ProfileName
from provisioner.model.machines.cluster import ClusterView, Snapshot, membership_domain
from provisioner.model.machines.desktops import GuestReport
from provisioner.pacing.boot_limits import Boot, BootHistory, QuietBoots, SlowBoots, busy_boots, slower_by, width_of
from provisioner.pacing.clone_limits import (
    TOGETHER,
    CloneRun,
    DomainHistory,
    clone_limit,
    clone_runs_of,
    clones_of,
    membership_limit,
    refutes,
    seconds_per_clone,
)
from provisioner.pacing.limits import Limits, MeasuredLimits
from provisioner.pacing.runs import with_parallel

_CLONES = 96
"""Clones stored for each storage's lock: those of a few generations."""
_ALONE = 8
"""The latest clones without others: their median evens out chance, passes over a first one that had to fill caches, and follows
a storage that becomes slower."""
_MEMBERS = 4096
"""Clones stored for the lock of a cluster's pools: those of the last minutes."""
_BOOTS = 96
"""Boots stored for each node: several times as many as run in parallel."""
_LATEST = 16
"""Boots of all nodes together, which show the pace of a node without boots of its own."""
_BY_END = attrgetter("ended_at")
_ANSWERS = 8
"""The latest calls, whose durations show how fast a node's API is now."""


class Meter:
    """The latest measurements, in memory only."""

    def __init__(self) -> None:
        self._clones: dict[LockDomain, deque[CloneRun]] = {}
        self._fastest_s: dict[LockDomain, float] = {}
        self._alone: dict[LockDomain, deque[float]] = {}
        self._ended: Counter[LockDomain] = Counter()
        self._timed_out: Counter[LockDomain] = Counter()
        self._refuted: Counter[LockDomain] = Counter()
        self._boots: dict[NodeKey, deque[Boot]] = {}
        self._quiet: dict[ProfileName, QuietBoots] = {}
        self._slow: dict[ProfileName, SlowBoots] = {}
        self._widths: dict[NodeKey, float] = {}
        self._slower: dict[NodeKey, float] = {}
        self._latest: deque[Boot] = deque(maxlen=_LATEST)
        self._answers: dict[NodeKey, deque[float]] = {}
        self._answered: dict[ProfileName, dict[DesktopName, float]] = {}
        self._cloning: dict[ClusterId, dict[LockDomain, list[Instant]]] = {}

    def recall(self, clones: Mapping[LockDomain, Sequence[CloneRun]], boots: Mapping[NodeKey, Sequence[Boot]]) -> None:
        """Take over what a daemon has measured just now, each in the order of their ends."""
        for domain, runs in clones.items():
            self._clones.setdefault(domain, deque(maxlen=_CLONES)).extend(runs)
            self._ended[domain] += len(runs)
            self._refuted[domain] += sum(map(refutes, runs))
            self._record_alone(domain, runs)
        for node, of_node in boots.items():
            self._boots.setdefault(node, deque(maxlen=_BOOTS)).extend(of_node)
        for boot in sorted((boot for of_node in boots.values() for boot in of_node), key=_BY_END):
            self._latest.append(boot)
            self._record_duration(boot)
        for node in boots:
            self._compare(node, self._boots[node])

    def recall_days(self, boots: Mapping[NodeKey, Sequence[Boot]]) -> None:
        """Take over the boots of earlier days: how long they take alone, and what nodes can do if most had to do much."""
        for boot in sorted((boot for of_node in boots.values() for boot in of_node), key=_BY_END):
            self._record_duration(boot)
        busy = {node: busy_boots(of_node, self._alone_boot_s) for node, of_node in boots.items()}
        for node, of_node in boots.items():
            self._compare(node, of_node)
        if 2 * sum(map(bool, busy.values())) > len(busy):  # else clones were too slow for boots to have to wait
            self._boots |= {node: deque(of_node, maxlen=_BOOTS) for node, of_node in busy.items()}

    def _compare(self, node: NodeKey, boots: Sequence[Boot]) -> None:
        """How fast this node is beside others, when one more of its boots has ended."""
        alone_s = self._alone_boot_s
        if (width := width_of(boots, alone_s)) is not None:
            self._widths[node] = width
            self._slower[node] = slower_by(boots, alone_s, usual=median(self._widths.values()))

    def _record_duration(self, boot: Boot) -> None:
        self._slow.setdefault(boot.profile, SlowBoots()).record(boot)
        if boot.first or boot.profile not in self._quiet:
            self._quiet.setdefault(boot.profile, QuietBoots()).record(boot)

    def record_observation(self, before: Mapping[GuestKey, Work], outcomes: Collection[Outcome], view: ClusterView) -> None:
        """Record an observation: the work in flight `before` it, and the outcomes it showed."""
        cloning = self._cloning[view.cluster] = clones_of(before, view, without={outcome.key for outcome in outcomes})
        for domain, ended in clone_runs_of(before, outcomes, view).items():
            self._record_clones(domain, ended, cloning.get(domain, ()), members=domain == membership_domain(view.cluster))

    def _record_clones(
        self, domain: LockDomain, ended: Sequence[CloneRun], running: Sequence[Instant], *, members: bool
    ) -> None:  # fmt: skip
        runs = self._clones.setdefault(domain, deque(maxlen=_MEMBERS if members else _CLONES))
        before = tuple(runs)
        for at, run in enumerate(ended):
            others = () if members else (*before, *ended[:at], *ended[at + 1 :])
            runs.append(with_parallel(run, others, running))
            self._refuted[domain] += refutes(runs[-1])
        self._ended[domain] += len(ended)
        self._timed_out[domain] += sum(run.timed_out for run in ended)
        self._record_alone(domain, list(runs)[-len(ended) :] if ended else ())

    def _record_alone(self, domain: LockDomain, runs: Iterable[CloneRun]) -> None:
        """How long clones take that wait for nobody: the latest without others, and as long as there is none the fastest."""
        for run in runs:
            if not run.timed_out:
                self._fastest_s[domain] = min(self._fastest_s.get(domain, inf), run.took_s)
                if run.parallel < TOGETHER:
                    self._alone.setdefault(domain, deque(maxlen=_ALONE)).append(run.took_s)

    def record_boot(self, node: NodeKey, boot: Boot, *, running: Iterable[Instant] = ()) -> None:
        """Record the end of a boot, dated by its guest; ignored when the guest's clock is wrong (no positive duration).

        `running`: the start orders of the boots of this node that are not known to have ended.
        """
        if boot.took_s <= 0:
            return
        finished = self._boots.setdefault(node, deque(maxlen=_BOOTS))
        boot = with_parallel(boot, finished, running)
        finished.append(boot)
        self._latest.append(boot)
        self._record_duration(boot)
        self._compare(node, finished)

    def record_answer(self, completion: Completion) -> None:
        """Record how long a node took to answer. Only writes count: a read may wait for a guest instead of the node.

        Of a guest that starts: how long after its boot it answers. One that does not say when its boot began answers late.
        """
        command, report = completion.command, completion.answer
        if isinstance(command, CheckGuest) and not command.sweep and isinstance(report, GuestReport):
            after_s = report.sequence / 1e6 or inf
            known = self._answered.setdefault(command.profile.name, {})
            known.setdefault(command.desktop, after_s)  # its later answers only say that it still sets itself up
            if len(known) > _MEMBERS:
                del known[next(iter(known))]
        if isinstance(command, Observe | ReadDirectory | ReadTaskLog) or not changes_node(command):
            return
        if node := node_asked(command):
            self._answers.setdefault(node, deque(maxlen=_ANSWERS)).append(completion.ended_at - completion.started_at)

    @property
    def _answers_s(self) -> dict[NodeKey, float]:
        """Median duration of a call, for each node with recent calls."""
        return {node: median(answers) for node, answers in self._answers.items()}

    def limits(self, snapshot: Snapshot, now: Instant, *, trying: Collection[LockDomain] = ()) -> Limits:
        """The limits for one plan; one clone at once in the domains where one is tried."""
        return MeasuredLimits(
            clones={**self._clone_limits(snapshot, now), **dict.fromkeys(trying, 1)},
            clone_s=self._clone_s,
            lock_timeouts=self._timed_out,
            booted=self._booted,
            answers_s=self._answers_s,
        )

    @property
    def _alone_boot_s(self) -> dict[ProfileName, float]:
        """How long a first boot of each measured profile takes with few others."""
        return {profile: boots.took_s for profile, boots in self._quiet.items()}

    @property
    def _booted(self) -> BootHistory:
        of_node = {node: tuple(boots) for node, boots in self._boots.items()}
        slow_after_s = {profile: after_s for profile, boots in self._slow.items() if (after_s := boots.after_s) is not None}
        return BootHistory(
            of_node=of_node,
            anywhere=tuple(self._latest),
            alone_s=self._alone_boot_s,
            slower=self._slower,
            slow_after_s=slow_after_s,
            answered_s={profile: median(islice(reversed(of.values()), _LATEST)) for profile, of in self._answered.items()},
            soonest_s={profile: boots.soonest_s for profile, boots in self._slow.items()},
        )

    def _clone_limits(self, snapshot: Snapshot, now: Instant) -> dict[LockDomain, int]:
        """Parallel clones for each storage's lock domain, and for a cluster's pools after time-outs on their lock."""
        domains = {storage.lock_domain: storage.shared for view in snapshot.clusters.values() for storage in view.storages}
        limits = {domain: clone_limit(self._history(domain), shared=shared, now=now) for domain, shared in domains.items()}
        members = map(membership_domain, snapshot.clusters)
        of_members = {domain: membership_limit(tuple(self._clones.get(domain, ())), now=now) for domain in members}
        return limits | {domain: limit for domain, limit in of_members.items() if limit is not None}

    @property
    def _clone_s(self) -> dict[LockDomain, float]:
        """Seconds that a clone holds the lock of each measured domain."""
        measured = ((domain, seconds_per_clone(self._history(domain))) for domain in self._clones)
        return {domain: seconds for domain, seconds in measured if seconds is not None}

    def _history(self, domain: LockDomain) -> DomainHistory:
        alone = self._alone.get(domain)
        ordered_at = [at for cloning in self._cloning.values() for at in cloning.get(domain, ())]
        return DomainHistory(
            runs=tuple(self._clones.get(domain, ())),
            alone_s=median_low(alone) if alone else self._fastest_s.get(domain),
            ended=self._ended[domain],
            refuted=self._refuted[domain],
            in_flight=len(ordered_at),
            oldest_at=min(ordered_at, default=None),
        )
