"""How many sessions are and were open, as JSON text."""

import json
from typing import Any

from provisioner.model.session_counts import DayPeak, DayReadings, SessionCounts
from provisioner.model.session_groups import GroupKey, GroupKind, Place


def counts_text(counts: SessionCounts) -> str:
    """The counts. In a storm of log-ons there are thousands of changes, so these are lists."""
    kept: dict[str, Any] = {"settled_at": counts.settled_at, "base": [[*place, count] for place, count in counts.base.items()]}
    kept["recent"] = [[at, change, *place] for at, change, place in counts.recent]
    kept["peaks"] = [[peak.day, peak.group, peak.most, peak.at] for peak in counts.peaks]
    kept["readings"] = [[each.day, each.desktops, each.within_s, each.inferred] for each in counts.readings]
    kept["off_by"] = [[each.day, each.off_by] for each in counts.readings]
    return json.dumps(kept)


def counts_of(text: str) -> SessionCounts:
    """The counts that `counts_text` wrote."""
    raw = json.loads(text)
    off_by = dict(raw.get("off_by", ()))  # an earlier release has kept none
    return SessionCounts(
        settled_at=raw["settled_at"],
        base={Place(*place): count for *place, count in raw["base"]},
        recent=tuple((at, change, Place(*labels)) for at, change, *labels in raw["recent"]),
        peaks=tuple(DayPeak(day=day, group=_group(group), most=most, at=at) for day, group, most, at in raw["peaks"]),
        readings=tuple(
            DayReadings(day=day, desktops=desktops, within_s=within_s, inferred=inferred, off_by=off_by.get(day, 0))
            for day, desktops, within_s, inferred in raw["readings"]
        ),
    )


def _group(raw: Any) -> GroupKey | None:
    return None if raw is None else (GroupKind(raw[0]), raw[1])
