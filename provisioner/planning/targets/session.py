"""A session, or unknown sessions: a running desktop is not shut down."""

from provisioner.model.budget import Pace
from provisioner.model.ids import Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.desktops import Reservation
from provisioner.pacing.probe_timing import sessions_respected_for_s
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.targets import SESSIONS_DOUBTFUL, SESSIONS_OPEN, SESSIONS_UNKNOWN

FRESH_S = 10.0
"""A reading older than this is repeated before a stop is ordered: the pace of cycles, and of the guest's own report."""


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    if not facts.is_running(desktop):
        return None
    order = facts.stop_orders.get(desktop.name)
    if order is not None and order.terms.even_with_session:
        return None
    insists = order is not None or desktop.name in facts.trials_over
    sessions, doubt = (_last_known(facts, desktop), "") if insists else _proven(facts, desktop)
    if not sessions and desktop.name in facts.situation.in_use:
        return Target(level=TargetLevel.AS_IS, because=facts.situation.in_use[desktop.name])
    if sessions is None:
        return Target(level=TargetLevel.AS_IS, because=SESSIONS_DOUBTFUL(doubt=doubt) if doubt else SESSIONS_UNKNOWN())
    if sessions:
        return Target(level=TargetLevel.AS_IS, because=SESSIONS_OPEN(sessions=sessions))
    return None


def _proven(facts: TargetFacts, desktop: Reservation) -> tuple[int | None, str]:
    """Sessions as last read, and the doubt. None: a question was not answered, or the answer did not prove it empty."""
    records = facts.situation.records
    report, checked = records.desktops[desktop.name].report, records.checked.get(desktop.name)
    if report is None:
        return None, ""
    doubt = report.doubt(report.read_at)
    unanswered = checked is not None and checked > report.read_at + FRESH_S
    if unanswered or (doubt and not report.sessions):
        return None, doubt
    return len(report.sessions), ""


def _last_known(facts: TargetFacts, desktop: Reservation) -> int:
    """Sessions of a report that is still valid; without a report, the operator who ordered the stop is responsible."""
    return known_sessions(facts.situation.records.desktops[desktop.name], facts.situation.config.pace, facts.now)


def known_sessions(record: DesktopRecord, pace: Pace, now: Instant) -> int:
    """Sessions of its last report, if that is not long ago; 0: there were none, or they may have ended long since."""
    report = record.report
    if report is None or now - report.read_at > sessions_respected_for_s(pace):
        return 0
    return len(report.sessions)


SESSION = Source(name="session", target=_target)
