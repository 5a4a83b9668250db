"""A scenario in sentences, for people, within eighty columns."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf

from provisioner.cli.ceiling_lines import stated_lines
from provisioner.cli.fit_lines import fit_lines
from provisioner.cli.scenario.dates import Dates, clock_minute
from provisioner.cli.scenario.people import selected
from provisioner.cli.scenario.rotation_lines import SharedPool, rotation_lines
from provisioner.cli.shortage_lines import sentences, stated_shortage
from provisioner.cli.times import duration
from provisioner.model.scenario.scenarios import End, PreparationLevel, Scenario, Wave
from provisioner.model.scenario.surges import SurgeRun
from provisioner.planning.demand.agenda import PeopleCount, WaveAgenda
from provisioner.planning.demand.fitting import Fit
from provisioner.planning.demand.waves import BatchTimes, Timetable
from provisioner.planning.rotation.weeks import FirstWeek
from provisioner.reasons.reason import Reason
from provisioner.texts.translate import _, plural, titled, translated

_WIDTH = 80
_INDENT = "   "
_MANY = 12
"""More batches than this are not all listed."""
_DAY_S = 86_400.0
_SHOWN = 3
"""Of many batches, the first ones; then the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What is explained."""

    scenario: Scenario
    run: SurgeRun
    agenda: tuple[WaveAgenda, ...]
    people: PeopleCount | None
    unknown: Reason
    """Why `people` are not known."""
    ceilings: tuple[Fit, ...] = ()
    """For whom each ceiling is enough; empty also if the people are not known."""
    ranges: tuple[Fit, ...] = ()
    """The same of the profiles' addresses."""
    first_week: FirstWeek | None = None
    """None: there is no rotation, or its people are not known."""
    shared: SharedPool | None = None
    """The rotation's pool; None: there is none, or it is not known."""


def explained_lines(explained: Explained) -> Iterator[str]:
    """All lines."""
    dates = Dates.of(explained.scenario, explained.run)
    for sentence in _head(explained, dates):
        yield from _wrapped(sentence)
    for number, agenda in enumerate(explained.agenda, start=1):
        yield ""
        wave = agenda.wave
        yield from textwrap.wrap(f"{number}. {titled(wave.name, selected(wave))}", _WIDTH, subsequent_indent=_INDENT)
        for sentence in _wave(agenda, explained, dates):
            yield from _wrapped(sentence, _INDENT)
    if rotation := list(rotation_lines(explained.scenario, explained.run, dates, explained.first_week, explained.shared)):
        yield ""
    for sentence in rotation:
        yield from _wrapped(sentence)
    tail = list(_tail(explained, dates))
    if tail:
        yield ""
    for sentence in tail:
        yield from _wrapped(sentence)


def _wrapped(sentence: str, indent: str = "") -> list[str]:
    inner = indent + sentence[: len(sentence) - len(sentence.lstrip())]
    return textwrap.wrap(sentence.strip(), _WIDTH, initial_indent=inner, subsequent_indent=inner) or [""]


def _head(explained: Explained, dates: Dates) -> Iterator[str]:
    name = explained.scenario.name
    yield _("Scenario {name}, if it starts on {start} ({zone}).", name=name, start=dates.start, zone=dates.zone)
    if dates.day_1 and explained.scenario.planned:
        yield _("Day 1 is {day}.", day=dates.day_1)
    if explained.scenario.planned and explained.scenario.waves:
        yield _("If resources do not suffice for all, the first wave gets them, then the second, and so on.")
    yield from stated_lines(explained.scenario.ceilings)
    if nodes := explained.scenario.survive_nodes:
        yield plural(
            "Room is kept to restart the desktops of the fullest node.",
            "Room is kept to restart the desktops of the fullest {count} nodes.",
            nodes,
        )
    if not explained.scenario.deletes:
        yield _("No desktop is deleted until it is over.")
    yield from _outside_hours(explained.scenario)
    yield from sentences(stated_shortage(explained.scenario.shortage, waves=bool(explained.scenario.waves)))


def _outside_hours(scenario: Scenario) -> Iterator[str]:
    calendar = scenario.calendar
    if scenario.up_before_s is None or calendar is None:
        return
    opens, closes = (clock_minute(minute) for minute in (calendar.half_days[0].begins, calendar.half_days[-1].ends))
    yield _(
        "From {closes} to {opens} of the next working day, desktops are shut down once nobody is logged on. They are up again "
        "{before} before: the start begins earlier, by as long as boots take.",
        closes=closes,
        opens=opens,
        before=duration(scenario.up_before_s),
    )


def _end(explained: Explained, dates: Dates) -> Iterator[str]:
    end = explained.scenario.end
    at = Timetable(explained.scenario, explained.run).ends_at()
    if at is None or isinf(at):
        yield _("It ends when `bascule surge finish` says so.")
    else:
        yield _("It ends {time}.", time=dates.text(at))
    size = (
        _("all of them, as fast as may be")
        if end.size is None
        else _("{size} at a time, {every}", size=end.size, every=_each(end))
    )
    yield _(
        "The desktops that it made go back then, the last wave's first: {how}. They are kept for {keep}.",
        how=size,
        keep=_kept(end.keep_s),
    )


def _kept(length_s: float) -> str:
    days = round(length_s / _DAY_S)
    return duration(length_s) if length_s < _DAY_S else plural("{count} day", "{count} days", days)


def _tail(explained: Explained, dates: Dates) -> Iterator[str]:
    people = explained.people
    yield from _end(explained, dates)
    if people is None:
        yield _("How many people that are is not known here: {why}", why=translated(explained.unknown))
        return
    yield from fit_lines(explained.ceilings, explained.ranges)
    if people.in_no_wave and explained.scenario.waves:
        yield plural(
            "{count} person is entitled and in no wave: no desktop.",
            "{count} people are entitled and in no wave: no desktop.",
            people.in_no_wave,
        )
    if people.not_entitled and explained.scenario.waves:
        yield plural(
            "{count} person in the directory is not entitled: no desktop.",
            "{count} people in the directory are not entitled: no desktop.",
            people.not_entitled,
        )


def _wave(agenda: WaveAgenda, explained: Explained, dates: Dates) -> Iterator[str]:
    if agenda.people == 0:
        yield _("Nobody who is entitled and in no earlier wave.")
        return
    if agenda.people is None and agenda.wave.size:
        yield from _sample(agenda, explained, dates)
    elif len(agenda.batches) == 1 or agenda.people is None:
        yield f"{_people(agenda)} {_when(agenda.batches[0], explained, dates)}"
    else:
        yield from _batches(agenda, explained, dates)
    yield from _preparation(agenda, dates)
    yield from _gate(agenda.wave)


def _gate(wave: Wave) -> Iterator[str]:
    if wave.gate is not None:
        yield from (translated(condition.stated(value)) for condition, value in wave.gate.asked)


def _people(agenda: WaveAgenda) -> str:
    if agenda.people is None:
        return _("All of them:")
    return plural("{count} person:", "{count} people:", agenda.people)


def _batches(agenda: WaveAgenda, explained: Explained, dates: Dates) -> Iterator[str]:
    count = len(agenda.batches)
    yield _("{people} people in {count} batches:", people=agenda.people, count=count)
    for index, batch in enumerate(agenda.batches):
        if count > _MANY and _SHOWN <= index < count - 1:
            if index == _SHOWN:
                yield "  …"
            continue
        first, last = agenda.span(index)
        yield "  " + _("{first} to {last}: {when}", first=first, last=last, when=_when(batch, explained, dates))


def _sample(agenda: WaveAgenda, explained: Explained, dates: Dates) -> Iterator[str]:
    wave = agenda.wave
    first, second = (_when(batch, explained, dates) for batch in agenda.batches[:2])
    yield _("In batches of {size}, {every}. The first: {first}", size=wave.size, every=_each(wave), first=first)
    yield _("The second: {second}", second=second)


def _each(wave: Wave | End) -> str:
    if wave.every_half_day:
        return _("one each half-day")
    return _("one every {interval}", interval=duration(wave.interval_s)) if wave.interval_s else _("all at once")


def _when(batch: BatchTimes, explained: Explained, dates: Dates) -> str:
    opens = dates.text(batch.opens_at)
    if batch.due_at is not None:
        return _("ready by {due}; work begins {opens}.", due=dates.text(batch.due_at), opens=opens)
    if explained.scenario.planned and explained.people is None and opens != dates.text(dates.started_at):
        return _("as soon as it can be; work begins once it has begun for all batches before.")
    if explained.scenario.planned:
        return _("as soon as it can be; work begins {opens}.", opens=opens)
    return _("work begins {opens}.", opens=opens)


def _preparation(agenda: WaveAgenda, dates: Dates) -> Iterator[str]:
    first, last = agenda.batches[0], agenda.batches[-1]
    if (isinf(first.prepares_from) and first.prepares_from > 0) or first.prepares_from >= last.opens_at:
        return
    since = dates.text(max(first.prepares_from, dates.started_at))
    if agenda.wave.prepare is PreparationLevel.RUNNING:
        yield _("Desktops of later batches are made {since}, and wait running.", since=since)
    else:
        yield _("Desktops of later batches are cloned {since}, and wait switched off.", since=since)
