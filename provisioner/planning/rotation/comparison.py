"""What one scenario's rotation does otherwise than another's, for everybody who shares desktops by half-days."""

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

from provisioner.model.ids import Instant
from provisioner.model.people.agents import Agent, Roster
from provisioner.model.scenario.half_days import Slot
from provisioner.model.scenario.rotation import Rotation
from provisioner.model.scenario.scenarios import FAR_S, Scenario, ScenarioDifference
from provisioner.planning.rotation.weeks import weeks_of
from provisioner.reasons import rotation as reasons
from provisioner.reasons.reason import Reason

_MINUTE_S = 60.0


def rotation_differences(
    before: Scenario, after: Scenario, *, start: Instant, roster: Roster | None
) -> Iterator[ScenarioDifference]:
    """`roster`: None: how many people share is not compared."""
    old, new = before.rotation, after.rotation
    if old is None or new is None:
        if new is not None:
            yield ScenarioDifference(wave=None, what=reasons.ROTATION_NEW(pool=new.pool), sign=1)
        if old is not None:
            yield ScenarioDifference(wave=None, what=reasons.ROTATION_GONE(pool=old.pool), sign=-1)
        return
    yield from _people(before, after, roster)
    yield from _numbers(old, new)
    pairs = (
        (old.pool, new.pool, reasons.ROTATION_POOL),
        (_half_days(before, start), _half_days(after, start), reasons.ROTATION_HALF_DAYS),
        (old.by_department, new.by_department, reasons.ROTATION_TOGETHER),
        (frozenset(old.absences), frozenset(new.absences), reasons.ROTATION_ABSENCES),
        (old.handover, new.handover, reasons.ROTATION_HANDOVER),
    )
    yield from (ScenarioDifference(wave=None, what=otherwise()) for this, that, otherwise in pairs if this != that)


def _people(before: Scenario, after: Scenario, roster: Roster | None) -> Iterator[ScenarioDifference]:
    """Who shares, and who of them has every half-day. Without a roster: whether the criteria are others."""
    if roster is not None:
        agents = roster.agents.values()
        yield from _others(agents, before, after, _shares, (reasons.ROTATION_MORE_PEOPLE, reasons.ROTATION_FEWER_PEOPLE))
        yield from _others(agents, before, after, _is_obliged, (reasons.ROTATION_MORE_OBLIGED, reasons.ROTATION_FEWER_OBLIGED))
    elif _criteria(before) != _criteria(after):
        yield ScenarioDifference(wave=None, what=reasons.ROTATION_OTHER_PEOPLE())


Kind = Callable[..., Reason]


def _others(
    agents: Iterable[Agent], before: Scenario, after: Scenario, has: Callable[[Scenario, Agent], bool], kinds: tuple[Kind, Kind]
) -> Iterator[ScenarioDifference]:
    old, new = ({agent.agent_id for agent in agents if has(scenario, agent)} for scenario in (before, after))
    if len(old) != len(new):
        yield _more_or_less(len(new) - len(old), kinds, "count")
    elif old != new:
        yield ScenarioDifference(wave=None, what=reasons.ROTATION_OTHER_PEOPLE())


def _shares(scenario: Scenario, agent: Agent) -> bool:
    return scenario.rotates(agent)


def _is_obliged(scenario: Scenario, agent: Agent) -> bool:
    return scenario.rotates(agent) and scenario.rotation is not None and scenario.rotation.obliges(agent)


def _criteria(scenario: Scenario) -> object:
    rotation = scenario.rotation
    return rotation and (rotation.who, rotation.excepted, rotation.obliged)


def _numbers(old: Rotation, new: Rotation) -> Iterator[ScenarioDifference]:
    """What is more or less, sooner or later."""
    share = new.share.slots * old.share.of - old.share.slots * new.share.of
    if share:
        what = (reasons.ROTATION_MORE_SLOTS if share > 0 else reasons.ROTATION_FEWER_SLOTS)(
            slots=new.share.slots, of=new.share.of
        )
        yield ScenarioDifference(wave=None, what=what, sign=1 if share > 0 else -1)
    if reserve := new.reserve - old.reserve:
        yield _more_or_less(reserve, (reasons.ROTATION_MORE_RESERVE, reasons.ROTATION_LESS_RESERVE), "count")
    if days := old.published_days - new.published_days:
        yield _more_or_less(days, (reasons.ROTATION_LATER, reasons.ROTATION_EARLIER), "days")
    if seconds := old.ready_before_s - new.ready_before_s:
        minutes = round(seconds / _MINUTE_S)
        yield _more_or_less(minutes, (reasons.ROTATION_HANDED_LATER, reasons.ROTATION_HANDED_EARLIER), "minutes")


def _more_or_less(difference: int, kinds: tuple[Kind, Kind], key: str) -> ScenarioDifference:
    """The first kind, if it is more or later."""
    return ScenarioDifference(wave=None, what=kinds[difference < 0](**{key: abs(difference)}), sign=1 if difference > 0 else -1)


def _half_days(scenario: Scenario, start: Instant) -> tuple[Slot, ...]:
    """Of a year from the start."""
    if scenario.rotation is None or scenario.calendar is None:
        return ()
    weeks = weeks_of(scenario.rotation, scenario.calendar, scenario.calendar.date_of(start))
    return tuple(slot for week in takewhile(lambda week: week.begins < start + FAR_S, weeks) for slot in week.slots)


__all__ = ["rotation_differences"]
