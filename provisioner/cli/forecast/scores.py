"""`bascule forecast --score`: earlier forecasts against what came; and the keeping of a new one."""

from contextlib import closing

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.forecast.verdict import ForecastAnswer
from provisioner.cli.output import complain, print_json, print_table, say
from provisioner.cli.times import clock, dated
from provisioner.errors import StoreError
from provisioner.model.scenario.etas import KeptForecast
from provisioner.rehearsal.bands import Ended, Score
from provisioner.texts.translate import _, headings, plural
from provisioner.views.times import stamp, stamp_or_none

_COLUMNS = headings("given", "wanted", "ready then", "from", "to", "came", "held")
_SHOWN = 10


def kept_forecast(answer: ForecastAnswer) -> KeptForecast | None:
    """What is kept of a forecast of this site; None: it has no band, or everything is ready."""
    band, result, now = answer.verdict.band, answer.outcome.forecast, answer.question.stage.begins_at
    if band is None or answer.measured is None or result.after_s(1.0) == 0.0:
        return None
    return KeptForecast(
        made_at=now,
        wanted=result.wanted,
        ready_then=result.ready_now,
        early_at=now + band.early_s,
        middle_at=now + band.middle_s,
        late_at=now + band.late_s,
        widened=answer.question.score.widening,
        measured=answer.measured,
    )


def keep(store: SqlStore, forecast: KeptForecast) -> None:
    """In the store that is there; a forecast that cannot be kept is given all the same."""
    try:
        with closing(store):
            store.keep_forecast(forecast)
    except StoreError as error:
        complain(_("this forecast is not kept, and will not be scored: {why}", why=error.reason))


def show_score(score: Score, *, json: bool) -> None:
    """How right the forecasts of this site were."""
    if json:
        print_json(_document(score))
        return
    if not score.ended:
        say(_("no forecast has come to its end yet"))
        return
    say(
        plural(
            "{coverage:.0%} of {count} forecast held what came (nine of ten would be perfect)",
            "{coverage:.0%} of {count} forecasts held what came (nine of ten would be perfect)",
            len(score.ended),
            coverage=score.coverage,
        )
    )
    if score.bias is not None:
        say(
            _(
                "it took {bias:.2f} times as long as the middle; from their beginning to their end: × {width:.2f}",
                bias=score.bias,
                width=score.width,
            )
        )
    if score.widening > 1.0:
        say(_("they were too narrow: the next ones are widened by the power {power:.1f}", power=score.widening))
    print_table("", _COLUMNS, map(_row, score.ended[-_SHOWN:]), numbers=_COLUMNS[1:3])


def _row(ended: Ended) -> tuple[object, ...]:
    forecast, made_at = ended.forecast, ended.forecast.made_at
    early, late = (clock(at, now=made_at) for at in (forecast.early_at, forecast.late_at))
    came = _("not yet") if ended.came_at is None else clock(ended.came_at, now=made_at)
    held = _("yes") if ended.held else _("no")
    return dated(made_at), forecast.wanted, forecast.ready_then, early, late, came, held


def _document(score: Score) -> dict[str, object]:
    return {
        "ended": len(score.ended),
        "pending": score.pending,
        "coverage": score.coverage,
        "bias": score.bias,
        "width": score.width,
        "widening": score.widening,
        "forecasts": [
            {
                "at": stamp(each.forecast.made_at),
                "wanted": each.forecast.wanted,
                "ready_then": each.forecast.ready_then,
                "p5": stamp(each.forecast.early_at),
                "p50": stamp(each.forecast.middle_at),
                "p95": stamp(each.forecast.late_at),
                "came": stamp_or_none(each.came_at),
                "held": each.held,
            }
            for each in score.ended
        ],
    }


__all__ = ["keep", "kept_forecast", "show_score"]
