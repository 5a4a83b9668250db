"""Each mechanism of `pacing`, switched off alone: what it buys on each shape.

A mechanism is switched off by another `Meter` or `Limits` that is only here: the product has no setting for it. What buys less
than one percent on every shape is to be removed from the product.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from provisioner.model.cluster import Snapshot, membership_domain
from provisioner.model.ids import DesktopName, Instant, LockDomain, NodeKey
from provisioner.pacing.boot_limits import INITIAL
from provisioner.pacing.boot_progress import NodeBoots, Started
from provisioner.pacing.clone_samples import DomainHistory
from provisioner.pacing.limits import Limits, MeasuredLimits
from provisioner.pacing.measurements import Meter
from tests.bench.parallel import spread
from tests.bench.shapes import AGENTS, SHAPES, figures_of, played
from tests.bench.stage import SEEDS


class _Changed(Meter):
    """Its limits are changed before planning gets them."""

    change: Callable[[MeasuredLimits], Limits]

    def limits(self, snapshot: Snapshot, now: Instant, *, trying: Collection[LockDomain] = ()) -> Limits:
        """Changed."""
        limits = super().limits(snapshot, now, trying=trying)
        assert isinstance(limits, MeasuredLimits)
        return self.change(limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OtherBoots(MeasuredLimits):
    """The boots of a node, changed."""

    change: Callable[[NodeBoots], NodeBoots]

    def boots_on(self, node: NodeKey, started: Mapping[DesktopName, Started], now: Instant) -> NodeBoots:
        """Changed."""
        return self.change(MeasuredLimits.boots_on(self, node, started, now))


def _with_boots(limits: MeasuredLimits, change: Callable[[NodeBoots], NodeBoots]) -> Limits:
    return _OtherBoots(
        clones=limits.clones, clone_s=limits.clone_s, booted=limits.booted, answers_s=limits.answers_s, change=change
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _NoOldest(NodeBoots):
    """None of its boots is probed earlier than the others."""

    @property
    def oldest(self) -> DesktopName | None:
        """None is."""
        return None


class _AllInProgress(_Changed):
    change = staticmethod(lambda limits: _with_boots(limits, lambda boots: replace(boots, expected=float(len(boots.progress)))))


class _AllAlike(_Changed):
    change = staticmethod(lambda limits: _with_boots(limits, _without_oldest))


def _without_oldest(boots: NodeBoots) -> NodeBoots:
    return _NoOldest(**{name: getattr(boots, name) for name in NodeBoots.__dataclass_fields__})


class _SameBoots(_Changed):
    change = staticmethod(
        lambda limits: _with_boots(limits, lambda boots: replace(boots, pace=replace(boots.pace, limit=INITIAL)))
    )


class _NoCloneTimes(_Changed):
    change = staticmethod(lambda limits: replace(limits, clone_s={}))


class _AtOnce(Meter):
    """As if many clones had ended in each lock domain whose first has."""

    def _history(self, domain: LockDomain) -> DomainHistory:
        return replace(super()._history(domain), ended=10**6)


class _EndedAlone(Meter):
    """A clone that has not ended shows nothing."""

    def _history(self, domain: LockDomain) -> DomainHistory:
        return replace(super()._history(domain), oldest_at=None)


class _Careless(Meter):
    """A lock time-out shows nothing."""

    def _history(self, domain: LockDomain) -> DomainHistory:
        history = super()._history(domain)
        return replace(history, runs=tuple(run for run in history.runs if not run.timed_out) or history.runs)


class _AnyMembers(Meter):
    """No limit of clones into a pool."""

    def _clone_limits(self, snapshot: Snapshot, now: Instant) -> dict[LockDomain, int]:
        members = set(map(membership_domain, snapshot.clusters))
        return {domain: limit for domain, limit in super()._clone_limits(snapshot, now).items() if domain not in members}


POOLED = "local-16, ×0.3, a pool"
"""Only there is the lock of the pools wanted by many at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """What can be switched off."""

    title: str
    text: str
    """What it does, as a reader of the page needs it."""
    without: Callable[[], Meter]
    shapes: tuple[str, ...] = field(default=tuple(title for title in SHAPES if title != POOLED))


MECHANISMS = (
    Mechanism(title="expected ends", without=_AllInProgress,
              text="a start follows the expected end of another boot; without: its end as it was seen."),
    Mechanism(title="the oldest first", without=_AllAlike,
              text="the oldest boot of a node is probed early; without: like all others."),
    Mechanism(title="boot limit", without=_SameBoots,
              text=f"as many boots on a node as its latest boots show; without: always {INITIAL}."),
    Mechanism(title="clone times", without=_NoCloneTimes,
              text="nodes and lock domains are chosen by how long clones take there; without: as if clones took no time."),
    Mechanism(title="one more for each generation", without=_AtOnce,
              text="the clones of a lock domain grow with each generation; without: at once after the first clone."),
    Mechanism(title="clones that have not ended", without=_EndedAlone,
              text="the oldest clone in flight shows that a storage has become slower; without: only clones that have ended."),
    Mechanism(title="fewer after a time-out", without=_Careless,
              text="after a lock time-out there is one clone less for two minutes; without: as before."),
    Mechanism(title="membership limit", without=_AnyMembers, shapes=(POOLED,),
              text="after a time-out of user.cfg's lock fewer clones go into a pool at once; without: no limit."),
)  # fmt: skip


def run(
    *,
    agents: int = AGENTS,
    seeds: tuple[int, ...] = SEEDS[:1],
    shapes: Iterable[str] = SHAPES,
    mechanisms: Iterable[Mechanism] = MECHANISMS,
    jobs: int = 1,
) -> dict[str, Any]:
    """Every mechanism on every shape that it concerns; figures are means over the seeds."""
    known = {mechanism.title: mechanism for mechanism in mechanisms}
    pairs = [(mechanism.title, title) for mechanism in known.values() for title in shapes if title in mechanism.shapes]
    plays = [*dict.fromkeys(("", title) for _, title in pairs), *pairs]
    figures = dict(zip(plays, spread(partial(_play, agents=agents, seeds=seeds), plays, jobs=jobs), strict=True))
    rows = [
        {"mechanism": mechanism, "title": title, "with": figures["", title], "without": figures[mechanism, title]}
        for mechanism, title in pairs
    ]
    texts = {title: mechanism.text for title, mechanism in known.items()}
    return {"agents": agents, "seeds": seeds, "mechanisms": texts, "rows": rows}


def _play(pair: tuple[str, str], *, agents: int, seeds: tuple[int, ...]) -> dict[str, float]:
    mechanism, title = pair
    without = next((each.without for each in MECHANISMS if each.title == mechanism), None)
    found = figures_of([played(SHAPES[title], agents, seed=seed, meter=without) for seed in seeds])
    print(f"mechanisms {title}, {f'without {mechanism}' if mechanism else 'with all'}: {found}", flush=True)
    return found
