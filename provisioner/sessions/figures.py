"""What metrics show of sessions: numbers, without people and desktops."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import Instant
from provisioner.model.session_counts import SessionFigures
from provisioner.model.session_groups import ShownGroups
from provisioner.model.words import FirstBootWord, PushWord, SessionOrderWord
from provisioner.sessions.timeline import Timeline, by_group


@dataclass(slots=True, kw_only=True)
class SessionTally:
    """Counts of this life of the daemon, as in `SessionFigures`."""

    documents: Counter[str] = field(default_factory=Counter)
    pushes: Counter[PushWord] = field(default_factory=Counter)
    inferred: int = 0
    disagreements: int = 0
    host_key_changes: int = 0
    first_boots: Counter[FirstBootWord] = field(default_factory=Counter)
    orders: Counter[SessionOrderWord] = field(default_factory=Counter)


def figures_of(
    timeline: Timeline, tally: SessionTally, sources: Mapping[str, int], now: Instant, groups: ShownGroups
) -> SessionFigures:  # fmt: skip
    """A copy of the present figures."""
    peaks = timeline.day_peaks(now)
    return SessionFigures(
        groups=groups,
        open={group: count for group, count in by_group(timeline.open).items() if group is not None},
        day_peaks={group: most for group, most in peaks.items() if group is not None},
        day_peak=peaks.get(None, 0),
        sources=dict(sources),
        documents=dict(tally.documents),
        pushes=dict(tally.pushes),
        inferred=tally.inferred,
        disagreements=tally.disagreements,
        host_key_changes=tally.host_key_changes,
        first_boots=dict(tally.first_boots),
        orders=dict(tally.orders),
    )
