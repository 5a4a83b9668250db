"""Exactly the metrics of the table are exported."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitors.collector import TYPES
from monitors.metric import Metric, MetricKind
from monitors.table import CORE, TABLE
from tests.builders.monitors import a_recorder, a_switch, an_api_call, an_outcome
from tests.monitors.everything import that_knows_everything
from tests.monitors.scraping import labels_in, page

_ROWS = [pytest.param(row, id=f"{row.name} is well named and explained") for row in TABLE]


def exported(text: str) -> dict[str, tuple[str, str]]:
    """Type and help by name, of Bascule's own families."""
    families = text_string_to_metric_families(text)
    return {family.name: (family.type, family.documentation) for family in families if family.name.startswith("bascule_")}


def in_table() -> dict[str, tuple[str, str]]:
    return {row.name.removesuffix("_total"): (TYPES[row.kind], row.help) for row in TABLE}


def test_a_new_daemon_exports_every_row_and_nothing_outside_the_table():
    assert exported(page(a_recorder())) == in_table()


def test_a_daemon_at_work_exports_every_row_and_nothing_outside_the_table():
    recorder = a_recorder()
    recorder.api_call(an_api_call())
    recorder.outcome(an_outcome())
    recorder.directory_read(None, "no server answered")
    recorder.status(a_switch(20, sessions=5))

    assert exported(page(recorder)) == in_table()


def test_every_row_has_a_series_with_the_labels_of_the_table_once_a_status_is_there():
    found = labels_in(that_knows_everything())
    expected = {row.name: {frozenset(row.labels)} for room in CORE for row in room.rows}

    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize("row", _ROWS)
def test_names_follow_the_conventions(row: Metric):
    assert row.name.startswith("bascule_")
    assert row.help.endswith(".")
    assert row.name.endswith("_total") is (row.kind is MetricKind.COUNTER)
    assert bool(row.buckets) is (row.kind is MetricKind.HISTOGRAM)
    assert row.name.endswith("_age_seconds") is (row.kind is MetricKind.AGE)
    assert row.name.endswith("_timestamp_seconds") is (row.kind is MetricKind.TIMESTAMP)
    assert list(row.buckets) == sorted(set(row.buckets))


@pytest.mark.parametrize("label", ["agent", "login", "desktop", "vmid", "address", "user"])
def test_no_label_names_a_person_or_a_desktop(label: str):
    assert all(label not in row.labels for row in TABLE)
