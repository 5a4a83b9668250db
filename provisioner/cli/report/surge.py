"""The report of a surge, as sentences and tables."""

from collections.abc import Iterator
from functools import partial

from provisioner.cli.documents import (
    BatchReport,
    BindingReport,
    EventReport,
    FailureReport,
    PointReport,
    PredictionReport,
    SessionsPeakReport,
    SurgeReportDocument,
)
from provisioner.cli.reason_lines import reason_in
from provisioner.cli.report.drawing import Curve, draw_curves
from provisioner.cli.report.tables import Cell, Report, ReportTable, shown, time_cell
from provisioner.cli.times import duration, instant
from provisioner.model.actions import Result
from provisioner.model.scenario.surges import SurgeState
from provisioner.texts.translate import N_, _, headings, kept_word, translated, word

_BATCHES = headings(
    "wave",
    "batch",
    "planned",
    "opened",
    "ready by",
    "95 % ready",
    "all ready",
    "late min",
    "not ready when due",
    "again without, min",
    "ready",
    "failed",
)
_EVENTS = headings("at", "until", "what", "by", "why")
_FAILURES = headings("times", "desktops", "action", "result", "reason")
_BOUND = headings("desktop minutes", "at most", "from", "to", "reason")
_FORECASTS = headings("given", "wanted", "ready then", "from", "middle", "to", "came", "held")
_CURVE = headings("at", "wanted", "ready", "sessions", "sessions unknown")


def surge_report(document: SurgeReportDocument, *, rehearsed: bool = False) -> Report:
    """Of one run. `rehearsed`: as a drill, on twins."""
    first: tuple[str, ...] = ()
    if rehearsed:
        title = _("Drill: scenario '{scenario}'", scenario=document["scenario"])
        first = (_("rehearsed on twins of the clusters, in virtual time: nothing was made, and nobody was told"),)
    else:
        title = _("Surge: run {run} of scenario '{scenario}'", run=document["run"], scenario=document["scenario"])
    return Report(
        title=title,
        lines=(*first, *_lines(document)),
        tables=tuple(_tables(document)),
        picture=partial(_picture, document),
    )


def _lines(document: SurgeReportDocument) -> Iterator[str]:
    state = word(SurgeState(document["state"]))
    began, ended = shown(time_cell(document["began_at"])), document["ended_at"]
    if ended is None:
        yield _("began {began}; it is {state}", began=began, state=state)
    else:
        yield _("began {began}, ended {ended}", began=began, ended=shown(time_cell(ended)))
    if not document["noted"]:
        yield _("how far it was has not been noted: the daemon has not noted anything yet, or it is not kept any more")
    else:
        yield from _verdict(document)
        span = {
            "first": shown(time_cell(document["noted_from"])),
            "last": shown(time_cell(document["noted_until"])),
        }
        yield _("noted from {first} to {last}, at {count} moments", count=document["noted"], **span)
    if not document["journal_complete"]:
        yield _("the journal no longer has all of it, or too much: orders and failures may be missing")
    if document["anonymous"]:
        yield _("anonymous: it names no people, no desktops and no operators")


def _verdict(document: SurgeReportDocument) -> Iterator[str]:
    batches = document["batches"]
    planned, ready = sum(batch["planned"] for batch in batches), sum(batch["ready"] for batch in batches)
    if document["by_half_days"]:
        yield _("half-days of people that have come: {planned}, {ready} of them with a desktop", ready=ready, planned=planned)
    else:
        yield _("{ready} of {planned} people had a ready desktop", ready=ready, planned=planned)
    yield from _late(document)
    peak = document["sessions_peak"]
    if peak["most"]:
        text = _("at most {count} open sessions, {at}", count=peak["most"], at=shown(time_cell(peak["at"])))
        yield text if peak["unknown"] is None else _("{sessions} ({band})", sessions=text, band=", ".join(_band(peak)))


def _band(peak: SessionsPeakReport) -> Iterator[str]:
    """How well the sessions were known then."""
    yield _("desktops counted: {count}", count=peak["counted"])
    yield _("unknown: {count}", count=peak["unknown"])
    if peak["oldest_s"] is not None:
        yield _("oldest reading: {time} before", time=duration(peak["oldest_s"]))


def _late(document: SurgeReportDocument) -> Iterator[str]:
    """By what was noted of each batch, and by what the alerts have said: the second may know of less than a minute."""
    due = [batch for batch in document["batches"] if batch["missing_when_due"] is not None]
    if due:
        late = sum(bool(batch["late_s"]) for batch in due)
        if document["by_half_days"]:
            yield _(
                "of {count} half-days that have begun, {late} began with somebody without a desktop", count=len(due), late=late
            )
        else:
            yield _("of {count} batches whose deadline has come, {late} were late", count=len(due), late=late)
    if lost := sum(bool(batch["lost_s"]) for batch in due):
        yield _("batches in which somebody had no ready desktop again, after the deadline: {count}", count=lost)
    for wave in document["late_waves"]:
        at, until = shown(time_cell(wave["at"])), shown(time_cell(wave["until"]))
        text = (
            N_("wave '{wave}' was said to be late from {at} to {until}")
            if until
            else N_("wave '{wave}' is said to be late since {at}")
        )
        yield _(text, wave=wave["wave"], at=at, until=until)


def _tables(document: SurgeReportDocument) -> Iterator[ReportTable]:
    yield ReportTable(
        name="batches",
        title=N_("Plan against actual"),
        columns=_BATCHES,
        numbers=(_BATCHES[1], _BATCHES[2], *_BATCHES[7:]),
        only_wide=(_BATCHES[5], _BATCHES[8], _BATCHES[9], _BATCHES[11]),
        rows=tuple(_batch(batch) for batch in document["batches"]),
        empty=_("nothing was noted"),
    )
    yield ReportTable(
        name="timeline",
        title=N_("What happened"),
        columns=_EVENTS if not document["anonymous"] else _EVENTS[:3],
        rows=tuple(_event(event, anonymous=document["anonymous"]) for event in document["timeline"]),
        empty=_("nothing"),
    )
    yield ReportTable(
        name="bound",
        title=N_("What desktops waited for"),
        columns=_BOUND,
        numbers=_BOUND[:2],
        rows=tuple(_binding(bound) for bound in document["bound"]),
        empty=_("nothing that was noted"),
    )
    yield ReportTable(
        name="failures",
        title=N_("What failed, and was tried again or given up"),
        columns=_FAILURES,
        numbers=_FAILURES[:2],
        rows=tuple(map(_failure, document["failures"])),
        empty=_("nothing"),
    )
    yield ReportTable(
        name="forecasts",
        title=N_("Forecasts, and what came"),
        columns=_FORECASTS,
        numbers=_FORECASTS[1:3],
        rows=tuple(_forecast(each) for each in document["forecasts"]),
        empty=_("none is kept of this time and the day before; `bascule forecast` keeps those that have a band"),
    )
    yield ReportTable(
        name="curve",
        title=N_("Minute by minute"),
        columns=_CURVE,
        numbers=_CURVE[1:],
        is_detail=True,
        rows=tuple(_point(point) for point in document["curve"]),
        empty=_("nothing was noted"),
    )


def _batch(batch: BatchReport) -> tuple[Cell, ...]:
    late = batch["late_s"]
    return (
        batch["wave"],
        batch["batch"],
        batch["planned"],
        time_cell(batch["opened_at"]),
        time_cell(batch["due_at"]),
        time_cell(batch["most_ready_at"]),
        time_cell(batch["ready_at"]),
        None if late is None or (not late and batch["missing_when_due"] is None) else round(late / 60, 1),
        batch["missing_when_due"],
        None if batch["lost_s"] is None or late is None else round(batch["lost_s"] / 60, 1),
        batch["ready"],
        batch["failed"],
    )


def _event(event: EventReport, *, anonymous: bool) -> tuple[Cell, ...]:
    until: Cell = _("goes on") if event["goes_on"] else time_cell(event["until"])
    cells: tuple[Cell, ...] = (time_cell(event["at"]), until, translated(reason_in(event["what"])))
    return cells if anonymous else (*cells, event["by"] or "", event["why"] or "")


def _failure(failure: FailureReport) -> tuple[Cell, ...]:
    action, result = kept_word(failure["action"]), kept_word(failure["result"], Result)
    return failure["count"], failure["desktops"], action, result, translated(reason_in(failure["reason"]))


def _binding(bound: BindingReport) -> tuple[Cell, ...]:
    times = time_cell(bound["first_at"]), time_cell(bound["last_at"])
    return float(bound["desktop_minutes"]), bound["most"], *times, translated(reason_in(bound["reason"]))


def _forecast(forecast: PredictionReport) -> tuple[Cell, ...]:
    times = (time_cell(forecast[key]) for key in ("early_at", "middle_at", "late_at", "came_at"))
    held = _("not yet known") if forecast["held"] is None else _("yes") if forecast["held"] else _("no")
    return time_cell(forecast["made_at"]), forecast["wanted"], forecast["ready_then"], *times, held


def _point(point: PointReport) -> tuple[Cell, ...]:
    return time_cell(point["at"]), point["wanted"], point["ready"], point["sessions"], point["unknown"]


def _picture(document: SurgeReportDocument) -> bytes | None:
    points = document["curve"]
    if len(points) < 2:
        return None
    times = [instant(point["at"]) for point in points]
    curves = (
        Curve(label=_("wanted"), values=[point["wanted"] for point in points], dashed=True),
        Curve(label=_("ready"), values=[point["served"] for point in points]),
        Curve(label=_("sessions"), values=[point["sessions"] for point in points]),
    )
    due = [(instant(batch["due_at"]), batch["wave"]) for batch in document["batches"] if batch["due_at"]]
    return draw_curves(times, curves, marks=due, label=_("desktops"))


__all__ = ["surge_report"]
