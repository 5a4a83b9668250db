"""A forecast as lines for people: the verdict first, then waves, who is left without a desktop, and what is assumed."""

from collections.abc import Iterator
from dataclasses import asdict

from provisioner.cli import times
from provisioner.cli.capacity_rows import COLUMNS as CAPACITY_COLUMNS
from provisioner.cli.capacity_rows import capacity_rows
from provisioner.cli.finding_lines import show_finding
from provisioner.cli.forecast.figures import SHARES
from provisioner.cli.forecast.fits import show_fits
from provisioner.cli.forecast.parts import part_name
from provisioner.cli.forecast.verdict import ForecastAnswer, Verdict, VerdictWord
from provisioner.cli.output import print_table, say
from provisioner.cli.shortage_lines import concerned_lines
from provisioner.cli.times import duration
from provisioner.model.ids import Instant
from provisioner.rehearsal.binding import in_short
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.waves import PartKind, WaveForecast
from provisioner.texts.translate import N_, _, headings, plural

_WAVES = headings("wave", "wanted", "ready", "opens", "all ready", "at the latest", "waits for")
_PARTS = headings("seats of", "wanted", "ready", "opens", "all ready", "at the latest", "waits for")
_HELPS = headings("twice as much of", "all ready after")


def show(answer: ForecastAnswer) -> None:
    """All of it."""
    result, question, now = answer.outcome.forecast, answer.question, answer.question.stage.begins_at
    for line in verdict_lines(answer):
        say(line)
    for finding in question.faults:
        show_finding(finding)
    if result.wanted:
        times = [(f"{share:.0%}", duration(result.after_s(share))) for share in SHARES]
        print_table("", headings("ready", "after"), times, numbers=("after",))
        say(_("what it waits for: {binds}", binds=answer.outcome.binds))
    if result.lock_timeouts:
        say(_("storage lock time-outs on the way: {count}", count=result.lock_timeouts))
    if len(result.waves) > 1:
        shared = any(wave.kind is not PartKind.WAVE for wave in result.waves)
        title, columns = (N_("waves, pools and half-days"), _PARTS) if shared else (N_("waves"), _WAVES)
        print_table(title, columns, [_wave(wave, answer, now) for wave in result.waves], numbers=_WAVES[1:3])
    show_fits(answer)
    _show_helps(answer)
    for title, columns, reasons in (
        (N_("without a desktop"), headings("wanted", "reason"), result.unmet),
        (N_("not wanted"), headings("agents", "reason"), result.not_wanted),
    ):
        rows = [(count, reason) for reason, count in reasons.items()]
        print_table(title, columns, rows, numbers=columns[:1])
    print_table(
        N_("room at the end"), CAPACITY_COLUMNS, capacity_rows(result.capacity, result.outlook), numbers=("room for more",)
    )
    for assumption in (*question.assumptions, *answer.durations):
        say(_("assumed: {what}", what=assumption))


def verdict_lines(answer: ForecastAnswer) -> tuple[str, ...]:
    """The verdict, and what it rests on."""
    now = answer.question.stage.begins_at
    return (*_deadline(answer.verdict, now), *_counts(answer.outcome.forecast), *_times(answer, now))


def _deadline(verdict: Verdict, now: Instant) -> Iterator[str]:
    """The answer to `--by`."""
    if verdict.by is None:
        return
    by = times.clock(verdict.by, now=now)
    if verdict.answer is VerdictWord.YES:
        yield _("yes: all would be ready by {by}", by=by)
    elif verdict.answer is VerdictWord.NO:
        yield _("no: not all would be ready by {by}", by=by)
    elif verdict.answer is VerdictWord.MAYBE:
        yield _("perhaps: in {chance:.0%} of the cases all would be ready by {by}", chance=verdict.chance, by=by)
    else:
        yield _("unknown whether all would be ready by {by}", by=by)


def _counts(result: Forecast) -> Iterator[str]:
    """How many get a desktop, and each reason why that is not all."""
    if not result.wanted and not result.unopened:
        yield _("nobody would get a desktop: {why}", why=result.nobody)
    elif result.nothing_left:
        yield _("all {count} wanted desktops are ready already: nothing is left to do", count=result.wanted)
    elif result.after_s(1.0) == 0.0:
        yield plural("the {count} wanted desktop is ready", "all {count} wanted desktops are ready", result.wanted)
    else:
        yield plural(
            "{ready} of {count} wanted desktop would be ready",
            "{ready} of {count} wanted desktops would be ready",
            result.wanted,
            ready=result.ready,
        )
        if result.ready_now:
            yield plural("{count} of them is ready now", "{count} of them are ready now", result.ready_now)
    yield from concerned_lines(**asdict(result.shortage))
    if result.cut:
        yield _("the rehearsal was cut before the end of the switch: it says nothing about what comes later")
    if result.unopened:
        yield plural("the wave of {count} agent has not opened", "the waves of {count} agents have not opened", result.unopened)
    yield from _late(result)
    for wave in result.waves:
        if not wave.wanted and not result.unopened:
            yield _("wave {wave} is without agents: no entitled agent is left for it", wave=wave.name)


def _late(result: Forecast) -> Iterator[str]:
    """How many are too late for a deadline, and for a half-day."""
    made = sum(wave.late for wave in result.made)
    if made:
        yield plural(
            "{count} desktop would not be ready by the deadline of its wave",
            "{count} desktops would not be ready by the deadline of their wave",
            made,
        )
    if result.late > made:
        yield plural(
            "{count} person would have no desktop as the half-day begins",
            "{count} people would have no desktop as their half-day begins",
            result.late - made,
        )


def _times(answer: ForecastAnswer, now: Instant) -> Iterator[str]:
    """When all are ready, and what that rests on."""
    band, end_s = answer.verdict.band, answer.outcome.forecast.after_s(1.0)
    if not end_s:
        return
    if band is not None:
        early, late = (times.clock(now + seconds, now=now) for seconds in (band.early_s, band.late_s))
        length = duration(band.middle_s)
        yield _("all ready after {time}: between {early} and {late} in nine of ten cases", time=length, early=early, late=late)
        if answer.question.score.widening > 1.0:
            power = answer.question.score.widening
            yield _("earlier bands were too narrow: this one is widened by the power {power:.1f}", power=power)
    if answer.measured == 0:
        yield _(
            "nothing was measured on this cluster: the band is as wide as clusters differ; make three trial desktops first "
            "(`bascule check --trial --number 3`)"
        )
        yield _("with the twin's own durations, all would be ready after {time}", time=duration(end_s))
    elif answer.measured is not None:
        yield plural(
            "it rests on {count} desktop that was made here",
            "it rests on {count} desktops that were made here",
            answer.measured,
        )


def _wave(wave: WaveForecast, answer: ForecastAnswer, now: Instant) -> tuple[object, ...]:
    opens = "-" if wave.opens_after_s is None else _("open")
    if wave.opens_after_s is not None and wave.opens_after_s > 0:
        opens = times.clock(now + wave.opens_after_s, now=now)
    last, band = wave.last_after_s, answer.outcome.waves.get(wave.name)
    ready = "-" if not wave.wanted else _("never") if last is None else times.clock(now + last, now=now)
    latest = times.clock(now + band.late_s, now=now) if band else "-"
    return part_name(wave, now), wave.wanted, wave.ready, opens, ready, latest, in_short(answer.outcome.wave_binds[wave.name])


def _show_helps(answer: ForecastAnswer) -> None:
    """What would shorten it by more than chance."""
    rows = [(gain.resource, duration(gain.after_s)) for gain in answer.outcome.gains if gain.sure]
    print_table(N_("what would help"), _HELPS, rows, numbers=_HELPS[1:])
