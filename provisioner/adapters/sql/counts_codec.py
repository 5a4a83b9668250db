"""How many sessions are and were open, as JSON text."""

import json

from provisioner.model.ids import ProfileName
from provisioner.model.session_counts import DayPeak, SessionCounts


def counts_text(counts: SessionCounts) -> str:
    """The counts. In a storm of log-ons there are thousands of changes, so these are lists."""
    peaks = [[peak.day, peak.profile, peak.most, peak.at] for peak in counts.peaks]
    kept = {"settled_at": counts.settled_at, "base": dict(counts.base), "recent": [list(change) for change in counts.recent]}
    return json.dumps({**kept, "peaks": peaks})


def counts_of(text: str) -> SessionCounts:
    """The counts that `counts_text` wrote."""
    raw = json.loads(text)
    return SessionCounts(
        settled_at=raw["settled_at"],
        base={ProfileName(profile): count for profile, count in raw["base"].items()},
        recent=tuple((at, change, ProfileName(profile)) for at, change, profile in raw["recent"]),
        peaks=tuple(
            DayPeak(day=day, profile=None if profile is None else ProfileName(profile), most=most, at=at)
            for day, profile, most, at in raw["peaks"]
        ),
    )
