"""F1, F2, F4: a daemon that begins while no cluster answers says that nothing is known yet: no 0 of 0 desktops, no "nobody"."""

import json
from pathlib import Path

import pytest

from provisioner.model.kept.records import Records
from provisioner.model.scenario.surges import SurgeRun, SurgeState
from provisioner.planning.report.status import StatusInputs, status_without_cycle
from provisioner.views.published import Published
from tests.builders.api import an_api_site, ask, serving
from tests.builders.cli import bascule
from tests.builders.cluster import NOW

NO_CYCLE = "no cycle has ended yet: the daemon has just started, or observes no cluster"
pytestmark = pytest.mark.long
RUN = SurgeRun(scenario="crisis", number=1, state=SurgeState.RUNNING, started_at=NOW, since=NOW, by="ann")


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """After a look in vain: its surge is under way, and it knows its people."""
    status = status_without_cycle(Records(surge=RUN), StatusInputs(), at=NOW, people_known=True)
    with serving(tmp_path_factory.mktemp("api"), an_api_site(Published(status=status))) as socket:
        yield socket


@pytest.mark.parametrize(
    "name",
    ["figures", "desktops", "agents", "connections", "nodes", "storages", "waves", "plan", "pools", "rotation", "ready",
     "capacity", "why?of=ann", "person?of=ann"],
)  # fmt: skip
def test_what_rests_on_a_cycle_is_refused(api: Path, name: str):
    """`ready` had answered yes, and `agent list` that no roster had been accepted."""
    answer = ask(api, f"/v1/{name}")
    assert (answer.status, answer.codes) == (503, ["api_no_cycle_yet"])


@pytest.mark.parametrize("name", ["status", "surge", "intents", "findings", "daemon"])
def test_the_rest_is_answered(api: Path, name: str):
    assert ask(api, f"/v1/{name}").status == 200


def test_the_status_counts_nothing(api: Path):
    ended = bascule("status", "--socket", str(api))
    assert "no cycle has ended yet" in ended.out.splitlines()[0]
    assert "0 of 0" not in ended.out
    assert ask(api, "/v1/status").document["figures"] is None
    assert ask(api, "/v1/status").document["surge"]["state"] == "running"


def test_the_surge_is_shown_and_its_waves_are_not_counted(api: Path):
    ended = bascule("surge", "status", "--socket", str(api))
    assert ended.out.startswith("run 1 of scenario 'crisis' is running")
    assert NO_CYCLE in ended.out
    assert "everyone" not in ended.out
    document = json.loads(bascule("surge", "status", "--socket", str(api), "--json").out)
    assert (document["waves"], document["waiting"], document["made"]) == ([], None, None)


@pytest.mark.parametrize("order", [("abort", "--then", "keep"), ("finish",)])
def test_the_question_before_an_order_counts_nobody(api: Path, order: tuple[str, ...]):
    ended = bascule("surge", *order, "--socket", str(api))
    assert NO_CYCLE in ended.out + ended.err


def test_a_second_surge_is_refused_before_the_first_cycle(api: Path):
    ended = bascule("surge", "start", "--socket", str(api))
    assert ended.err.startswith("run 1 of scenario 'crisis' is running: two surges at once are not possible")
