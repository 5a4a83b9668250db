"""A session, or unknown sessions: a running desktop is not shut down."""

from provisioner.model.desktops import Reservation
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.planning.targets.facts import TargetFacts
from provisioner.planning.targets.source import Source
from provisioner.planning.targets.target import Target, TargetLevel
from provisioner.reasons.targets import SESSIONS_DOUBTFUL, SESSIONS_OPEN, SESSIONS_UNKNOWN

FRESH_S = 10.0
"""A reading older than this is repeated before a stop is ordered: the pace of cycles, and of the guest's own report."""


def _target(facts: TargetFacts, desktop: Reservation) -> Target | None:
    if not facts.is_running(desktop):
        return None
    insists = desktop.name in facts.stop_orders
    sessions, doubt = (_last_known(facts, desktop), "") if insists else _proven(facts, desktop)
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
    report, pace = facts.situation.records.desktops[desktop.name].report, facts.situation.config.pace
    if report is None or facts.now - report.read_at > sessions_known_for_s(pace):
        return 0
    return len(report.sessions)


SESSION = Source(name="session", target=_target)
