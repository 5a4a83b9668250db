"""How bad each kind of entry is, which runbook it has, and which alert is made of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.reasons import surges, views, wrong
from provisioner.reasons.reason import ReasonKind
from provisioner.wrong import alerts
from provisioner.wrong.alerts import Alert
from provisioner.wrong.entry import Severity


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a kind of entry means."""

    severity: Severity
    runbook: str
    """Page and heading below docs/en/runbooks: `clusters#basculeclusterpaused`; empty: there is none."""
    unready: bool = False
    """Whether the daemon cannot do its work meanwhile: `/readyz` says no."""
    alert: Alert | None = None
    no_alert: str = ""
    """Why none is made of it, if so."""


def _rows(alert: Alert, *kinds: ReasonKind, unready: bool = False) -> dict[str, Meaning]:
    return {kind.code: Meaning(alert.severity, alert.runbook, unready, alert) for kind in kinds}


def _notes(runbook: str, *kinds: ReasonKind) -> dict[str, Meaning]:
    return {kind.code: Meaning(Severity.NOTE, runbook, no_alert="a note calls nobody") for kind in kinds}


def _added() -> Iterator[tuple[str, Meaning]]:
    for alerts_of in alerts.ADDED.found():
        for alert, kinds in alerts_of.items():
            yield from _rows(alert, *kinds).items()


_HANGS = Meaning(
    Severity.CRITICAL,
    "daemon#basculenocycle",
    unready=True,
    no_alert="what is made once a cycle cannot say that none ends: Prometheus asks how long ago the last one did",
)

_STORE_AWAY = Meaning(
    Severity.CRITICAL,
    alerts.CLUSTER_PAUSED.runbook,
    unready=True,
    no_alert="every cluster is paused for it, or was never observed: that calls somebody",
)

TABLE: Mapping[str, Meaning] = {
    **{kind.code: _HANGS for kind in (wrong.NO_CYCLE, wrong.CYCLE_LATE)},
    wrong.STORE_AWAY.code: _STORE_AWAY,
    **_rows(
        alerts.CLUSTER_NOT_SEEN, wrong.CLUSTER_UNSEEN, wrong.CLUSTER_UNSEEN_WHY, wrong.CLUSTER_OLD, unready=True,
    ),
    **_rows(alerts.CLUSTER_PAUSED, wrong.CLUSTER_PAUSED, wrong.LISTING_DOUBTED, unready=True),
    **_rows(alerts.QUORUM_UNKNOWN, wrong.QUORUM_UNKNOWN),
    **_rows(alerts.BASELINE, views.BASELINE_WAITS, unready=True),
    **_rows(alerts.NODE_OFFLINE, wrong.NODE_AWAY),
    **_rows(alerts.STORAGE_FULL, wrong.STORAGE_FULL),
    **_rows(alerts.STORAGE_FILLED, wrong.STORAGE_FILLED),
    **_rows(alerts.NO_ROSTER, wrong.NO_ROSTER, wrong.NO_ROSTER_WHY, unready=True),
    **_rows(alerts.NO_ROSTER, wrong.NOBODY_THERE),
    **_rows(alerts.DIRECTORY_STALE, wrong.DIRECTORY_UNREAD),
    **_notes("directory#basculedirectoryserverfailing", wrong.DIRECTORY_SERVER_FAILS),
    **_rows(alerts.REJECTS_MANY, wrong.MANY_REJECTED),
    **_notes("directory#basculedirectoryrejectsmany", wrong.ENTRIES_REJECTED),
    **_rows(alerts.QUARANTINED, views.HELD_DIRECTORY, views.HELD_CONFIGURATION, views.HELD_BOTH),
    **_rows(alerts.UNDER_NEW_ID, views.PERSON_RECREATED, views.PEOPLE_RECREATED, views.OTHER_PEOPLE_HELD),
    **_rows(alerts.DESKTOPS_FAILED, views.DESKTOP_FAILED, views.DESKTOPS_FAILED),
    **_rows(alerts.DESKTOPS_LATE, wrong.DESKTOP_LATE, wrong.DESKTOPS_LATE),
    **_rows(alerts.DESKTOPS_SILENT, wrong.DESKTOP_SILENT, wrong.DESKTOPS_SILENT),
    **_rows(alerts.VMS_UNLISTED, wrong.DESKTOP_UNLISTED, wrong.DESKTOPS_UNLISTED),
    **_notes("clusters#basculevmsunlisted", wrong.LEFT_BEHIND),
    **_rows(alerts.DESKTOPS_NOT_ASKED, wrong.DESKTOP_UNASKED, wrong.DESKTOPS_UNASKED),
    **_rows(alerts.FIRST_BOOTS_FAILED, wrong.DESKTOP_SETUP_FAILED, wrong.DESKTOPS_SETUP_FAILED),
    **_notes("sessions#basculehostkeyschanged", wrong.DESKTOPS_CUT),
    **_rows(alerts.PROFILE_GONE, wrong.PROFILE_UNCONFIGURED),
    **_rows(alerts.FAIL_ALIKE, wrong.FAIL_ALIKE, wrong.PROFILE_FAILS_ALIKE),
    **_rows(alerts.NODE_REFUSES, wrong.NODE_REFUSES_ORDERS),
    **_rows(alerts.PEOPLE_STUCK, wrong.PERSON_STUCK, wrong.PEOPLE_STUCK),
    **_rows(alerts.OWN_CLOCK, wrong.OWN_CLOCK_AHEAD, wrong.OWN_CLOCK_BEHIND),
    **_rows(alerts.DISK_SHORT, wrong.DISK_SHORT),
    **_rows(alerts.CALLERS_UNKNOWN, wrong.GROUPS_UNTOLD, wrong.TOKENS_REFUSED),
    **_rows(alerts.WORK_FAILS, wrong.WORK_FAILS),
    **_rows(alerts.CERTIFICATE_ENDS, wrong.CERTIFICATE_AT_END),
    **_rows(alerts.CERTIFICATE_ENDED, wrong.CERTIFICATE_OVER),
    **_rows(alerts.CERTIFICATE_UNUSED, wrong.CERTIFICATE_UNUSED),
    **_rows(alerts.NOTE_KEY, wrong.NOTE_KEY_DIFFERS, unready=True),
    **_rows(alerts.CONFIG_REJECTED, views.CONFIG_REJECTED),
    **_rows(alerts.ORDER_ASIDE, wrong.ORDER_SET_ASIDE, wrong.ORDER_STANDS, wrong.ROW_SET_ASIDE),
    **_rows(alerts.RESTART_WAITS, views.RESTART_WAITS),
    **_rows(alerts.WAVE_LATE, surges.WAVE_LATE),
    **_rows(
        alerts.WAVE_WILL_BE_LATE,
        surges.WAVE_LATE_BY, surges.WAVE_SHORT, surges.WAVE_HELD, surges.WAVE_HELD_LATE, surges.WAVE_STUCK,
    ),
    **_rows(alerts.WAVE_MAY_BE_LATE, surges.WAVE_MAY_BE_LATE),
    **dict(_added()),
}  # fmt: skip
"""The meanings, by code."""


def meaning_of(code: str) -> Meaning:
    """What a capability adds, and makes no alert of, waits for a person."""
    return TABLE.get(code, Meaning(Severity.WARNING, ""))


__all__ = ["TABLE", "Meaning", "meaning_of"]
