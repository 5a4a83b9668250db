"""When each alert fires, and when it must not: series with their values, minute by minute, as promtool writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.wrong.table import TABLE, Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One situation."""

    name: str
    series: Mapping[str, str]
    at: str
    fires: Mapping[str, int] = field(default_factory=dict)
    """How many of each alert; what is not named does not fire."""
    every: str = "1m"
    """From one value of a series to the next."""

    @property
    def judged_every(self) -> str:
        """From one evaluation of the rules to the next: all rules cost 3 ms each time."""
        minutes = _minutes(self.at)
        return "1m" if minutes <= 30 else "5m" if minutes <= 300 else "10m" if minutes <= 3600 else "1h"

    def as_test(self) -> dict[str, Any]:
        """For promtool. Bascule is up, unless the case says otherwise."""
        steps = int(_minutes(self.at) / _minutes(self.every)) + 1
        series = {'up{job="bascule", instance="b"}': f"1x{steps}", **self.series}
        samples = [{"labels": f'{{alertname="{name}"}}', "value": count} for name, count in sorted(self.fires.items())]
        firing = 'count by (alertname) (ALERTS{alertstate="firing"})'
        return {
            "name": self.name,
            "interval": self.every,
            "input_series": [{"series": key, "values": values} for key, values in series.items() if values],
            "promql_expr_test": [{"expr": firing, "eval_time": self.at, "exp_samples": samples}],
        }


def fires(alert: str, name: str, at: str, every: str = "1m", count: int = 1, **series: str) -> Case:
    """The alert fires, and no other; `series` by names without `bascule_`, with labels after `__`."""
    return Case(name=f"{alert}: {name}", series=_series(series), at=at, fires={alert: count}, every=every)


def quiet(alert: str, name: str, at: str, every: str = "1m", **series: str) -> Case:
    """Nothing fires."""
    return Case(name=f"{alert} not: {name}", series=_series(series), at=at, every=every)


def _minutes(duration: str) -> float:
    return float(duration[:-1]) * {"m": 1, "h": 60}[duration[-1]]


def _series(series: Mapping[str, str]) -> dict[str, str]:
    return {_SELECTORS.get(name, f"bascule_{name}"): values for name, values in series.items()}


def _about(meaning: Meaning) -> str:
    return "" if meaning.alert is None else _ABOUT[meaning.alert.labels]


_ABOUT = {
    (): "",
    ("cluster",): "pve",
    ("cluster", "node"): "pve/pve3",
    ("cluster", "storage"): "pve/pve1/thin",
    ("wave",): "rest",
    ("broker",): "guacamole",
    ("common",): "node pve/pve03",
    ("cluster", "profile"): "pve/standard",
}
_P, _C = 'profile="standard"', 'cluster="pve"'
_SELECTORS = {
    "up": 'up{job="bascule", instance="b"}',
    "certificate_end": 'bascule_certificate_end_timestamp_seconds{use="metrics"}',
    "freeze": 'bascule_intent_age_seconds{intent="freeze"}',
    "hold": 'bascule_intent_age_seconds{intent="hold"}',
    "frozen": 'bascule_intent_standing{intent="freeze", instance="b"}',
    "differences": 'bascule_differences{kind="renamed"}',
    "missing_vms": 'bascule_differences{kind="missing"}',
    "shared_identities": 'bascule_differences{kind="shared_identity"}',
    "suspended": 'bascule_desktops_leaving{step="suspended", instance="b"}',
    "planned": f'bascule_desktops_planned{{{_P}, wave="all", instance="b"}}',
    "overdue": 'bascule_desktops_leaving_overdue{step="stopped"}',
    "to_delete": 'bascule_desktops_leaving_overdue{step="deleted"}',
    "ready": f'bascule_desktops{{{_P}, phase="ready", {_C}}}',
    "silent": f'bascule_desktops_silent{{{_P}, reason="no_file"}}',
    "booting": f'bascule_desktops_guest_unknown{{{_P}, reason="no_agent"}}',
    "waits_lock": 'bascule_queue_length{reason="lock", instance="b"}',
    "waits_operator": 'bascule_queue_length{reason="operator", instance="b"}',
    "waits_memory": 'bascule_queue_length{reason="memory", instance="b"}',
    "became_ready": 'bascule_stage_seconds_count{stage="ready", instance="b"}',
    "within_300": 'bascule_stage_seconds_bucket{stage="ready", instance="b", le="300.0"}',
    "within_600": 'bascule_stage_seconds_bucket{stage="ready", instance="b", le="600.0"}',
    "within_all": 'bascule_stage_seconds_bucket{stage="ready", instance="b", le="+Inf"}',
    "to_make": f'bascule_desktops_missing{{{_P}, wave="all"}}',
    "free": f"bascule_capacity_free_desktops{{{_P}}}",
    "free_after_loss": f"bascule_capacity_free_desktops_after_node_loss{{{_P}}}",
    "storage_left": f'bascule_storage_headroom_bytes{{{_C}, node="pve1", storage="thin"}}',
    "storage_size": f'bascule_storage_size_bytes{{{_C}, node="pve1", storage="thin"}}',
    "requests": f'bascule_api_requests_total{{{_C}, outcome="ok"}}',
    "lost": f'bascule_api_requests_total{{{_C}, outcome="outcome_unknown"}}',
    "too_early": f'bascule_api_requests_total{{{_C}, outcome="guest_unknown"}}',
    "node": f'bascule_node_online{{{_C}, node="pve3", instance="b"}}',
    "cordoned": f'bascule_node_cordoned{{{_C}, node="pve3"}}',
    "left_out": f'bascule_people_left_out{{{_P}, wave="all", instance="b"}}',
    "ceiling_room": 'bascule_ceiling_room_desktops{ceiling="vpn", instance="b"}',
    "ceiling_unread": 'bascule_ceiling_unread{ceiling="vpn"}',
    "gate": 'bascule_wave_gate_shut{wave="rest"}',
    "surge_paused": 'bascule_surge_state{state="paused"}',
    "zone_failing": 'bascule_dns_zone_failing{zone="vd.dep.example", instance="b"}',
    "zone_age": 'bascule_dns_zone_age_seconds{zone="vd.dep.example", instance="b"}',
    "zone_foreign": 'bascule_dns_records{zone="vd.dep.example", state="foreign"}',
    "domain_failing": 'bascule_domain_failing{realm="DEP.EXAMPLE"}',
    "not_made": 'bascule_computer_accounts{state="not_made"}',
    "none_free": 'bascule_lends_refused_total{reason="lend_none_free", instance="b"}',
    "pool_size": 'bascule_pool_size{pool="desk"}',
    "pool_ready": 'bascule_pool_desktops{pool="desk", state="ready"}',
    "pool_lent": 'bascule_pool_desktops{pool="desk", state="lent"}',
    "pool_failed": 'bascule_pool_desktops{pool="desk", state="failed"}',
    "came": 'bascule_autoscale_arrivals_total{pool="desk"}',
    "waited": 'bascule_autoscale_waits_total{pool="desk"}',
    "waits_wanted": 'bascule_autoscale_waits_wanted_ratio{pool="desk"}',
    "in_force": 'bascule_autoscale_in_force{pool="desk"}',
    "heard": 'bascule_desktops_heard{source="push", instance="b"}',
    "ready_here": f'bascule_desktops{{{_P}, phase="ready", {_C}, instance="b"}}',
    "lock_busy": f'bascule_action_errors_total{{{_C}, error="lock_busy"}}',
    "unknown": f'bascule_desktops_sessions_unknown{{{_P}, instance="b"}}',
    "unknown_of_few": 'bascule_desktops_sessions_unknown{profile="other", instance="b"}',
    "known": f'bascule_desktops_sessions_known{{{_P}, instance="b"}}',
    "known_of_few": 'bascule_desktops_sessions_known{profile="other", instance="b"}',
    "not_ready": 'bascule_readiness_cause_people{subject="profile cad", cause="trial_port_closed"}',
    "not_rehearsed": 'bascule_readiness_cause_people{subject="", cause="readiness_not_rehearsed"}',
    "not_told": 'bascule_notices_failing{channel="mail"}',
    "strangers": f'bascule_sessions_of_strangers{{{_P}, state="connected"}}',
    "sessions": f'bascule_sessions{{{_P}, state="connected", instance="b"}}',
    "peak": 'bascule_sessions_peak{instance="b"}',
} | {
    f"wrong_{code}": f'bascule_wrong{{code="{code}", severity="{meaning.severity}", about="{_about(meaning)}", instance="b"}}'
    for code, meaning in TABLE.items()
}
"""Series with labels; `wrong_…`: an entry of the list of what is wrong, by its code."""

CASES = (
    fires("BasculeDown", "for three minutes", "5m", up="1 1 0x10"),
    quiet("BasculeDown", "a scrape fails once", "5m", up="1 1 0 1x10"),
    fires("BasculeGone", "no target at all", "15m", up=""),
    quiet("BasculeGone", "a restart of Prometheus", "15m", up="_x3 1x20"),
    fires("BasculeNoCycle", "it hangs", "5m", last_cycle_age_seconds="5+60x10"),
    quiet("BasculeNoCycle", "a long cycle", "5m", last_cycle_age_seconds="5 65 110 5x10"),
    fires("BasculeConfigRejected", "for ten minutes", "10m", wrong_config_rejected="1x20"),
    quiet("BasculeConfigRejected", "corrected at once", "10m", wrong_config_rejected="1x3 0x20"),
    fires("BasculeRestartWaits", "an hour after the reload", "2h", wrong_restart_waits="1x200"),
    quiet("BasculeRestartWaits", "just reloaded", "30m", wrong_restart_waits="1x200"),
    fires("BasculeCertificateEnds", "in a week", "10m", certificate_end="604800x20"),
    quiet("BasculeCertificateEnds", "in a month", "10m", certificate_end="2592000x20"),
    quiet("BasculeCertificateEnds", "there is none", "10m", certificate_end="0x20"),
    fires("BasculeHostKeysChanged", "one", "30m", host_key_changes_total="0x10 1x40"),
    quiet("BasculeHostKeysChanged", "yesterday", "2h", host_key_changes_total="0x10 1x140"),
    fires("BasculeFreezeForgotten", "a working day", "9h", every="10m", freeze="0+600x60"),
    quiet("BasculeFreezeForgotten", "an hour", "2h", freeze="0+60x60 0x600"),
    fires("BasculeHoldForgotten", "eight days", "192h", every="1h", hold="0+3600x300"),
    quiet("BasculeHoldForgotten", "a day", "24h", every="1h", hold="0+3600x300"),
    fires("BasculeBaselineNotAccepted", "nobody looks", "1h", wrong_baseline_waits="1x100"),
    quiet("BasculeBaselineNotAccepted", "the daemon has just started", "1h", wrong_baseline_waits="1x5 0x100"),
    fires("BasculeSafetyBlocked", "for ten minutes", "10m", safety_blocked_rules="2x20"),
    quiet("BasculeSafetyBlocked", "one plan", "10m", safety_blocked_rules="0 1 0x20"),
    fires("BasculeDifferences", "a VM renamed by hand", "1h", differences="1x100"),
    quiet("BasculeDifferences", "a clone under way", "1h", differences="1x10 0x100"),
    fires("BasculeIdentityShared", "clones of one template", "10m", shared_identities="2x100"),
    quiet("BasculeIdentityShared", "deleted at once", "10m", shared_identities="2x3 0x100"),
    quiet("BasculeDifferences", "a VM that will be made again", "1h", missing_vms="1x100"),
    fires("BasculeQuorumUnknown", "F4: nobody says", "15m", wrong_quorum_unknown="0 1x20"),
    quiet("BasculeQuorumUnknown", "an answer is late", "15m", wrong_quorum_unknown="0 1x4 0x20"),
    fires("BasculeDirectoryStale", "F12: three readings, not after 64 min", "13m", wrong_directory_unread="0 1x20"),
    quiet("BasculeDirectoryStale", "the third reading is well", "30m", wrong_directory_unread="0 1x10 0x30"),
    fires("BasculeNoRoster", "F2: it gives nobody", "5m", wrong_nobody_there="0 1x20"),
    fires("BasculeNoRoster", "never accepted, and then it is known why", "5m", wrong_no_roster="1x2 0x9",
          wrong_no_roster_why="0x2 1x9"),
    quiet("BasculeNoRoster", "the daemon has just started", "5m", wrong_no_roster="1 1 0x20"),
    fires("BasculeDirectoryQuarantined", "from the second minute", "5m", wrong_held_directory="0 0 1x20"),
    quiet("BasculeDirectoryQuarantined", "the next reading is believed", "5m", wrong_held_directory="0 0 1 0x20"),
    fires("BasculeDirectoryQuarantineForgotten", "27 hours", "27h", every="10m", directory_quarantine_age_seconds="0+600x170"),
    quiet("BasculeDirectoryQuarantineForgotten", "an afternoon", "4h", directory_quarantine_age_seconds="0+60x1700"),
    fires("BasculePeopleUnderNewId", "nobody says who they are", "90m", wrong_people_recreated="0 1x200"),
    quiet("BasculePeopleUnderNewId", "carried over in time", "90m", wrong_people_recreated="0 1x30 0x200"),
    fires("BasculeDirectoryRejectsMany", "one in ten", "30m", wrong_many_rejected="1x60"),
    quiet("BasculeDirectoryRejectsMany", "a note: three of 1,700", "30m", wrong_entries_rejected="1x60"),
    fires("BasculeDirectoryServerFailing", "for two hours", "2h", wrong_directory_server_fails="1x200"),
    quiet("BasculeDirectoryServerFailing", "half an hour, and no sample before", "30m", wrong_directory_server_fails="1x30"),
    quiet("BasculeDirectoryServerFailing", "now and then", "2h", wrong_directory_server_fails="1 1 0x100 1 0x100"),
    fires("BasculeDirectoryServersTakeTurns", "three times", "5m", directory_alternations="0 1 2 3x20"),
    quiet("BasculeDirectoryServersTakeTurns", "twice", "5m", directory_alternations="0 1 2x20"),
    fires("BasculeDirectoryDisagrees", "for hours", "4h", directory_disagreements="4x300"),
    quiet("BasculeDirectoryDisagrees", "one full reading, and no sample before", "2h", directory_disagreements="4x70 0x99"),
    fires("BasculeManyLeave", "18 of 1,700", "1h", suspended="0x5 18x100", planned="1700x100"),
    quiet("BasculeManyLeave", "12 of 1,700", "1h", suspended="0x5 12x100", planned="1700x100"),
    quiet("BasculeManyLeave", "two of 20", "1h", suspended="0x5 2x100", planned="20x100"),
    fires("BasculeLeaverOverdue", "since the day before yesterday", "30h", every="10m", overdue="2x200"),
    quiet("BasculeLeaverOverdue", "an evening late", "20h", every="10m", overdue="2x200"),
    quiet("BasculeLeaverOverdue", "deletions that nobody allows", "30h", every="10m", to_delete="7x200"),
    fires("BasculePeopleWait", "five hours", "5h", every="10m", waiting_oldest_age_seconds="0+600x40"),
    quiet("BasculePeopleWait", "an hour of a switch", "2h", waiting_oldest_age_seconds="0+60x60 0x100"),
    fires("BasculeWaveWillBeLate", "for two minutes", "5m", wrong_wave_late_by="0 0 1x20"),
    fires("BasculeWaveWillBeLate", "now without room", "5m", wrong_wave_late_by="0 1x2 0x20", wrong_wave_short="0x3 1x20"),
    quiet("BasculeWaveWillBeLate", "in time again", "5m", wrong_wave_late_by="0 0 1 0x20"),
    quiet("BasculeWaveWillBeLate", "F12: a node is lost, and in time all the same", "7m", node="1x2 0x60",
          wrong_wave_late_by="0x3 1x4 0x60"),
    fires("BasculeWaveWillBeLate", "more is wrong than the node that was lost", "10m", node="1x2 0x60",
          wrong_wave_late_by="0x3 1x60", wrong_node_is_offline="0x60"),
    fires("BasculeWaveWillBeLate", "it was late before a node is lost", "10m", node="1x8 0x60", wrong_wave_late_by="0 1x60"),
    fires("BasculeWaveLate", "the deadline is over", "5m", wrong_wave_late_by="1x3 0x20", wrong_wave_late="0x3 1x20"),
    fires("BasculeWaveLate", "its deadline passes after a node is lost", "10m", node="1x8 0x60",
          wrong_wave_short="0 1x8 0x60", wrong_wave_late="0x9 1x60"),
    quiet("BasculeWaveLate", "ready after all", "9m", wrong_wave_late="0x3 1x3 0x20"),
    quiet("BasculeWaveLate", "F12: a node is lost after the deadline", "7m", node="1x2 0x60", wrong_wave_late="0x3 1x3 0x60"),
    fires("BasculeWaveMayBeLate", "if all goes badly", "5m", wrong_wave_may_be_late="0 0 1x20"),
    quiet("BasculeWaveMayBeLate", "one look", "5m", wrong_wave_may_be_late="0 0 1 0x20"),
    fires("BasculePeopleLeftOut", "others take seats", "20m", left_out="0x5 200x20"),
    quiet("BasculePeopleLeftOut", "for a moment", "20m", left_out="0x5 200x2 0x20"),
    fires("BasculeCeilingNear", "1,450 of 1,500", "30m", planned="1450x60", left_out="0x60", ceiling_room="1500x60"),
    quiet("BasculeCeilingNear", "1,200 of 1,500", "30m", planned="1200x60", left_out="0x60", ceiling_room="1500x60"),
    quiet("BasculeCeilingNear", "others come for some minutes", "30m", planned="1200x60", left_out="0x60",
          ceiling_room="1500x5 1210x5 1500x50"),
    fires("BasculeCeilingUnread", "its source is down", "30m", ceiling_unread="1x60"),
    quiet("BasculeCeilingUnread", "one question in vain", "30m", ceiling_unread="0 1x2 0x60"),
    fires("BasculeGateShut", "the batch before it has failed", "1h", gate="0x5 1x60"),
    quiet("BasculeGateShut", "the batch before it is nearly ready", "1h", gate="0x5 1x20 0x60"),
    fires("BasculeSurgePauseForgotten", "over night", "9h", every="10m", surge_paused="1x60"),
    quiet("BasculeSurgePauseForgotten", "an hour", "9h", every="10m", surge_paused="1x6 0x60"),
    fires("BasculeZoneFailing", "the server is down", "30m", zone_failing="0x5 1x60"),
    quiet("BasculeZoneFailing", "one round", "30m", zone_failing="0x5 1x5 0x60"),
    fires("BasculeZoneStale", "it hangs", "2h", zone_age="0+60x200", zone_failing="0x200"),
    quiet("BasculeZoneStale", "every five minutes", "2h", zone_age="300x200", zone_failing="0x200"),
    quiet("BasculeZoneStale", "it fails, and has just begun to", "61m", zone_age="0+60x200", zone_failing="0x60 1x20"),
    fires("BasculeZoneForeignNames", "somebody else's server", "2h", zone_foreign="1x200"),
    quiet("BasculeZoneForeignNames", "handed over at once", "2h", zone_foreign="1x20 0x200"),
    fires("BasculeDomainFailing", "the controllers are down", "30m", domain_failing="0x5 1x60"),
    quiet("BasculeDomainFailing", "one round", "30m", domain_failing="0x5 1x5 0x60"),
    fires("BasculeComputerAccountsNotMade", "the names are somebody else's", "30m", not_made="0x5 3x60"),
    quiet("BasculeComputerAccountsNotMade", "made at the second try", "30m", not_made="0x5 3x5 0x60"),
    fires("BasculeBrokerFailing", "it is down", "30m", wrong_broker_fails="0x5 1x60"),
    quiet("BasculeBrokerFailing", "one round", "30m", wrong_broker_fails="0x5 1x5 0x60"),
    fires("BasculeLendsRefused", "a queue", "40m", none_free="0x5 0+1x60"),
    quiet("BasculeLendsRefused", "two people, once", "40m", none_free="0x5 2x60"),
    fires("BasculeRotationPeopleWait", "somebody stays on", "40m", rotation_waiting_oldest_age_seconds="0x10 0+60x60"),
    quiet("BasculeRotationPeopleWait", "a change of half-days", "40m", rotation_waiting_oldest_age_seconds="0x10 0+60x9 0x60"),
    fires("BasculePoolWaits", "one in ten", "2h", came="0+20x200", waited="0+2x200", waits_wanted="0.01x200", in_force="1x200"),
    quiet("BasculePoolWaits", "one in fifty", "2h", came="0+5x200", waited="0+0.1x200", waits_wanted="0.01x200",
          in_force="1x200"),
    quiet("BasculePoolWaits", "two of ten on a quiet day", "2h", came="0x80 10x200", waited="0x80 2x200",
          waits_wanted="0.01x200", in_force="1x200"),
    quiet("BasculePoolWaits", "in shadow", "2h", came="0+20x200", waited="0+2x200", waits_wanted="0.01x200",
          in_force="0x200"),
    quiet("BasculePoolWaits", "nobody comes", "2h", came="90x200", waited="9x200", waits_wanted="0.01x200", in_force="1x200"),
    fires("BasculePoolShort", "half of it has failed", "2h", pool_size="20x200", pool_ready="6x200", pool_lent="4x200",
          pool_failed="10x200"),
    quiet("BasculePoolShort", "all are lent", "2h", pool_size="20x200", pool_ready="0x200", pool_lent="20x200"),
    quiet("BasculePoolShort", "it is being made", "2h", pool_size="20x200", pool_ready="0+1x20 20x200"),
    fires("BasculeReadingsStale", "the receiver is down", "2h", heard="900x20 900-30x30 0x200", ready_here="1000x300"),
    quiet("BasculeReadingsStale", "all push", "2h", heard="990x200", ready_here="1000x200"),
    quiet("BasculeReadingsStale", "a small pool at night", "2h", heard="0x200", ready_here="4x200"),
    fires("BasculeForecastsOff", "two of eight", "2h", forecasts_held="2x130", forecasts_judged="8x130"),
    quiet("BasculeForecastsOff", "eight of nine", "2h", forecasts_held="8x130", forecasts_judged="9x130"),
    quiet("BasculeForecastsOff", "the first was wrong", "2h", forecasts_held="0x130", forecasts_judged="1x130"),
    fires("BasculeDesktopsFailed", "one, then three", "6m", wrong_desktop_failed="1x3 0x20", wrong_desktops_failed="0x3 1x20"),
    quiet("BasculeDesktopsFailed", "tried again and well", "10m", wrong_desktops_failed="0 1 1 0x20"),
    fires("BasculeDesktopsLate", "four", "10m", wrong_desktops_late="1x20"),
    quiet("BasculeDesktopsLate", "for a moment", "10m", wrong_desktops_late="1x2 0x20"),
    fires("BasculeGuestsGiveNoReport", "F12: two minutes later, not 17", "3m", wrong_desktops_silent="0 1x20"),
    quiet("BasculeGuestsGiveNoReport", "a switch, in which some always boot", "2h", booting="9x200", silent="9x200"),
    fires("BasculeDesktopsFailAlike", "a bridge that is not there", "4m", wrong_profile_fails_alike="0 1x20"),
    quiet("BasculeDesktopsFailAlike", "one look", "5m", wrong_profile_fails_alike="0 1 0x20"),
    fires("BasculePeopleStuck", "a lock that stays", "15m", wrong_person_stuck="1x4 0x20", wrong_people_stuck="0x4 1x20"),
    quiet("BasculePeopleStuck", "a backup of five minutes", "20m", wrong_person_stuck="0x3 1x5 0x30"),
    fires("BasculeFirstBootsFailed", "all of a profile", "8m", wrong_desktops_setup_failed="0 1x20"),
    quiet("BasculeFirstBootsFailed", "its person has another", "8m", wrong_desktop_setup_failed="0 1 0x20"),
    fires("BasculeDesktopsNotAsked", "a right is missing", "5m", wrong_desktops_unasked="0 1x20"),
    quiet("BasculeDesktopsNotAsked", "a quick restart of pvedaemon", "5m", wrong_desktop_unasked="0 1 0x20"),
    fires("BasculeVmsUnlisted", "a right is missing", "8m", wrong_desktop_unlisted="0 1x20"),
    quiet("BasculeVmsUnlisted", "a listing", "8m", wrong_desktop_unlisted="0 1 0x20"),
    fires("BasculeNodeRefuses", "pvedaemon has stopped", "5m", wrong_node_refuses_orders="0 1x20"),
    quiet("BasculeNodeRefuses", "a restart of it", "5m", wrong_node_refuses_orders="0 1 0x20"),
    fires("BasculeNoteKeyDiffers", "a new note_key", "4m", wrong_note_key_differs="0 1x20"),
    quiet("BasculeNoteKeyDiffers", "one note that was edited", "4m", wrong_note_key_differs="0 1 0x20"),
    fires("BasculeOwnClockWrong", "F23: by a quarter of an hour", "5m", wrong_own_clock_ahead="0 1x20"),
    quiet("BasculeOwnClockWrong", "put right at once", "5m", wrong_own_clock_behind="0 1 0x20"),
    fires("BasculeDiskShort", "F23: 200 MiB", "4m", wrong_disk_short="0 1x20"),
    quiet("BasculeDiskShort", "a large file for a moment", "4m", wrong_disk_short="0 1 0x20"),
    fires("BasculeQueueStuck", "nothing moves", "2h", waits_lock="40x200", became_ready="700x200", frozen="0x200"),
    quiet("BasculeQueueStuck", "a long queue that moves", "2h", waits_lock="900-5x200", became_ready="0+5x200", frozen="0x200"),
    quiet("BasculeQueueStuck", "a freeze", "2h", waits_lock="40x200", became_ready="700x200", frozen="1x200"),
    quiet(
        "BasculeQueueStuck", "one desktop waits for somebody, for days", "48h", every="10m",
        waits_operator="1x300", waits_lock="0x300", became_ready="1700x300", frozen="0x300",
    ),
    quiet(
        "BasculeQueueStuck", "one person joins months after the switch", "2h",
        waits_lock="0x60 1x2 0x200", became_ready="1700x63 1701x200", frozen="0x300",
    ),
    fires("BasculeSlowToReady", "a boot storm", "1h", within_300="0+2x100", within_600="0+20x100", within_all="0+20x100"),
    quiet("BasculeSlowToReady", "one in twenty", "1h", within_300="0+19x100", within_600="0+20x100", within_all="0+20x100"),
    quiet("BasculeSlowToReady", "nobody boots", "1h", within_300="5x100", within_600="50x100", within_all="50x100"),
    fires("BasculeCapacityShort", "440 to make, room for 300", "10m", to_make="500-10x20", free="350-10x20"),
    quiet("BasculeCapacityShort", "room enough", "10m", to_make="500-10x20", free="650-10x20"),
    quiet("BasculeCapacityShort", "all are made, and no room is left", "10m", to_make="0x20", free="0x20"),
    fires("BasculeNoRoom", "for memory", "20m", waits_memory="40x60", became_ready="0+5x60", frozen="0x60"),
    quiet("BasculeNoRoom", "locks alone", "20m", waits_memory="0x60", waits_lock="40x60", became_ready="0+5x60", frozen="0x60"),
    fires("BasculeNodeLossUnbearable", "it just fits", "30m", free_after_loss="-12x60", free="3x60"),
    quiet("BasculeNodeLossUnbearable", "a node can be lost", "30m", free_after_loss="12x60", free="80x60"),
    quiet("BasculeNodeLossUnbearable", "for some minutes of a switch", "30m", free_after_loss="-12x10 5x60", free="3x60"),
    fires("BasculeStorageNearlyFull", "two in a hundred left", "30m", storage_left="20x60", storage_size="1000x60"),
    quiet("BasculeStorageNearlyFull", "overdrawn: that is listed", "30m", storage_left="-20x60", storage_size="1000x60"),
    quiet("BasculeStorageNearlyFull", "a fifth left", "30m", storage_left="200x60", storage_size="1000x60"),
    fires("BasculeStorageFilled", "ten minutes", "10m", wrong_storage_filled="1x20"),
    quiet("BasculeStorageFilled", "room is made", "10m", wrong_storage_filled="1x4 0x20"),
    fires("BasculeStorageFull", "F12: critical, and within three minutes", "4m", wrong_storage_is_full="0 1x20"),
    quiet("BasculeStorageFull", "one look", "4m", wrong_storage_is_full="0 1 0x20"),
    fires("BasculeClusterPaused", "F2: no quorum", "10m", wrong_cluster_paused="1x20"),
    quiet("BasculeClusterPaused", "one try fails", "10m", wrong_cluster_paused="0 1 0x20"),
    fires("BasculeClusterNotSeen", "F2: never observed", "3m", wrong_cluster_unseen="1x20"),
    quiet("BasculeClusterNotSeen", "a slow observation", "6m", wrong_cluster_old="0x2 1 0x20"),
    fires("BasculeQuorumUnknown", "F4: a right is missing", "15m", wrong_quorum_unknown="1x20"),
    quiet("BasculeQuorumUnknown", "it says so again", "15m", wrong_quorum_unknown="1x4 0x20"),
    fires("BasculeApiErrors", "one in five is lost", "20m", requests="0+80x60", lost="0+20x60"),
    quiet("BasculeApiErrors", "one in a hundred", "20m", requests="0+99x60", lost="0+1x60"),
    quiet("BasculeApiErrors", "guests that are asked too early", "20m", requests="0+50x60", too_early="0+50x60", lost="0x60"),
    fires("BasculeNodeOffline", "a node loses power", "15m", wrong_node_is_offline="0x5 1x60"),
    quiet("BasculeNodeOffline", "a quick restart", "15m", wrong_node_is_offline="0x5 1x3 0x60"),
    fires("BasculeNodeCordonForgotten", "four days", "96h", every="1h", cordoned="1x200"),
    quiet("BasculeNodeCordonForgotten", "a day's work", "96h", every="1h", cordoned="1x10 0x200"),
    fires("BasculeLockTimeouts", "others hold the lock", "12m", lock_busy="0+2x20"),
    quiet("BasculeLockTimeouts", "one", "12m", lock_busy="0x5 1x20"),
    fires("BasculeNotReady", "a profile that nobody can log on to", "5m", not_ready="10x20"),
    fires("BasculeNotReady", "two causes are two alerts", "5m", count=2, not_ready="10x20", not_rehearsed="0x20"),
    quiet("BasculeNotReady", "mended, and asked anew", "15m", not_ready="10x5 _x20"),
    fires("BasculeReadinessOld", "three nights", "72h", every="1h", readiness_timestamp_seconds="0x9 3600x90"),
    quiet("BasculeReadinessOld", "never asked", "72h", every="1h", readiness_timestamp_seconds="0x90"),
    quiet("BasculeReadinessOld", "a night was missed", "47h", every="1h", readiness_timestamp_seconds="3600x90"),
    fires("BasculeDesktopsNotReached", "a node without a network", "5m", wrong_probes_not_reached="0x2 1x20"),
    quiet("BasculeDesktopsNotReached", "named for a minute", "10m", wrong_probes_not_reached="0x2 1 0x20"),
    fires("BasculePeopleNotTold", "a mail server that is down", "30m", not_told="1x60"),
    quiet("BasculePeopleNotTold", "busy for some minutes", "30m", not_told="1x5 0x60"),
    fires("BasculeSessionsUnknown", "150 of 1,000", "1h", unknown="150x100", known="850x100"),
    fires("BasculeSessionsUnknown", "F11: 119 of 1,000, of profiles that are shown together", "1h", unknown="60x100",
          known="540x100", unknown_of_few="59x100", known_of_few="341x100"),
    quiet("BasculeSessionsUnknown", "50 of 1,000", "1h", unknown="50x100", known="950x100"),
    fires("BasculeStrangersLoggedOn", "somebody stays", "2h", strangers="1x200"),
    quiet("BasculeStrangersLoggedOn", "a colleague helps for half an hour", "2h", strangers="1x30 0x200"),
    fires("BasculeSessionsAbovePeak", "1,550 after weeks of 310", "50h", every="10m", sessions="310x288 1550x60"),
    fires("BasculeSessionsCollapsed", "F12: 744, then 160", "24m", sessions="744x20 160x20"),
    fires("BasculeSessionsCollapsed", "desktops are asked in turn, each within a quarter of an hour", "18m",
          sessions="744x3 744-50x14 0x20"),
    quiet("BasculeSessionsCollapsed", "an evening", "2h", sessions="744x20 744-12x61 0x60"),
    quiet("BasculeSessionsCollapsed", "the last thirty are logged off", "124m", sessions="744x20 744-12x59 30x40 0x60"),
    quiet("BasculeSessionsCollapsed", "a quick lull", "24m", sessions="744x20 160 744x20"),
    quiet("BasculeSessionsCollapsed", "a handful", "24m", sessions="15x20 0x20"),
    fires(
        "BasculeSessionsAbovePeak", "the daemon had more, before the fortnight", "50h", every="10m",
        sessions="310x288 1550x60", peak="2000x348",
    ),
    quiet("BasculeSessionsAbovePeak", "as many as always", "50h", every="10m", sessions="1500x340", peak="1500x340"),
    quiet("BasculeSessionsAbovePeak", "the first morning of a small site", "50h", every="10m", sessions="0x288 40x60"),
)  # fmt: skip
