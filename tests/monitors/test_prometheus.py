"""A real Prometheus scrapes the page over TLS, with a client certificate and a password, and everything shipped works on it."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from monitors.exposition import Exposition
from monitors.recorder import Recorder
from provisioner.model.actions import Result
from provisioner.model.machines.desktops import Phase
from provisioner.settings.secret import Secret
from provisioner.settings.values import ExpositionSettings
from tests.builders.monitors import (
    MONDAY,
    SetClock,
    a_desktop,
    a_recorder,
    a_roster,
    a_status,
    a_switch,
    an_api_call,
    an_outcome,
    wants_of,
)
from tests.builders.patience import FUSE_S
from tests.monitors.scraping import page
from tests.monitors.shipped import RULES, SCRAPE, alerts, load, rules
from tests.servers.certificates import Authority
from tests.servers.prometheus import Prometheus, prometheus, promtool

pytestmark = pytest.mark.real

_PATIENCE_S = FUSE_S
_USER, _PASSWORD = "prometheus", "a long password: ✓"


@pytest.fixture(scope="module")
def switch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Prometheus after a few scrapes of a switch that goes on meanwhile."""
    home = tmp_path_factory.mktemp("prometheus")
    clock = SetClock()
    recorder = a_recorder(clock)
    authority = Authority(home / "authority")
    certificate = authority.issue("server")
    settings = ExpositionSettings(
        port=0,
        certificate=certificate.certificate,
        key=certificate.key,
        client_ca=authority.ca_file,
        user=_USER,
        password=Secret(_PASSWORD),
    )
    with Exposition(recorder, settings, clock=clock) as exposition:
        configuration = a_scrape_of(exposition, home, authority)
        with prometheus(home, configuration=configuration) as server:
            until(lambda: scrapes(server) >= 1)
            work(recorder, clock)
            before = scrapes(server)
            until(lambda: scrapes(server) >= before + 3)
            yield server


def a_scrape_of(exposition: Exposition, home: Path, authority: Authority) -> Path:
    """The shipped configuration, with the comments' TLS and login filled in, and a hurry."""
    client = authority.issue("client")
    password = home / "password"
    password.write_text(_PASSWORD)
    configuration = load(SCRAPE)
    configuration["global"] = {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "200ms"}
    configuration["rule_files"] = [*map(str, RULES)]
    (job,) = configuration["scrape_configs"]
    job["static_configs"][0]["targets"] = [exposition.url.removeprefix("https://")]
    job["scheme"] = "https"
    job["tls_config"] = {
        "ca_file": str(authority.ca_file),
        "cert_file": str(client.certificate),
        "key_file": str(client.key),
    }
    job["basic_auth"] = {"username": _USER, "password_file": str(password)}
    path = home / "prometheus.yml"
    YAML(typ="safe").dump(configuration, path)
    return path


def work(recorder: Recorder, clock: SetClock) -> None:
    """One of everything that a switch brings."""
    recorder.status(a_status(demand=wants_of(range(40))))
    for number in range(40):
        for action in ("clone", "configure", "start"):
            recorder.outcome(an_outcome(number, action, lasted=8.0))
    recorder.outcome(an_outcome(1, "clone", Result.RETRY, error="lock_busy"))
    for method, outcome in (("GET", "ok"), ("POST", "ok"), ("POST", "outcome_unknown")):
        recorder.api_call(an_api_call(method, outcome))
    recorder.directory_read(a_roster(40), "")
    clock.at = MONDAY + 60
    done = a_switch(40, at=clock.at, ready=39, sessions=30)
    states = {**done.desktops, **a_status(desktops=[a_desktop(39, Phase.FAILED)]).desktops}
    recorder.status(replace(done, desktops=states, queued={"lock": 4}, in_flight={"clone": 2}))


def scrapes(server: Prometheus) -> int:
    """Successful ones so far; 0 until the target is up."""
    found = server.query('sum_over_time(up{job="bascule"}[5m])')
    return int(float(found[0]["value"][1])) if found else 0


def until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while not true():
        assert time.monotonic() < give_up, "Prometheus has not got there in time"
        time.sleep(0.05)


def test_the_target_is_up_and_scraped_without_error(switch: Prometheus):
    (target,) = switch.targets()

    assert (target["health"], target["lastError"]) == ("up", "")
    assert target["scrapeUrl"].startswith("https://")


@pytest.mark.parametrize("expression", [pytest.param(alert["expr"], id=alert["alert"]) for alert in alerts()])
def test_every_alert_expression_is_evaluated_without_error(switch: Prometheus, expression: str):
    switch.query(expression)


def test_every_rule_is_loaded_and_healthy(switch: Prometheus):
    until(lambda: all(rule["health"] != "unknown" for rule in switch.rules()))

    assert {rule["name"]: rule["health"] for rule in switch.rules()} == dict.fromkeys(rules(), "ok")
    assert not any(rule.get("lastError") for rule in switch.rules())


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("sum(bascule_desktops_wanted)", 40, id="all are wanted"),
        pytest.param("sum(bascule_desktops_wanted_ready)", 39, id="all but one are served"),
        pytest.param('sum(bascule_desktops{phase="failed"})', 1, id="one failed"),
        pytest.param("sum(bascule_sessions)", 30, id="sessions are counted"),
        pytest.param('bascule_stage_seconds_count{stage="ready"}', 39, id="every boot was timed"),
        pytest.param('bascule_stage_seconds_sum{stage="whole"} / 39', 60, id="every wait was timed"),
        pytest.param("bascule_build_info", 1, id="the build is there"),
    ],
)
def test_the_numbers_arrive(switch: Prometheus, expression: str, value: float):
    until(lambda: bool(switch.query(expression)))

    (series,) = switch.query(expression)

    assert float(series["value"][1]) == value


def test_promtool_finds_nothing_to_say_about_the_metrics():
    recorder = a_recorder()
    work(recorder, SetClock())

    assert promtool("check", "metrics", text=page(recorder)) == (0, "")


def test_promtool_accepts_the_shipped_configuration_and_rules():
    code, said = promtool("check", "config", "--lint-fatal", str(SCRAPE))

    assert code == 0, said
    assert sum(map(int, re.findall(r"(\d+) rules found", said))) == len(rules())
