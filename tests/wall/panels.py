"""Each query of the crisis room, and whether what it shows is the truth."""

from collections.abc import Callable, Mapping

from tests.builders.cluster import NOW
from tests.wall.alarms import Truths
from tests.wall.surge import REST, WAVES
from tests.wall.truths import Series, Span

Asked = tuple[str, str]
"""The panel's title and the query's legend; in a table, its letter."""
Check = Callable[[Truths, float, Series], str]
"""What is wrong with these series, so many seconds after the beginning; empty: nothing."""
_ETA_OFF_S = 300.0
_WAVES_LATE = "Waves that are late, or will be"


def _one(span: Callable[[Truths, float], Span]) -> Check:
    """One figure."""

    def check(truths: Truths, at_s: float, series: Series) -> str:
        wanted = span(truths, at_s)
        if len(series) != 1:
            return f"{len(series)} series instead of one"
        ((_, value),) = series
        return "" if wanted.holds(value) else f"{value:g} instead of {wanted.low:g} to {wanted.high:g}"

    return check


def _waits_for(truths: Truths, at_s: float, series: Series) -> str:
    reasons = [labels["reason"] for labels, _ in series]
    if not reasons:
        return "" if truths.all_is_ordered(at_s) else "nothing, and somebody waits for what nobody has ordered"
    return "" if truths.may_wait_for(reasons[0], at_s) else f"{reasons[0]}, and there is no such reason"


def _runs_out(truths: Truths, at_s: float, series: Series) -> str:
    """Memory, by how the nodes are built: 128 desktops by vCPUs, 102 by memory."""
    shown = [labels["resource"] for labels, _ in series]
    return "" if shown == ["memory"] else f"{shown} instead of memory"


def _shares(truths: Truths, at_s: float, series: Series) -> str:
    shown = {labels["wave"]: value for labels, value in series}
    if shown.keys() != set(WAVES):
        return f"waves {sorted(shown)}"
    spans = {wave: truths.wave_share(wave, at_s) for wave in WAVES}
    return "; ".join(f"{wave}: {shown[wave]:.3f}, not {span}" for wave, span in spans.items() if not span.holds(shown[wave]))


def _overdue(truths: Truths, at_s: float, series: Series) -> str:
    """Of all batches of the wave."""
    shown = {labels["wave"]: value for labels, value in series}
    spans = {wave: truths.all_overdue(wave, at_s) for wave in WAVES}
    return "; ".join(
        f"{wave}: {shown.get(wave, 0.0):g} overdue, not {span}"
        for wave, span in spans.items()
        if not span.holds(shown.get(wave, 0.0))
    )


def _late(truths: Truths, at_s: float, series: Series) -> str:
    """Who is overdue is shown; nobody is shown who is in time."""
    shown = {labels["wave"]: value for labels, value in series}
    wrong = []
    for wave in WAVES:
        overdue, most = truths.overdue(wave, at_s), truths.may_lack(wave, at_s)
        if not overdue.low <= shown.get(wave, 0.0) <= max(overdue.high, most):
            wrong.append(f"{wave}: {shown.get(wave, 0.0):g} late instead of {overdue.low:g} to {max(overdue.high, most):g}")
    return "; ".join(wrong)


def _never(truths: Truths, at_s: float, series: Series) -> str:
    """People who are left out; there is room for everybody else. All of them are in the last batch of the last wave."""
    shown = {labels["wave"]: value for labels, value in series}
    spans = {wave: truths.left_out(at_s) if wave == REST else Span(low=0.0, high=0.0) for wave in shown}
    return "; ".join(
        f"{wave}: {value:g} instead of {spans[wave]}" for wave, value in shown.items() if not spans[wave].holds(value)
    )


def _due(truths: Truths, at_s: float, series: Series) -> str:
    """A deadline that the scenario gives the wave."""
    shown = {labels["wave"]: round(value / 1000 - NOW) for labels, value in series}
    dues = {wave: {round(batch.due_s) for batch in truths.batches if batch.wave == wave} for wave in WAVES}
    return "; ".join(f"{wave}: due at {due}" for wave, due in shown.items() if due not in dues[wave])


def _eta(truths: Truths, at_s: float, series: Series) -> str:
    """When its last desktop that comes at all will be ready: not before now, and not long after it was."""
    wrong = []
    for labels, value in series:
        wave, eta_s = labels["wave"], value / 1000 - NOW
        last_s = truths.last_ready_s(wave, at_s)
        if value and last_s is not None and not at_s - 75 <= eta_s <= last_s + _ETA_OFF_S:
            wrong.append(f"{wave}: ready at {eta_s:.0f}, and it was at {last_s:.0f}")
    return "; ".join(wrong)


def _count(severity: str) -> Check:
    def check(truths: Truths, at_s: float, series: Series) -> str:
        return _one(lambda truths, at_s: truths.alerts_of(severity, at_s))(truths, at_s, series)

    return check


def _alerts(truths: Truths, at_s: float, series: Series) -> str:
    """How many of each alert."""
    shown = {labels["alertname"]: value for labels, value in series}
    spans: dict[str, Span] = {}
    for (name, _), span in truths.alerts(at_s).items():
        before = spans.get(name, Span(low=0.0, high=0.0))
        spans[name] = Span(low=before.low + span.low, high=before.high + span.high)
    wrong = [
        f"{name}: {shown.get(name, 0.0):g}, not {span}" for name, span in spans.items() if not span.holds(shown.get(name, 0.0))
    ]
    return "; ".join([*wrong, *sorted(shown.keys() - spans.keys())])


CHECKS: Mapping[Asked, Check] = {
    ("Ready", "ready"): _one(Truths.ready),
    ("Ready", "planned"): _one(Truths.planned),
    ("People waiting", "waiting"): _one(Truths.waiting),
    ("People waiting", "left out"): _one(Truths.left_out),
    ("People waiting", "overdue"): _one(Truths.everybody_overdue),
    ("Longest wait", "__auto"): _one(Truths.longest_wait),
    ("It waits for", "{{reason}}"): _waits_for,
    ("Sessions", "now"): _one(Truths.sessions),
    ("Sessions", "desktops counted"): _one(Truths.counted),
    ("Sessions", "unknown"): _one(Truths.unknown),
    ("Sessions", "oldest reading"): _one(Truths.reading_age),
    ("Bascule writes", "__auto"): _one(Truths.writes),
    ("Nodes offline", "__auto"): _one(Truths.offline),
    ("Room for more", "now"): _one(Truths.room),
    ("Room for more", "one node less"): _one(Truths.room_after_loss),
    ("Runs out first", "{{resource}}"): _runs_out,
    ("Alerts", "critical"): _count("critical"),
    ("Alerts", "warnings"): _count("warning"),
    ("Ready against the target", "planned"): _one(Truths.planned),
    ("Ready against the target", "wanted"): _one(Truths.wanted),
    ("Ready against the target", "ready"): _one(Truths.ready),
    ("Sessions and what carries them", "desktops ready"): _one(Truths.desktops_ready),
    ("Sessions and what carries them", "sessions"): _one(Truths.sessions),
    ("Sessions and what carries them", "ceiling"): _one(Truths.ceiling),
    ("Sessions and what carries them", "unknown"): _one(Truths.unknown),
    ("Waves: ready of planned", "{{wave}}"): _shares,
    ("Alerts that fire", "A"): _alerts,
    (_WAVES_LATE, "A"): _overdue,
    (_WAVES_LATE, "B"): _late,
    (_WAVES_LATE, "C"): _never,
    (_WAVES_LATE, "D"): _due,
    (_WAVES_LATE, "E"): _eta,
    ("How old is what you see", "cycle"): _one(Truths.cycle_age),
    ("How old is what you see", "cluster"): _one(Truths.look_age),
    ("How old is what you see", "directory"): _one(Truths.roster_age),
}


__all__ = ["CHECKS", "Asked", "Check"]
