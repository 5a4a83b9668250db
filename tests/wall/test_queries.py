"""Every expression of every dashboard, on a real Prometheus that has a whole surge; counts are those of the twin's truth."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from provisioner.twin.truth import Truth
from tests.builders.cluster import NOW
from tests.servers.prometheus import Prometheus, prometheus_with
from tests.wall.fired import fired
from tests.wall.recorded import SCRAPE_S, Recording, Surge, record
from tests.wall.shipped import Asked, asked, variables

pytestmark = pytest.mark.real

SURGE = Surge(people=120, nodes=4, lasts_s=1500, node_lost_at=700, node_back_after=420, slow_at=120, frozen=(920, 980))
_LAG_S = 60.0
"""The daemon asks a desktop whether it is ready some seconds after it is; a dead node shows after Proxmox VE's own time-out."""
SILENT = {
    "topk(1, bascule_queue_length) > 0",
    'sum by (severity, alertname) (ALERTS{alertname=~"Bascule.+", alertstate="firing"})',
    'sum by (reason) (bascule_desktops_silent{profile=~".*"}) > 0',
    'sum(bascule_sessions{profile=~".*"} offset 7d)',
    "max by (kind) (bascule_differences) > 0",
    'rate(process_cpu_seconds_total{job="bascule"}[1m])',
    'process_resident_memory_bytes{job="bascule"}',
    *(ask.expression for ask in asked() if "bascule_wave_late_desktops) > 0" in ask.expression),
}
"""What this surge, which is recorded without a process, alerts and deadlines, has nothing of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A surge, and the server that has it."""

    recording: Recording
    server: Prometheus

    def value(self, expression: str, at: float) -> float:
        """Of the one series."""
        (series,) = self.server.query(expression, at=at)
        return float(series["value"][1])


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("wall")
    recording = record(SURGE)
    recording.write(home / "surge.txt")
    with prometheus_with(home / "surge.txt", home) as server:
        yield Played(recording=recording, server=server)


@pytest.mark.parametrize("ask", [pytest.param(ask, id=f"{ask.dashboard} {ask.where}: {n}") for n, ask in enumerate(asked())])
def test_every_expression_is_evaluated_and_has_something_to_show(played: Played, ask: Asked):
    found = played.server.over(ask.expression, begins=NOW + SCRAPE_S, ends=NOW + SURGE.lasts_s, step=SCRAPE_S)

    assert found or ask.expression in SILENT


@pytest.mark.parametrize(("metric", "label"), sorted(set(variables())))
def test_every_variable_has_values(played: Played, metric: str, label: str):
    assert played.server.label_values(label, of=metric, begins=NOW, ends=NOW + SURGE.lasts_s)


@pytest.mark.parametrize(
    ("expression", "of_the_truth"),
    [
        pytest.param('sum(bascule_desktops{phase="ready"})', lambda truth: truth.ready, id="desktops ready"),
        pytest.param("sum(bascule_lock_timeouts_total)", lambda truth: truth.lock_timeouts, id="lock time-outs"),
        pytest.param(
            'sum(bascule_actions_total{action="clone",result="done"})', lambda truth: truth.clones, id="clones that came out"
        ),
    ],
)
def test_at_fifty_moments_a_count_is_the_truths_of_the_last_minute(
    played: Played, expression: str, of_the_truth: Callable[[Truth], int]
):
    """But not in the minute after the loss of a node: until that is noticed, its desktops are counted as ready."""
    truths = played.recording.truths
    noticed = [at for at in sorted(truths) if not 0 <= at - NOW - SURGE.node_lost_at <= _LAG_S]
    for at in random.Random(21).sample(noticed, 50):
        lately = [of_the_truth(truth) for moment, truth in truths.items() if at - _LAG_S <= moment <= at]
        assert min(lately) <= played.value(expression, at) <= max(lately), at - NOW


@pytest.mark.parametrize(
    ("expression", "of_the_truth"),
    [
        pytest.param("sum(bascule_desktops_wanted_ready)", lambda truth: truth.ready, id="ready"),
        pytest.param("sum(bascule_desktops_planned)", lambda _: SURGE.people, id="planned"),
        pytest.param("sum(bascule_sessions)", lambda truth: truth.sessions, id="sessions"),
        pytest.param("sum(1 - bascule_node_online)", lambda _: 0, id="nodes offline"),
        pytest.param("sum(bascule_desktops_missing)", lambda _: 0, id="nothing is left to be made"),
    ],
)
def test_at_the_end_a_figure_is_the_truths(played: Played, expression: str, of_the_truth: Callable[[Truth], int]):
    at, truth = list(played.recording.truths.items())[-1]

    assert played.value(expression, at) == of_the_truth(truth)


def test_the_freeze_and_the_lost_node_were_on_the_wall(played: Played):
    frozen = 'clamp_max(2 * max(bascule_intent_standing{intent="freeze"}) + max(bascule_cluster_paused), 2)'

    assert [played.value(frozen, NOW + at) for at in (900, 960, 1020)] == [0, 2, 0]
    assert played.value("sum(1 - bascule_node_online)", NOW + 810) == 1


def test_a_surge_with_accidents_raises_the_alert_of_the_lost_node_in_time_and_no_other(played: Played):
    """The freeze ends within minutes, slow storages are borne, everybody gets a desktop: nobody is called for that."""
    found = fired(played.server, begins=NOW + SCRAPE_S, ends=NOW + SURGE.lasts_s)
    firing = {alert: [min(moments) - NOW for moments in of_alert.values()] for alert, of_alert in found.items()}

    assert firing.keys() == {"BasculeNodeOffline"}
    (first,) = firing["BasculeNodeOffline"]
    assert 300 <= first - SURGE.node_lost_at <= 360
