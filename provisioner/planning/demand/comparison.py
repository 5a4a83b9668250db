"""What one scenario does otherwise than another, for the people of each wave, if both start at the same moment."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from math import inf

from provisioner.model.ids import Instant, WaveName
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Entitlement
from provisioner.model.rules import Rules
from provisioner.model.scenario.gates import Gate
from provisioner.model.scenario.scenarios import FAR_S, PreparationLevel, Scenario, ScenarioDifference, Wave
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.agenda import PeopleCount, WaveAgenda, agenda_of, people_of
from provisioner.planning.demand.waves import Timetable
from provisioner.planning.rotation.comparison import rotation_differences
from provisioner.reasons import surges as reasons
from provisioner.reasons.reason import Reason

_MINUTE_S = 60.0
_LEVELS = (PreparationLevel.NONE, PreparationLevel.STOPPED, PreparationLevel.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What is compared of one wave."""

    wave: Wave
    agenda: WaveAgenda
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One scenario."""

    scenario: Scenario
    ends_at: Instant | None
    waves: Mapping[WaveName, _Facts]


def differences_of(
    before: Scenario, after: Scenario, *, start: Instant, roster: Roster | None, entitlements: tuple[Entitlement, ...] = ()
) -> tuple[ScenarioDifference, ...]:
    """In the order of the waves, then what concerns all. `roster`: None: how many people are in a wave is not compared."""
    old, new = (_side(each, start, roster, entitlements) for each in (before, after))
    names = dict.fromkeys((*new.waves, *old.waves))
    of_waves = [difference for name in names for difference in _of_wave(name, old.waves.get(name), new.waves.get(name))]
    rotation = rotation_differences(before, after, start=start, roster=roster)
    return (*of_waves, *_order(old, new), *rotation, *_of_all(old, new, start))


def _side(scenario: Scenario, start: Instant, roster: Roster | None, entitlements: tuple[Entitlement, ...]) -> _Side:
    run = SurgeRun.begun(scenario.name, start)
    people = None if roster is None else people_of(roster, Rules(entitlements=entitlements, scenario=scenario))
    agenda = agenda_of(scenario, run, people)
    out = _left_out(scenario, people)
    waves = {each.wave.name: _Facts(wave=each.wave, agenda=each, left_out=out.get(each.wave.name, 0)) for each in agenda}
    ends_at = Timetable(scenario, run).ends_at()
    return _Side(scenario=scenario, ends_at=None if ends_at == inf else ends_at, waves=waves)


def _left_out(scenario: Scenario, people: PeopleCount | None) -> dict[WaveName, int]:
    """For how many of each wave the lowest ceiling leaves no desktop: the least important are the first."""
    room = min((ceiling.limit for ceiling in scenario.ceilings), default=None)
    out: dict[WaveName, int] = {}
    if people is None or room is None:
        return out
    for wave in sorted(scenario.waves, key=lambda each: each.priority):
        count = people.of_wave.get(wave.name, 0)
        out[wave.name], room = max(0, count - room), max(0, room - count)
    return out


def _of_wave(name: WaveName, old: _Facts | None, new: _Facts | None) -> Iterator[ScenarioDifference]:
    if old is None or new is None:
        yield ScenarioDifference(
            wave=name, what=reasons.WAVE_NEW() if old is None else reasons.WAVE_GONE(), sign=1 if old is None else -1
        )
        return
    yield from _people(name, old, new)
    yield from _dates(name, old.agenda, new.agenda)
    yield from _step(name, _prepared(old.agenda), _prepared(new.agenda), reasons.PREPARED_MORE, reasons.PREPARED_LESS)
    yield from _step(name, _strictness(old.wave.gate), _strictness(new.wave.gate), reasons.GATE_STRICTER, reasons.GATE_LOOSER)


def _people(name: WaveName, old: _Facts, new: _Facts) -> Iterator[ScenarioDifference]:
    before, after = old.agenda.people, new.agenda.people
    if before is not None and after is not None and before != after:
        more = after > before
        what = (reasons.MORE_PEOPLE if more else reasons.FEWER_PEOPLE)(count=abs(after - before))
        yield ScenarioDifference(wave=name, what=what, sign=1 if more else -1)
    elif (old.wave.who, old.wave.excepted, old.wave.percent) != (new.wave.who, new.wave.excepted, new.wave.percent):
        yield ScenarioDifference(wave=name, what=reasons.OTHER_PEOPLE())
    if old.left_out != new.left_out:
        more = new.left_out > old.left_out
        what = (reasons.MORE_LEFT_OUT if more else reasons.FEWER_LEFT_OUT)(count=abs(new.left_out - old.left_out))
        yield ScenarioDifference(wave=name, what=what, sign=1 if more else -1)


def _dates(name: WaveName, old: WaveAgenda, new: WaveAgenda) -> Iterator[ScenarioDifference]:
    """Of the first batch, and of the last one of each."""
    if not old.batches or not new.batches:
        return
    has, had = (agenda.batches[0].due_at is not None for agenda in (new, old))
    if has != had:
        yield ScenarioDifference(
            wave=name, what=reasons.DEADLINE_NEW() if has else reasons.DEADLINE_GONE(), sign=-1 if has else 1
        )
    several = len(new.batches) > 1 or len(old.batches) > 1
    for batch, before, after in ((1, old.batches[0], new.batches[0]), (len(new.batches), old.batches[-1], new.batches[-1])):
        if batch == 1 or several:
            if before.due_at is not None and after.due_at is not None:
                yield from _moved(name, batch, before.due_at, after.due_at, reasons.DUE_LATER, reasons.DUE_EARLIER)
            yield from _moved(name, batch, before.opens_at, after.opens_at, reasons.OPENS_LATER, reasons.OPENS_EARLIER)
        if not several:
            return


Kind = Callable[..., Reason]
Steps = tuple[float, ...]


def _moved(
    name: WaveName | None, batch: int, before: Instant, after: Instant, later: Kind, earlier: Kind
) -> Iterator[ScenarioDifference]:
    if before != after:
        minutes = round(abs(after - before) / _MINUTE_S)
        yield ScenarioDifference(
            wave=name,
            what=(later if after > before else earlier)(batch=batch, minutes=minutes),
            sign=1 if after > before else -1,
        )


def _step(name: WaveName, before: Steps, after: Steps, more: Kind, less: Kind) -> Iterator[ScenarioDifference]:
    if before != after:
        yield ScenarioDifference(wave=name, what=more() if after > before else less(), sign=1 if after > before else -1)


def _prepared(agenda: WaveAgenda) -> tuple[float, ...]:
    """The level, and how early: of what is made ahead at all."""
    begins = agenda.batches[0].prepares_from if agenda.batches else inf
    ahead = any(begins < batch.opens_at for batch in agenda.batches)
    return (_LEVELS.index(agenda.wave.prepare), -begins) if ahead else (0.0, 0.0)


def _strictness(gate: Gate | None) -> tuple[float, ...]:
    """How much it asks for."""
    return (Gate() if gate is None else gate).strictness


def _order(old: _Side, new: _Side) -> Iterator[ScenarioDifference]:
    """Waves of both that have changed places."""
    both = [name for name in new.waves if name in old.waves]
    was, now = ({name: side.waves[name].wave.priority for name in both} for side in (old, new))
    for index, name in enumerate(both):
        for other in both[index + 1 :]:
            before, after = was[name] - was[other], now[name] - now[other]
            if (before > 0) != (after > 0) or (before < 0) != (after < 0):
                first, second = (name, other) if after <= before else (other, name)
                yield ScenarioDifference(wave=first, what=reasons.MORE_IMPORTANT(wave=second), sign=-1)
                yield ScenarioDifference(wave=second, what=reasons.LESS_IMPORTANT(wave=first), sign=1)


def _of_all(old: _Side, new: _Side, start: Instant) -> Iterator[ScenarioDifference]:
    before, after = old.scenario, new.scenario
    yield from _ends(old, new)
    if before.survive_nodes != after.survive_nodes:
        more = after.survive_nodes > before.survive_nodes
        nodes = abs(after.survive_nodes - before.survive_nodes)
        yield ScenarioDifference(
            wave=None, what=(reasons.ROOM_MORE if more else reasons.ROOM_LESS)(nodes=nodes), sign=1 if more else -1
        )
    pairs = (
        (before.shortage, after.shortage, reasons.SHORTAGE_OTHERWISE),
        (frozenset(before.ceilings), frozenset(after.ceilings), reasons.CEILING_OTHERWISE),
        (before.deletes, after.deletes, reasons.DELETES_OTHERWISE),
        (_rests(before, start), _rests(after, start), reasons.HOURS_OTHERWISE),
        ((before.by_hand, before.starts_at), (after.by_hand, after.starts_at), reasons.BEGINS_OTHERWISE),
    )
    yield from (ScenarioDifference(wave=None, what=otherwise()) for this, that, otherwise in pairs if this != that)


def _rests(scenario: Scenario, start: Instant) -> object:
    """When desktops are off in the year after the start, and how long before the hours they are up again."""
    calendar = scenario.calendar
    if scenario.up_before_s is None or calendar is None:
        return None
    first, last = calendar.half_days[0].begins, calendar.half_days[-1].ends
    days = takewhile(
        lambda day: calendar.instant(day, first) < start + FAR_S, calendar.working_days_from(calendar.date_of(start))
    )
    return scenario.up_before_s, [(calendar.instant(day, first), calendar.instant(day, last)) for day in days]


def _ends(old: _Side, new: _Side) -> Iterator[ScenarioDifference]:
    before, after = old.ends_at, new.ends_at
    if before is not None and after is not None:
        yield from _moved(None, 0, before, after, reasons.ENDS_LATER, reasons.ENDS_EARLIER)
    elif before != after:
        by_hand = after is None
        yield ScenarioDifference(
            wave=None, what=reasons.ENDS_BY_HAND() if by_hand else reasons.ENDS_BY_ITSELF(), sign=1 if by_hand else -1
        )
    ends = [(end.size, end.interval_s, end.every_half_day, end.keep_s) for end in (old.scenario.end, new.scenario.end)]
    if ends[0] != ends[1]:
        yield ScenarioDifference(wave=None, what=reasons.END_OTHERWISE())


__all__ = ["differences_of"]
