"""A surge of 1,700 on a twin, replayed into a real Prometheus: each panel of the crisis room shows the twin's truth.

At fifty moments, which are drawn; and each alert that should fires within its time, and no other does. Every expression of the
other dashboards is evaluated, too.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.builders.cluster import NOW
from tests.servers.prometheus import Prometheus, prometheus_with
from tests.wall.alarms import Truths
from tests.wall.fired import Labels, as_samples, fired
from tests.wall.making import COMMAND
from tests.wall.panels import CHECKS, Asked
from tests.wall.recorded import SCRAPE_S, Recording, record
from tests.wall.shipped import Asked as Expression
from tests.wall.shipped import asked, dashboards, filled, variables
from tests.wall.surge import Surge

pytestmark = pytest.mark.real

SURGE = Surge()
_PANELS = {
    (panel["title"].partition(COMMAND)[0], target["refId"] if panel["type"] == "table" else target["legendFormat"]): target[
        "expr"
    ]
    for panel in dashboards()["en/crisis"]["panels"]
    for target in panel["targets"]
}
_DAYS_AGO = 'sum(bascule_sessions{profile=~".*"} offset 7d)'
_OF_A_PROCESS = {'rate(process_cpu_seconds_total{job="bascule"}[1m])', 'process_resident_memory_bytes{job="bascule"}'}
SILENT = {
    _DAYS_AGO,
    *_OF_A_PROCESS,
    "sum by (reason) (bascule_desktops_silent) > 0",
    "max by (kind) (bascule_differences) > 0",
    "max by (subject, cause) (bascule_readiness_cause_people)",
}
"""What this surge, which is recorded without a process and a week before, has nothing of."""
ELSEWHERE = (
    "bascule_rotation_", "bascule_autoscale_", "bascule_grants_refused_", "bascule_pool_", "bascule_lends_", "bascule_broker_",
    "bascule_probe", "bascule_dns_", "bascule_domain_", "bascule_computer_", "bascule_notices", "bascule_push_delay_",
    "bascule_certificate_",
)  # fmt: skip
"""Nor has it a rotation, a pool, a broker, or what capabilities add: `test_mixed_site` has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A surge, the alerts that it raised, and the server that has both."""

    recording: Recording
    alerts: dict[str, dict[Labels, list[float]]]
    server: Prometheus


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    first, second = tmp_path_factory.mktemp("wall"), tmp_path_factory.mktemp("wall")
    recording = record(SURGE)
    recording.write(first / "surge.txt")
    with prometheus_with(first / "surge.txt", first) as server:
        alerts = fired(server, begins=NOW + SCRAPE_S, ends=NOW + SURGE.lasts_s)
    recording.write(second / "surge.txt", alerts=as_samples(alerts))
    with prometheus_with(second / "surge.txt", second) as server:
        yield Played(recording=recording, alerts=alerts, server=server)


@pytest.fixture(scope="module")
def truths(played: Played) -> Truths:
    return Truths(SURGE, tuple(played.recording.moments.values()))


@pytest.mark.parametrize("ask", [pytest.param(ask, id=f"{ask.dashboard} {ask.where}: {n}") for n, ask in enumerate(asked())])
def test_every_expression_is_evaluated_and_has_something_to_show(played: Played, ask: Expression):
    found = played.server.over(ask.expression, begins=NOW + SCRAPE_S, ends=NOW + SURGE.lasts_s, step=SCRAPE_S)

    assert found or ask.expression in SILENT or any(name in ask.expression for name in ELSEWHERE)


@pytest.mark.parametrize(("metric", "label"), sorted(set(variables())))
def test_every_variable_has_values(played: Played, metric: str, label: str):
    assert played.server.label_values(label, of=metric, begins=NOW, ends=NOW + SURGE.lasts_s)


def test_each_query_of_the_crisis_room_has_a_truth():
    assert _PANELS.keys() == CHECKS.keys()


@pytest.mark.parametrize("panel", [pytest.param(panel, id=": ".join(panel)) for panel in sorted(CHECKS)])
def test_at_fifty_moments_each_panel_of_the_crisis_room_shows_the_truth(played: Played, truths: Truths, panel: Asked):
    wrong = {}
    for at in random.Random(21).sample(sorted(played.recording.pages), 50):
        series = [(found["metric"], float(found["value"][1])) for found in played.server.query(filled(_PANELS[panel]), at=at)]
        if said := CHECKS[panel](truths, at - NOW, series):
            wrong[at - NOW] = said

    assert not wrong


def test_each_alert_that_should_fires_within_its_time_and_no_other_does(played: Played, truths: Truths):
    fires = {
        (name, next((value for label, value in labels if label in ("wave", "node")), "")): {at - NOW for at in moments}
        for name, of_alert in played.alerts.items()
        for labels, moments in of_alert.items()
    }
    spans = {at - NOW: truths.alerts(at - NOW) for at in played.recording.pages}
    wrong = [
        f"{key} at {at_s:.0f}: {'fires' if at_s in fires.get(key, ()) else 'does not fire'}"
        for at_s, of_alert in spans.items()
        for key, span in of_alert.items()
        if not span.holds(float(at_s in fires.get(key, ())))
    ]

    assert not wrong
    assert fires.keys() <= truths.conditions().keys()
    assert {name for name, _ in fires} == {
        "BasculeNodeOffline", "BasculePeopleLeftOut", "BasculeWaveLate", "BasculeWaveWillBeLate",
    }  # fmt: skip
