"""The reports of peaks and of capacity, as sentences and tables."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import groupby

from provisioner.cli.documents import (
    CapacitiesDocument,
    CapacityDocument,
    DayPeakDocument,
    GainDocument,
    NodeLossDocument,
    PeaksDocument,
)
from provisioner.cli.reason_lines import reason_in
from provisioner.cli.report.drawing import Curve, draw_bars, draw_curves
from provisioner.cli.report.tables import Cell, Report, ReportTable, shown, time_cell
from provisioner.cli.times import duration
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.texts.translate import N_, _, headings, term, translated

_PEAKS = headings("day (UTC)", "profile", "at most", "at", "exact", "unknown", "desktops read alone", "late by up to, s")
_NOW = headings("profile", "room for more", "runs out first", "with the worst node lost", "node lost")
_LOSSES = headings("profile", "node lost", "room at least", "room at most", "because")
_GAINS = headings("profile", "without a limit of", "more desktops", "where most", "more there")


def peak_report(document: PeaksDocument) -> Report:
    """The most sessions at once, day by day."""
    peaks = document["peaks"]
    whole = [peak for peak in peaks if peak["profile"] is None]
    most = max(whole, key=lambda peak: (peak["most"], peak["day"]), default=None)
    lines = [_("the most sessions that were open at once, on each day")]
    if most is not None:
        at = shown(time_cell(most["at"]))
        lines.append(_("the most of all days: {count} sessions, {at}", count=most["most"], at=at))
    lines += [*_inexact(whole), *_unknown(whole)]
    table = ReportTable(
        name="peaks",
        title=N_("Peaks by day and profile"),
        columns=_PEAKS,
        numbers=(_PEAKS[2], *_PEAKS[5:]),
        rows=tuple(map(_peak, peaks)),
        empty=_("no session has been counted yet"),
    )
    return Report(title=_("Peaks of sessions"), lines=tuple(lines), tables=(table,), picture=partial(_peaks_drawn, document))


def capacity_report(document: CapacitiesDocument) -> Report:
    """How many more desktops fit, and what would be left without a node."""
    at = shown(time_cell(document["at"]))
    lines = (
        _("how many more desktops fit, {at}", at=at),
        _("for each profile alone: profiles compete for the same resources, so these numbers are not added up"),
    )
    return Report(
        title=_("Capacity"),
        lines=lines,
        tables=tuple(_capacity_tables(document["capacity"])),
        picture=partial(_capacity_drawn, document["capacity"]),
    )


def _inexact(whole: list[DayPeakDocument]) -> Iterator[str]:
    """Of which days the peak is less than exact, and by how much."""
    days = [peak for peak in whole if not peak["exact"] and (peak["read_alone"] or peak["late_s"])]
    if days:
        late_s = max(peak["late_s"] or 0.0 for peak in days)
        yield _(
            "inexact is the peak of {days}: {desktops} desktops at most were counted by reading alone, without a push; their "
            "log-ons and log-offs count up to {late} late",
            days=join_reasons([peak["day"] for peak in days], ALSO),
            desktops=max(peak["read_alone"] for peak in days),
            late=duration(late_s),
        )
    if undated := [peak for peak in whole if peak["off_by"]]:
        yield _(
            "no event dates some log-ons and log-offs: the true peak may be higher or lower by at most {bands}",
            bands=join_reasons([_("{count} on {day}", count=peak["off_by"], day=peak["day"]) for peak in undated], ALSO),
        )


def _unknown(whole: list[DayPeakDocument]) -> Iterator[str]:
    """How far a peak may be too low, because desktops did not say who was logged on."""
    if hidden := [peak for peak in whole if peak["unknown"]]:
        bands = [
            _("{most} to {at_most} on {day}", day=peak["day"], most=peak["most"], at_most=_at_most(peak)) for peak in hidden
        ]
        yield _(
            "desktops that gave no report for minutes count as if nobody was logged on; the true peak: {bands}",
            bands=join_reasons(bands, ALSO),
        )
    if not_kept := [peak["day"] for peak in whole if peak["unknown"] is None]:
        yield _(
            "of {count} days it is not kept whether all desktops were heard: none of them is called exact", count=len(not_kept)
        )


def _at_most(peak: DayPeakDocument) -> int:
    return peak["most"] + (peak["unknown"] or 0)


def _peak(peak: DayPeakDocument) -> tuple[Cell, ...]:
    exact = _("yes") if peak["exact"] else _("no")
    cells = peak["day"], _profile(peak), peak["most"], time_cell(peak["at"]), exact
    return *cells, peak["unknown"], peak["read_alone"], peak["late_s"]


def _profile(peak: DayPeakDocument) -> str:
    return _("all together") if peak["profile"] is None else str(peak["profile"])


def _peaks_drawn(document: PeaksDocument) -> bytes | None:
    """A line for each profile; a day without a count of a profile had none of it."""
    days = sorted({peak["day"] for peak in document["peaks"]})
    if len(days) < 2:
        return None
    ordered = sorted(document["peaks"], key=lambda peak: (peak["profile"] is not None, peak["profile"] or ""))
    curves = []
    for _name, found in groupby(ordered, key=lambda peak: peak["profile"]):
        peaks = list(found)
        counts = {peak["day"]: peak["most"] for peak in peaks}
        curves.append(Curve(label=_profile(peaks[0]), values=[counts.get(day, 0) for day in days]))
    times = [datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp() for day in days]
    return draw_curves(times, curves, label=_("sessions"))


def _capacity_tables(profiles: list[CapacityDocument]) -> Iterator[ReportTable]:
    nothing = _("no profile can be counted: no template is seen")
    yield ReportTable(
        name="now",
        title=N_("Room now, and without a node"),
        columns=_NOW,
        numbers=(_NOW[1], _NOW[3]),
        rows=tuple(map(_now, profiles)),
        empty=nothing,
    )
    yield ReportTable(
        name="gains",
        title=N_("What would add most"),
        columns=_GAINS,
        numbers=(_GAINS[2], _GAINS[4]),
        rows=tuple(_gain(profile, gain) for profile in profiles for gain in profile["gains"]),
        empty=_("nothing alone would add any"),
    )
    yield ReportTable(
        name="losses",
        title=N_("Without each node"),
        columns=_LOSSES,
        numbers=_LOSSES[2:4],
        rows=tuple(_loss(profile, loss) for profile in profiles for loss in profile["after_loss"]),
        empty=nothing,
    )


def _now(profile: CapacityDocument) -> tuple[Cell, ...]:
    worst = next(iter(profile["after_loss"]), None)
    binds = term("binds", profile["binds"] or "templates")
    left: tuple[Cell, ...] = (None, "") if worst is None else (worst["at_least"], worst["node"])
    return profile["profile"], profile["free"], binds, *left


def _loss(profile: CapacityDocument, loss: NodeLossDocument) -> tuple[Cell, ...]:
    return profile["profile"], loss["node"], loss["at_least"], loss["at_most"], translated(reason_in(loss["because"]))


def _gain(profile: CapacityDocument, gain: GainDocument) -> tuple[Cell, ...]:
    return profile["profile"], term("binds", gain["resource"]), gain["more"], gain["place"] or "", gain["more_there"]


def _capacity_drawn(profiles: list[CapacityDocument]) -> bytes | None:
    if not profiles:
        return None
    worst = [loss["at_least"] for profile in profiles for loss in profile["after_loss"][:1]]
    bars = [Curve(label=_("now"), values=[profile["free"] for profile in profiles])]
    if len(worst) == len(profiles):
        bars.append(Curve(label=_("with the worst node lost"), values=worst))
    return draw_bars([profile["profile"] for profile in profiles], bars, label=_("room for more desktops"))


__all__ = ["capacity_report", "peak_report"]
