"""F1, F4, F12: a daemon that begins while no cluster answers knows its store, and shows nothing else as a number."""

from monitors.metric import MetricKind
from monitors.recorder import Recorder
from monitors.table import CORE
from provisioner.daemon.progress_log import ProgressLog
from provisioner.model.guard import GuardRecord, Quarantine
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.model.status import Status
from provisioner.planning.report.status import StatusInputs, status_without_cycle
from provisioner.reasons.surges import STORE_WAS_LOST
from tests.builders.monitors import MONDAY, a_recorder
from tests.monitors.scraping import scrape, value

SHOWN = {
    "baseline_accepted", "build_info", "cluster_observation_age_seconds",
    "cluster_observation_timestamp_seconds", "cluster_paused", "config_age_seconds", "config_rejected",
    "config_rejected_age_seconds", "config_rejected_timestamp_seconds", "config_restart_waits", "config_timestamp_seconds",
    "daemon_api_connections", "daemon_api_streams", "directory_age_seconds", "directory_alternations",
    "directory_disagreements", "directory_failing", "directory_quarantine_age_seconds",
    "directory_quarantine_timestamp_seconds", "directory_quarantined", "directory_servers_failing",
    "directory_timestamp_seconds", "directory_would_join", "directory_would_leave", "forecasts_bias_ratio", "forecasts_held",
    "forecasts_judged", "intent_age_seconds", "intent_standing", "intent_timestamp_seconds", "journal_sequence",
    "last_cycle_age_seconds", "last_cycle_timestamp_seconds", "start_timestamp_seconds",
    "surge_state",
}  # fmt: skip
"""None of them rests on a look at a cluster: the people are those that the guard, in the store, holds back."""


def test_what_rests_on_a_cycle_has_no_figure_before_the_first():
    """0 desktops planned, 0 sessions and room for 0 are statements: 744 sessions seemed to have ended."""
    recorder = a_recorder()
    assert _shown(recorder) == SHOWN

    recorder.status(_after_a_look_in_vain(Records()))
    assert _shown(recorder) == SHOWN | {"wrong"}


def test_what_the_store_knows_is_shown_before_the_first_cycle():
    """A freeze that an operator ordered, what the guard holds back and the surge outlast a daemon: they were 0 until a cluster
    answered."""
    run = SurgeRun(scenario="crisis", number=1, state=SurgeState.PAUSED, started_at=MONDAY, since=MONDAY, by="ann")
    held = Quarantine(since=MONDAY, read_at=MONDAY, reason=STORE_WAS_LOST(), leavers=40, joiners=2)
    freeze = Intent(kind=IntentKind.FREEZE, by="ann", at=MONDAY)
    recorder = a_recorder()
    recorder.status(_after_a_look_in_vain(Records(surge=run, intents=(freeze,), guard=GuardRecord(quarantine=held))))
    series = scrape(recorder)

    assert value(series, "surge_state", state="paused") == 1
    assert value(series, "intent_standing", intent="freeze") == 1
    assert value(series, "directory_quarantined") == 1
    assert value(series, "directory_would_leave") == 40


def test_a_run_is_not_noted_for_its_report_before_the_first_cycle():
    """It would have had no desktop ready at that moment."""
    run = SurgeRun(scenario="crisis", number=1, state=SurgeState.RUNNING, started_at=MONDAY, since=MONDAY, by="ann")
    log = ProgressLog()
    log.status(_after_a_look_in_vain(Records(surge=run)))
    assert log.take() == ()


def test_a_look_in_vain_is_no_cycle():
    recorder = a_recorder()
    recorder.status(_after_a_look_in_vain(Records()))
    assert value(scrape(recorder), "cycle_seconds_count") == 0


def _after_a_look_in_vain(records: Records) -> Status:
    return status_without_cycle(records, StatusInputs(), at=MONDAY, people_known=True)


def _shown(recorder: Recorder) -> set[str]:
    """The core's gauges with a value; counters count from the start of the daemon."""
    summary = recorder.summary
    core = {row.name for room in CORE for row in room.rows}
    gauges = {row.name: rows for row, rows in summary.values.items() if row.kind is MetricKind.GAUGE}
    since = {row.name: rows for row, rows in summary.since.items()}
    return {name.removeprefix("bascule_") for name, rows in {**gauges, **since}.items() if rows and name in core}
