"""Trials on a cluster's twin: the first desktops of a switch, and what they would have been measured to take. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from provisioner.model.agents import Agent, Roster
from provisioner.model.ids import AgentId, ClusterId, Instant
from provisioner.model.measured import Measurement
from provisioner.model.profiles import Entitlement, Profile, Selection
from provisioner.model.scenarios import EVERYONE
from provisioner.model.site_config import SiteConfig
from provisioner.model.twin_spec import TwinSpec
from provisioner.rehearsal.measuring import Measuring
from provisioner.rehearsal.recalling import BOOTS, CLONES, PAUSE_S
from provisioner.rehearsal.rehearse import Rehearsal, Stage

_ENOUGH = 16
"""Clones, or boots, of the last ten minutes that outweigh all before: at σ = 0.15 their mean is right within 4 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """Desktops that were made together, and how many there were to make; in the order of their ends."""

    clones: tuple[Measurement, ...]
    boots: tuple[Measurement, ...]
    wanted: int
    """As many as were ordered, or would have been by now."""
    older: tuple[int, int] = (0, 0)
    """So many of the clones, and of the boots, ended too long ago to count: a storage may have become slower since."""

    @property
    def counted(self) -> tuple[Measurement, ...]:
        """The clones that count."""
        return self.clones[self.older[0] :]

    @property
    def busy_s(self) -> Mapping[str, float]:
        """For each place, the seconds with a clone under way, for each clone that has ended."""
        places: dict[str, list[Measurement]] = {}
        for clone in self.counted:
            places.setdefault(clone.place, []).append(clone)
        return {place: union_s(clones) / len(clones) for place, clones in places.items()}

    @property
    def boot_s(self) -> float | None:
        """The median of the boots; None: there was none."""
        counted = self.boots[self.older[1] :]
        return median(boot.took_s for boot in counted) if counted else None


def latest_burst(
    measured: Iterable[Measurement], *, cluster: ClusterId, outstanding: int = 0, now: Instant | None = None
) -> Burst | None:
    """The burst that goes on `now`, else that with the most clones among the last three; None: nothing was measured.

    `outstanding` desktops are yet to be made in a burst that goes on; of that only the last ten minutes count.
    """
    mine = [each for each in measured if each.place.partition("/")[0] == cluster]
    clones = sorted((each for each in mine if each.kind in CLONES), key=lambda clone: clone.began_at)
    bursts: list[list[Measurement]] = []
    for clone in clones:
        if not bursts or clone.began_at > bursts[-1][-1].ended_at + PAUSE_S:
            bursts.append([])
        bursts[-1].append(clone)
    if not bursts:
        return None
    going_on = now is not None and len(bursts[-1]) >= _ENOUGH and max(run.ended_at for run in bursts[-1]) >= now - PAUSE_S
    largest = bursts[-1] if going_on else max(bursts[-3:], key=len)
    until = bursts[bursts.index(largest) + 1][0].began_at if largest is not bursts[-1] else None
    of_burst = (each for each in mine if each.kind in BOOTS and each.began_at >= largest[0].began_at)
    boots = _by_end(boot for boot in of_burst if until is None or boot.began_at < until)
    ended = _by_end(largest)
    return Burst(
        clones=ended,
        boots=boots,
        wanted=len(largest) + (outstanding if largest is bursts[-1] else 0),
        older=(_older(ended, now), _older(boots, now)) if now is not None and going_on else (0, 0),
    )


def _by_end(runs: Iterable[Measurement]) -> tuple[Measurement, ...]:
    return tuple(sorted(runs, key=lambda run: run.ended_at))


def _older(ended: Sequence[Measurement], now: Instant) -> int:
    """How many of them ended more than ten minutes ago, if there are enough others."""
    older = sum(run.ended_at < now - PAUSE_S for run in ended)
    return older if len(ended) - older >= _ENOUGH else 0


def union_s(runs: Sequence[Measurement]) -> float:
    """Seconds in which at least one of them was under way."""
    busy_s, end = 0.0, 0.0
    for run in sorted(runs, key=lambda run: run.began_at):
        busy_s += max(0.0, run.ended_at - max(run.began_at, end))
        end = max(end, run.ended_at)
    return busy_s


def tried(config: SiteConfig, spec: TwinSpec, burst: Burst, *, profile: Profile, now: Instant) -> Burst:
    """The same burst on the twin: as many desktops to make, until as many clones and boots have ended."""
    measuring = Measuring(lambda: {profile.name: profile})
    stage = Stage(
        config=_only(config, profile, ClusterId(spec.name)),
        roster=_people(burst.wanted, now),
        twins={ClusterId(spec.name): spec},
        begins_at=now,
        listeners=(measuring,),
    )
    rehearsal = Rehearsal(stage)
    rehearsal.go_on(until=lambda: measuring.clones >= len(burst.clones) and measuring.boots >= len(burst.boots))
    measured = measuring.take(rehearsal.events.now)
    return Burst(
        clones=_by_end(each for each in measured if each.kind in CLONES),
        boots=_by_end(each for each in measured if each.kind in BOOTS),
        wanted=burst.wanted,
        older=burst.older,
    )


def _only(config: SiteConfig, profile: Profile, cluster: ClusterId) -> SiteConfig:
    """Everybody gets a desktop of this profile on this cluster at once."""
    here = replace(profile, templates=tuple(template for template in profile.templates if template.cluster == cluster))
    return replace(
        config,
        profiles={profile.name: here},
        naming=replace(config.naming, vmids={cluster: config.naming.vmids[cluster]}),
        pools={key: pool for key, pool in config.pools.items() if key == cluster},
        desktop_pools={},
        entitlements=(Entitlement(profile=profile.name, who=Selection()),),
        scenario=EVERYONE,
    )


def _people(count: int, now: Instant) -> Roster:
    people = (Agent(agent_id=AgentId(f"trial-{n}"), login=f"trial{n}", display_name="") for n in range(count))
    return Roster(read_at=now, agents={person.agent_id: person for person in people})
