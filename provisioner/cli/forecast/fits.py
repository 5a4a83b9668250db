"""Where not everybody is served in time: the largest wave that would be, what limits it, and what a little more would bring."""

from collections.abc import Iterator
from dataclasses import replace

from provisioner.cli import times
from provisioner.cli.forecast.parts import part_name
from provisioner.cli.forecast.runs import results_of
from provisioner.cli.forecast.verdict import ForecastAnswer
from provisioner.cli.output import pairs, print_table, say
from provisioner.model.ids import Instant
from provisioner.rehearsal.additions import Bought, additions
from provisioner.rehearsal.ensemble import Ensemble, EnsembleOutcome
from provisioner.rehearsal.fitting import WaveFit, largest
from provisioner.rehearsal.forecast import Forecast
from provisioner.rehearsal.rehearse import Rehearsal, Stage
from provisioner.rehearsal.waves import PartKind
from provisioner.texts.translate import N_, _, headings, plural, translated
from provisioner.views.times import stamp_or_none

_BOUGHT = headings("with", "more people in time")


def with_largest(outcome: EnsembleOutcome, ensemble: Ensemble) -> EnsembleOutcome:
    """The largest wave that would be served in time, where one is not: some rehearsals for each."""
    stage = ensemble.stage_of(0)
    return replace(outcome, fits=tuple(_with_largest(fit, stage) for fit in outcome.fits))


def _with_largest(fit: WaveFit, stage: Stage) -> WaveFit:
    return replace(fit, largest=largest(stage, fit, _rehearsed)) if fit.limits else fit


def bought_for(outcome: EnsembleOutcome, ensemble: Ensemble) -> tuple[Bought, ...]:
    """What a little more of something would bring, the best first; nothing is asked if everybody is served in time."""
    if not any(fit.limits for fit in outcome.fits):
        return ()
    found = additions(ensemble.stage_of(0))
    again = results_of(lambda number: _rehearsed(found[number].stage), len(found))
    more = (
        Bought(what=each.what, people=max(0, result.in_time - outcome.forecast.in_time))
        for each, result in zip(found, again, strict=True)
    )
    return tuple(sorted(more, key=lambda bought: (-bought.people, bought.what)))


def _rehearsed(stage: Stage) -> Forecast:
    return Rehearsal(stage).run()


def fit_lines(answer: ForecastAnswer) -> Iterator[str]:
    """A sentence for each wave that is not served in time, and one for each other thing that leaves people of it out."""
    for fit in answer.outcome.fits:
        if not fit.limits:
            continue
        yield _fit_line(fit, answer)
        for limit in fit.limits[:-1]:
            yield "  " + plural(
                "before that, {count} person is left without a desktop by: {why}",
                "before that, {count} people are left without a desktop by: {why}",
                limit.people,
                why=translated(limit.why),
            )
        if fit.sure is not None and fit.sure < fit.largest:
            yield "  " + _("in 19 of 20 cases at least {count} of them", count=fit.sure)


def _fit_line(fit: WaveFit, answer: ForecastAnswer) -> str:
    now, due_at = answer.question.stage.begins_at, due_of(fit, answer)
    words: dict[str, str | int] = {"most": fit.largest, "people": fit.people, "why": translated(fit.binds)}
    words["wave"] = part_name(fit, now)
    if fit.kind is PartKind.POOL:
        return _("{wave}: at most {most} of its {people} desktops: {why}", **words)
    if fit.kind is PartKind.HALF_DAY:
        return _("{wave}: at most {most} of its {people} people have a desktop as it begins: {why}", **words)
    if due_at is None:
        return _("wave '{wave}': at most {most} of its {people} people get a desktop: {why}", **words)
    by = times.clock(due_at, now=now)
    return _("wave '{wave}': at most {most} of its {people} people would have a desktop by {by}: {why}", by=by, **words)


def due_of(fit: WaveFit, answer: ForecastAnswer) -> Instant | None:
    """The deadline that is meant."""
    return None if fit.due_after_s is None else answer.question.stage.begins_at + fit.due_after_s


def show_fits(answer: ForecastAnswer) -> None:
    """The sentences, and what a little more would bring."""
    for line in fit_lines(answer):
        say(line)
    rows = [(bought.what, f"+{bought.people}") for bought in answer.bought if bought.people]
    nothing = _("neither a node nor a storage nor 100 seats or addresses more would bring anybody a desktop in time")
    empty = nothing if answer.bought else ""
    print_table(N_("what a little more would bring"), _BOUGHT, rows, numbers=_BOUGHT[1:], empty=empty)


def fit_figures(answer: ForecastAnswer) -> list[dict[str, object]]:
    """The figures of `--json` for each wave."""
    return [
        {
            "wave": fit.name,
            "kind": fit.kind.value,
            "people": fit.people,
            "in_time": fit.in_time,
            "sure": fit.sure,
            "largest": fit.largest,
            "due_at": stamp_or_none(due_of(fit, answer)),
            **dict(pairs("binds", fit.binds)),
            "limits": [{"people": limit.people, **dict(pairs("why", limit.why))} for limit in fit.limits],
        }
        for fit in answer.outcome.fits
    ]


def bought_figures(answer: ForecastAnswer) -> list[dict[str, object]]:
    """Of `--json`: what a little more would bring."""
    return [{**dict(pairs("what", bought.what)), "people": bought.people} for bought in answer.bought]


__all__ = ["bought_figures", "bought_for", "due_of", "fit_figures", "fit_lines", "show_fits", "with_largest"]
