"""How bad each kind of entry is, and which runbook it has."""

from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.reasons import brokers, etas, probes, views, wrong
from provisioner.reasons.reason import ReasonKind
from provisioner.wrong.entry import Severity


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a kind of entry means."""

    severity: Severity
    runbook: str
    """Page and heading below docs/runbooks: `clusters#basculeclusterpaused`; empty: there is none."""
    unready: bool = False
    """Whether the daemon cannot do its work meanwhile: `/readyz` says no."""


def _rows(severity: Severity, runbook: str, *kinds: ReasonKind, unready: bool = False) -> dict[str, Meaning]:
    return {kind.code: Meaning(severity, runbook, unready) for kind in kinds}


_CRITICAL, _WARNING, _NOTE = Severity.CRITICAL, Severity.WARNING, Severity.NOTE

TABLE: Mapping[str, Meaning] = {
    **_rows(_CRITICAL, "daemon#basculenocycle", wrong.NO_CYCLE, wrong.CYCLE_LATE, unready=True),
    **_rows(
        _CRITICAL, "clusters#basculeclusternotseen", wrong.CLUSTER_UNSEEN, wrong.CLUSTER_UNSEEN_WHY, wrong.CLUSTER_OLD,
        unready=True,
    ),
    **_rows(_CRITICAL, "clusters#basculeclusterpaused", wrong.CLUSTER_PAUSED, wrong.LISTING_DOUBTED, unready=True),
    **_rows(_CRITICAL, "operators#basculebaselinenotaccepted", views.BASELINE_WAITS, unready=True),
    **_rows(_WARNING, "nodes#basculenodeoffline", wrong.NODE_AWAY),
    **_rows(_WARNING, "capacity#basculestoragenearlyfull", wrong.STORAGE_FILLED),
    **_rows(_CRITICAL, "directory#basculedirectorystale", wrong.NO_ROSTER, wrong.NO_ROSTER_WHY, unready=True),
    **_rows(_CRITICAL, "directory#basculedirectorystale", wrong.NOBODY_THERE),
    **_rows(_WARNING, "directory#basculedirectorystale", wrong.DIRECTORY_UNREAD),
    **_rows(_NOTE, "directory#basculedirectoryserverfailing", wrong.DIRECTORY_SERVER_FAILS),
    **_rows(_WARNING, "directory#basculedirectoryrejectsmany", wrong.MANY_REJECTED),
    **_rows(_NOTE, "directory#basculedirectoryrejectsmany", wrong.ENTRIES_REJECTED),
    **_rows(
        _WARNING, "directory#basculedirectoryquarantined", views.HELD_DIRECTORY, views.HELD_CONFIGURATION, views.HELD_BOTH
    ),
    **_rows(_WARNING, "directory#basculepeopleundernewid", views.PERSON_RECREATED, views.PEOPLE_RECREATED),
    **_rows(_WARNING, "desktops#basculedesktopsfailed", views.DESKTOP_FAILED, views.DESKTOPS_FAILED),
    **_rows(_WARNING, "desktops#basculedesktopslate", wrong.DESKTOP_LATE, wrong.DESKTOPS_LATE),
    **_rows(_WARNING, "desktops#basculeguestsgivenoreport", wrong.DESKTOP_SILENT, wrong.DESKTOPS_SILENT),
    **_rows(_WARNING, "daemon#basculeconfigrejected", views.CONFIG_REJECTED),
    **_rows(_WARNING, "daemon#basculerestartwaits", views.RESTART_WAITS),
    **_rows(_CRITICAL, "waves#basculewavelate", etas.WAVE_LATE),
    **_rows(
        _CRITICAL, "waves#basculewavewillbelate",
        etas.WAVE_LATE_BY, etas.WAVE_SHORT, etas.WAVE_HELD, etas.WAVE_HELD_LATE,
    ),
    **_rows(_WARNING, "waves#basculewavewillbelate", etas.WAVE_MAY_BE_LATE),
    **_rows(
        _WARNING, "brokers#basculebrokerfailing",
        brokers.BROKER_FAILS, brokers.BROKER_REFUSED, brokers.BROKER_FOREIGN, brokers.BROKER_UNKNOWN,
    ),
    **_rows(_CRITICAL, "sessions#basculedesktopsnotreached", probes.NOT_REACHED),
}  # fmt: skip
"""By code."""


def meaning_of(code: str) -> Meaning:
    """What a capability adds waits for a person."""
    return TABLE.get(code, Meaning(_WARNING, ""))


__all__ = ["TABLE", "Meaning", "meaning_of"]
