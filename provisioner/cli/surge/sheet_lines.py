"""The director's sheet in the language of the command: a heading, an answer, and sections of short sentences."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from provisioner.cli import times
from provisioner.cli.capacity_rows import loss_in_words
from provisioner.cli.forecast.fits import fit_lines
from provisioner.cli.forecast.lines import verdict_lines
from provisioner.cli.forecast.parts import part_name
from provisioner.cli.scenario.dates import Dates
from provisioner.cli.shortage_lines import sentences, shared_lines, stated_shortage
from provisioner.cli.surge.sheet_facts import SheetFacts
from provisioner.cli.terminal import plain_line
from provisioner.model.people.plain_text import one_line
from provisioner.rehearsal.waves import BatchForecast, PartKind, WaveForecast
from provisioner.texts.translate import _, plural, term, translated

_WIDTH = 80
_MANY, _SHOWN = 6, 3
"""Of more batches than that, the first ones and the last."""
_REASONS = 4
"""Of reasons, the most frequent: the sheet is one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSection:
    """A heading, and sentences below it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page."""

    title: str
    answer: str
    """Whether it will hold, in a sentence."""
    holds: bool
    sections: tuple[SheetSection, ...]


def sheet_of(facts: SheetFacts) -> Sheet:
    """The page."""
    dates = Dates.of(facts.answer.question.stage.config.scenario, facts.run)
    parts = (
        (_("How sure that is"), _sure(facts)),
        (_("Who gets a desktop by when"), _who(facts, dates)),
        (_("Who gets none, and why"), _none(facts)),
        (_("Risks"), _risks(facts)),
        (_("What a little more would bring"), _more(facts)),
        *((note.title, note.lines) for note in facts.notes),
    )
    sections = tuple(SheetSection(title=title, lines=tuple(one_line(line.strip()) for line in lines)) for title, lines in parts)
    return Sheet(
        title=one_line(
            _("Scenario {name}, if it starts on {start} ({zone})", name=_name(facts), start=dates.start, zone=dates.zone)
        ),
        answer=_answer(facts),
        holds=facts.answer.verdict.holds and facts.in_time >= facts.entitled,
        sections=tuple(section for section in sections if section.lines),
    )


def sheet_text(sheet: Sheet) -> Iterator[str]:
    """The page as text, within eighty columns."""
    yield from textwrap.wrap(sheet.title, _WIDTH)
    yield ""
    yield from textwrap.wrap(sheet.answer, _WIDTH)
    for section in sheet.sections:
        yield ""
        yield section.title
        for line in section.lines:
            yield from textwrap.wrap(line, _WIDTH, initial_indent="* ", subsequent_indent="  ")


def _name(facts: SheetFacts) -> str:
    return facts.answer.question.stage.config.scenario.name


def _answer(facts: SheetFacts) -> str:
    missing, verdict = facts.entitled - facts.in_time, facts.answer.verdict
    if not facts.entitled:
        return _("No: nobody is in a wave, and nobody has a half-day.")
    if missing > 0:
        return _("No: {count} of {people} people would have no desktop in time.", count=missing, people=facts.entitled)
    if facts.answer.question.faults:
        return _("No: `bascule check` finds faults that would prevent it.")
    if verdict.answer.value == "unknown":
        return _(
            "Probably: all {people} people would have one in time; but nothing was measured here yet.", people=facts.entitled
        )
    if not verdict.holds:
        return _("Not for sure: in some of the cases not all {people} people would have one.", people=facts.entitled)
    return _("Yes: all {people} people would have a desktop in time.", people=facts.entitled)


def _sure(facts: SheetFacts) -> Iterator[str]:
    yield from verdict_lines(facts.answer)


def _who(facts: SheetFacts, dates: Dates) -> Iterator[str]:
    for wave in facts.answer.outcome.forecast.waves:
        yield from _wave(facts, wave, dates)


def _wave(facts: SheetFacts, wave: WaveForecast, dates: Dates) -> Iterator[str]:
    people = facts.people.get(wave.name)
    if wave.kind is not PartKind.WAVE:
        name = part_name(wave, facts.answer.question.stage.begins_at)
        yield _shared(wave.parts[0], wave.kind, name=name)
        return
    if not wave.people or people is None:
        yield _("{wave}: nobody.", wave=wave.name)
        return
    count = len(wave.parts)
    for number, part in enumerate(wave.parts):
        if count <= _MANY or number < _SHOWN or number == count - 1:
            yield _batch(facts, part, dates, name=wave.name if count == 1 else f"{wave.name} {number + 1}/{count}")
    kinds = ", ".join(f"{name} ({number})" for name, number in people.profiles.items())
    services = ", ".join(f"{name} ({number})" for name, number in people.services.items())
    if len(people.profiles) > 1 or services:
        yield _("{wave}: profile {profiles}; services {services}", wave=wave.name, profiles=kinds, services=services or "-")


def _shared(part: BatchForecast, kind: PartKind, *, name: str) -> str:
    counts = {"part": name, "count": part.in_time, "people": part.people}
    if kind is PartKind.POOL:
        return _("{part}: {count} of {people} desktops, as soon as it can be.", **counts)
    return _("{part}: {count} of {people} people as it begins.", **counts)


def _batch(facts: SheetFacts, part: BatchForecast, dates: Dates, *, name: str) -> str:
    now = facts.answer.question.stage.begins_at
    counts = {"wave": name, "count": part.in_time, "people": part.people}
    if part.due_after_s is None:
        return _("{wave}: {count} of {people} people, as soon as it can be.", **counts)
    due = dates.text(now + part.due_after_s)
    last = part.ready_after_s[-1] if part.ready_after_s else None
    if last is None:
        return _("{wave}: {count} of {people} people by {due}.", due=due, **counts)
    at = times.clock(now + last, now=now)
    return _("{wave}: {count} of {people} people by {due}; the last one is ready at {at}.", due=due, at=at, **counts)


def _none(facts: SheetFacts) -> Iterator[str]:
    yield from fit_lines(facts.answer)
    forecast, scenario = facts.answer.outcome.forecast, facts.answer.question.stage.config.scenario
    if any(fit.limits for fit in facts.answer.outcome.fits) or forecast.shortage.fewer or forecast.shortage.left_out:
        yield from sentences(stated_shortage(scenario.shortage, waves=bool(scenario.waves)))
    yield from sentences(shared_lines(forecast.shortage.fewer, forecast.shortage.left_out))
    for reason, count in list(forecast.not_wanted.items())[:_REASONS]:
        yield _("{count} people: {why}", count=count, why=plain_line(reason))


def _risks(facts: SheetFacts) -> Iterator[str]:
    answer = facts.answer
    if answer.outcome.forecast.wanted:
        yield _("What it waits for: {binds}", binds=translated(answer.outcome.binds))
    for profile, outlook in sorted(answer.outcome.forecast.outlook.items()):
        if (worst := outlook.worst) is not None:
            left = loss_in_words(str(worst.node), worst.at_least, worst.at_most, worst.because)
            room = answer.outcome.forecast.capacity.get(profile)
            runs_out = term("binds", room.binds) if room is not None else ""
            yield _(
                "With one node lost, room for more desktops of profile {profile}: {left}. What runs out first: {binds}",
                profile=profile,
                left=left,
                binds=runs_out,
            )
    for finding in answer.question.faults[:_REASONS]:
        yield _("`bascule check`: {what}", what=translated(finding.text))
    for assumption in (*answer.question.assumptions, *answer.durations):
        yield _("Assumed: {what}", what=translated(assumption))


def _more(facts: SheetFacts) -> Iterator[str]:
    for bought in facts.answer.bought:
        if bought.people:
            yield plural(
                "{what}: {count} more person in time",
                "{what}: {count} more people in time",
                bought.people,
                what=translated(bought.what),
            )


__all__ = ["Sheet", "SheetSection", "sheet_of", "sheet_text"]
