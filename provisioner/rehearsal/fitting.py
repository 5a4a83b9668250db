"""Who of each wave has a desktop in time, what leaves the others without, and how large the wave may be at most. Pure.

Limits act in one order: a ceiling leaves people out, then there is no room for some, then some are ready too late. So the last
of them that leaves somebody out leaves least: it binds.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.planning.roster.entitlement import AgentPlace
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.rehearsal import DESKTOPS_WAIT, ROOM_SHORT, TOO_EARLY
from provisioner.reasons.surges import CEILING, CEILING_OTHERS
from provisioner.rehearsal.bands import Band, band_of
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.rehearse import Stage
from provisioner.rehearsal.waves import BatchForecast, PartKind, WaveForecast

_NOT_TIME = {kind.code for kind in (ROOM_SHORT, DESKTOPS_WAIT, CEILING, CEILING_OTHERS, TOO_EARLY)}
_TRIES = 5
"""Rehearsals for one wave: they halve what is not known, which is a few boots' time, so many times."""

Bands = Callable[[Sequence[float]], Band]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Something that leaves people of a wave without a desktop in time."""

    people: int
    why: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveFit:
    """How many of a wave are served in time, and what limits it."""

    name: str
    """The name of the part."""
    people: int
    kind: PartKind = PartKind.WAVE
    in_time: int
    """Who has a desktop when it is due for them; without a deadline, at the end."""
    sure: int | None = None
    """The same in 19 of 20 cases; None: nothing was measured."""
    due_after_s: float | None = None
    """The first deadline that somebody misses; of a wave that fits, its last one. None: it has none."""
    limits: tuple[Limit, ...] = ()
    """In the order in which they act; empty: the wave fits."""
    largest: int = 0
    """So many people, the first of the wave, would all be served in time: tried, if it is time that binds."""

    @property
    def begins_after_s(self) -> float | None:
        """When a half-day begins; None: it is none."""
        return self.due_after_s if self.kind is PartKind.HALF_DAY else None

    @property
    def binds(self) -> Reason:
        """What leaves least; empty: the wave fits."""
        return self.limits[-1].why if self.limits else NONE


def fits_of(
    middle: Forecast, late_binds: Sequence[Reason], draws: Sequence[Forecast], band: Bands = band_of
) -> tuple[WaveFit, ...]:
    """Each wave's. `late_binds`: what each wave's desktops that come wait for; `draws`: with other durations, and the `band`
    of their times."""
    drawn = list(zip(*(draw.waves for draw in draws), strict=True)) if draws else []
    return tuple(
        _fit(wave, why, drawn[number] if drawn else (), band)
        for number, (wave, why) in enumerate(zip(middle.waves, late_binds, strict=True))
    )


def _fit(wave: WaveForecast, late_binds: Reason, draws: Sequence[WaveForecast], band: Bands) -> WaveFit:
    parts, in_time = wave.parts, wave.in_time
    return WaveFit(
        name=wave.name,
        kind=wave.kind,
        people=wave.people,
        in_time=in_time,
        sure=_sure(parts, draws, band) if draws else None,
        due_after_s=_deadline(parts),
        limits=tuple(_limits(wave, late_binds)),
        largest=in_time,
    )


def _deadline(parts: Sequence[BatchForecast]) -> float | None:
    """The first that is missed, or else the last."""
    missed = (part for part in parts if part.in_time < part.people - part.left_out)
    part = next(missed, parts[-1] if parts else None)
    return None if part is None else part.due_after_s


def _limits(wave: WaveForecast, late_binds: Reason) -> Iterator[Limit]:
    left_out = sum(part.left_out for part in wave.parts)
    served = sum(len(part.ready_after_s) for part in wave.parts)
    never = wave.people - left_out - served
    if left_out:
        yield Limit(people=left_out, why=wave.left_out_by)
    if never > 0 and wave.lacks:
        yield Limit(people=never, why=wave.lacks)
    late = served - wave.in_time + (0 if wave.lacks else max(0, never))
    if late:
        yield Limit(people=late, why=_too_early(wave) or late_binds)


def _too_early(wave: WaveForecast) -> Reason:
    """A deadline that comes before the first desktop of the wave: more of anything helps nobody."""
    first = next((part for part in wave.parts if part.due_after_s is not None and part.ready_after_s), None)
    if first is None or first.due_after_s is None or wave.in_time or not first.in_time < first.people - first.left_out:
        return NONE
    return TOO_EARLY(first_s=round(first.ready_after_s[0]), due_s=round(first.due_after_s))


def _sure(parts: Sequence[BatchForecast], draws: Sequence[WaveForecast], band: Bands) -> int:
    """Of each batch, the most people who are ready in time in 19 of 20 cases."""
    columns = zip(parts, *(draw.parts for draw in draws), strict=False)
    return sum(_sure_of(part.due_after_s, again, band) for part, *again in columns)


def _sure_of(due_s: float | None, draws: Sequence[BatchForecast], band: Bands) -> int:
    if due_s is None or due_s <= 0.0:
        return min(draw.in_time for draw in draws)
    low, high = 0, min(len(draw.ready_after_s) for draw in draws)
    while low < high:
        people = (low + high + 1) // 2
        late_s = band([draw.ready_after_s[people - 1] for draw in draws]).late_s
        low, high = (people, high) if late_s <= due_s else (low, people - 1)
    return low


def largest(stage: Stage, fit: WaveFit, run: Callable[[Stage], Forecast]) -> int:
    """The most people of the wave, the first of it, who are all served in time; each number is rehearsed.

    Fewer people share the nodes with fewer boots: a wave of so many is a little quicker than as many of a larger one. Of a wave
    in batches, or one that time does not limit, of a pool and of a half-day, what was in time is the answer.
    """
    served = fit.people - sum(limit.people for limit in fit.limits[:-1])
    if fit.kind is not PartKind.WAVE:
        return fit.in_time
    if fit.due_after_s is None or fit.in_time >= served or _batches(stage, fit) > 1 or not _by_time(fit):
        return fit.in_time
    if _in_time(stage, fit, fit.in_time, run) >= fit.in_time:
        return _between(stage, fit, fit.in_time, min(served, fit.in_time + max(1, fit.people // 8)), run)
    # The last desktop of a wave may be late by chance, however many there are.
    found = _between(stage, fit, fit.in_time // 2, fit.in_time - 1, run)
    return found if found > fit.in_time // 2 else min(found, _in_time(stage, fit, found, run))


def _between(stage: Stage, fit: WaveFit, low: int, high: int, run: Callable[[Stage], Forecast]) -> int:
    """The most from `low` on who are all in time, as far as the tries go; `low` itself is not tried."""
    for _ in range(_TRIES):
        if low >= high:
            break
        people = (low + high + 1) // 2
        low, high = (people, high) if _in_time(stage, fit, people, run) >= people else (low, people - 1)
    return low


def _in_time(stage: Stage, fit: WaveFit, people: int, run: Callable[[Stage], Forecast]) -> int:
    waves = run(with_at_most(stage, fit.name, people)).waves
    return next(wave.in_time for wave in waves if wave.name == fit.name)


def _by_time(fit: WaveFit) -> bool:
    return bool(fit.limits) and fit.binds.code not in _NOT_TIME


def _batches(stage: Stage, fit: WaveFit) -> int:
    wave = next(each for each in stage.config.scenario.waves if each.name == fit.name)
    return 1 if wave.size is None else -(-fit.people // wave.size)


def with_at_most(stage: Stage, wave: str, people: int) -> Stage:
    """The same with the first people of this wave alone: the others are in no directory. Who has a desktop comes first."""
    served = frozenset(record.reservation.agent_id for record in stage.records.desktops.values())
    waves = stage.config.scenario.waves
    places = (AgentPlace.of(agent, stage.config.rules) for agent in stage.roster.agents.values())
    mine = [place for place in places if place.wave_index >= 0 and waves[place.wave_index].name == wave]
    mine.sort(key=lambda place: (place.agent.agent_id not in served, place.rank()))
    out = {place.agent.agent_id for place in mine[people:] if place.agent.agent_id not in served}
    agents = {key: agent for key, agent in stage.roster.agents.items() if key not in out}
    return replace(stage, roster=replace(stage.roster, agents=agents))


__all__ = ["Limit", "WaveFit", "fits_of", "largest", "with_at_most"]
