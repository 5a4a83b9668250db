"""Each mechanism of `pacing`, switched off alone: what it buys on each shape.

A mechanism is switched off by another `Meter` or `Limits` that is only here: the product has no setting for it. What buys less
than one percent on every shape is to be removed from the product.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from provisioner.model.ids import DesktopName, Instant, LockDomain, NodeKey
from provisioner.model.machines.cluster import Snapshot, membership_domain
from provisioner.pacing.boot_limits import INITIAL, Boot
from provisioner.pacing.boot_progress import NodeBoots, Started
from provisioner.pacing.clone_limits import DomainHistory
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


class _AllInProgress(_Changed):
    change = staticmethod(lambda limits: _with_boots(limits, lambda boots: replace(boots, expected=float(len(boots.progress)))))


class _SameBoots(_Changed):
    change = staticmethod(
        lambda limits: _with_boots(limits, lambda boots: replace(boots, pace=replace(boots.pace, limit=INITIAL)))
    )


class _NoCloneTimes(_Changed):
    change = staticmethod(lambda limits: replace(limits, clone_s={}))


class _Kept(Meter):
    """Its boots can be taken over."""

    def after_a_day(self) -> Meter:
        """A new one, a day later."""
        later = Meter()
        later.recall_days({node: [_a_day_before(boot) for boot in boots] for node, boots in self._boots.items()})
        return later


def _a_day_before(boot: Boot) -> Boot:
    return replace(boot, began_at=boot.began_at - _DAY_S, ended_at=boot.ended_at - _DAY_S)


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


_DAY_S = 86_400.0
_OTHER_SEED = 77
"""Of the night before."""
POOLED = "local-16, ×0.3, a pool"
"""Only there is the lock of the pools wanted by many at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """What can be switched off."""

    title: str
    text: str
    """What it does, as a reader of the page needs it."""
    without: Callable[[], Meter] | None
    """None: the default is without it, and it is switched on by a night that was played before."""
    shapes: tuple[str, ...] = field(default=tuple(title for title in SHAPES if title != POOLED))


MECHANISMS = (
    Mechanism(title="expected ends", without=_AllInProgress,
              text="a start follows the expected end of another boot; without: its end as it was seen."),
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
    Mechanism(title="the night before", without=None,
              shapes=("local-16", "shared-1", "shared-4", "faulty", "local-16, width 16", "local-16, loss from the fifth"),
              text="a daemon begins with the first boots of earlier days, here of as many desktops in one night; without: "
                   "it knows nothing, as in all other rows of this page."),
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
    rows = [_row(known[mechanism], title, figures["", title], figures[mechanism, title]) for mechanism, title in pairs]
    texts = {title: mechanism.text for title, mechanism in known.items()}
    return {"agents": agents, "seeds": seeds, "mechanisms": texts, "rows": rows}


def _row(mechanism: Mechanism, title: str, default: dict[str, float], other: dict[str, float]) -> dict[str, Any]:
    with_it, without = (other, default) if mechanism.without is None else (default, other)
    return {"mechanism": mechanism.title, "title": title, "with": with_it, "without": without}


def _play(pair: tuple[str, str], *, agents: int, seeds: tuple[int, ...]) -> dict[str, float]:
    mechanism, title = pair
    meter = next((each.without or _night_before(title, agents) for each in MECHANISMS if each.title == mechanism), None)
    found = figures_of([played(SHAPES[title], agents, seed=seed, meter=meter) for seed in seeds])
    print(f"mechanisms {title}, {mechanism or 'default'}: {found}", flush=True)
    return found


def _night_before(title: str, agents: int) -> Callable[[], Meter]:
    meters: list[_Kept] = []

    def meter() -> Meter:
        meters.append(_Kept())
        return meters[-1]

    played(SHAPES[title], agents, seed=_OTHER_SEED, meter=meter)
    return meters[-1].after_a_day
