"""A real Prometheus watches the real daemon through a switch, over TLS and with a password; its figures are the truth's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.builders.patience import comes
from tests.e2e.switch import Switch
from tests.monitors.pages import ask
from tests.monitors.shipped import RULES, SCRAPE, load, rules
from tests.servers.certificates import Authority
from tests.servers.processes import free_port
from tests.servers.prometheus import Prometheus, prometheus, promtool

pytestmark = pytest.mark.real

AGENTS, SESSIONS = 32, 24
USER, PASSWORD = "prometheus", "a long password: ✓"
FAILED = 'bascule_api_requests_total{outcome!~"ok|guest_unknown"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A switch that has ended, the Prometheus that saw it, and where the daemon's page is."""

    switch: Switch
    prometheus: Prometheus
    authority: Authority
    url: str

    def value(self, expression: str) -> float:
        """Of the one series there is; -1: there is none."""
        found = self.prometheus.query(expression)
        assert len(found) <= 1, f"{expression}: {len(found)} series"
        return float(found[0]["value"][1]) if found else -1.0


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Prometheus scrapes from before the daemon's start until all sessions are counted."""
    home = tmp_path_factory.mktemp("watched")
    authority = Authority(home / "authority")
    port = free_port()
    url = f"https://127.0.0.1:{port}"
    with Switch(home / "site", agents=AGENTS, scale=20.0, sessions=SESSIONS) as switch:
        behind_a_password(switch, authority, port=port)
        with prometheus(home, configuration=a_scrape_of(url, home, authority)) as server:
            until(lambda: any(target["lastScrape"] > "0001-01-02" for target in server.targets()))  # it takes 5 s to begin
            switch.start()
            watched = Watched(switch=switch, prometheus=server, authority=authority, url=url)
            switch.wait_for(lambda truth: truth["ready"] >= AGENTS and truth["sessions"] >= SESSIONS)
            until(lambda: watched.value("sum(bascule_sessions)") >= SESSIONS)
            yield watched
        assert switch.stop() == 0


def behind_a_password(switch: Switch, authority: Authority, *, port: int) -> None:
    """The page over TLS, for one user."""
    certificate = authority.issue("daemon")
    password = switch.folder / "metrics-password"
    password.touch(mode=0o600)
    password.write_text(PASSWORD, encoding="utf-8")
    exposition = {
        "port": port,
        "certificate": str(certificate.certificate),
        "key": str(certificate.key),
        "user": USER,
        "password": {"file": str(password)},
    }
    switch.change_config(lambda document: document.update(exposition=exposition))


def a_scrape_of(url: str, home: Path, authority: Authority) -> Path:
    """The shipped configuration and rules, in a hurry."""
    configuration = load(SCRAPE)
    configuration["global"] = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"}
    configuration["rule_files"] = [*map(str, RULES)]
    (job,) = configuration["scrape_configs"]
    job["static_configs"][0]["targets"] = [url.removeprefix("https://")]
    job["scheme"] = "https"
    job["tls_config"] = {"ca_file": str(authority.ca_file)}
    job["basic_auth"] = {"username": USER, "password": PASSWORD}
    path = home / "prometheus.yml"
    path.touch(mode=0o600)
    YAML(typ="safe").dump(configuration, path)
    return path


def until(true: Callable[[], bool]) -> None:
    assert comes(true, look_s=0.1), "Prometheus does not get there"


def test_it_is_scraped_without_an_error(watched: Watched):
    (target,) = watched.prometheus.targets()

    assert (target["health"], target["lastError"]) == ("up", "")


@pytest.mark.parametrize(
    ("expression", "of_the_truth"),
    [
        pytest.param('sum(bascule_desktops{phase="ready"})', "ready", id="desktops ready"),
        pytest.param("sum(bascule_desktops)", "desktops", id="desktops there are"),
        pytest.param("sum(bascule_sessions)", "sessions", id="open sessions"),
        pytest.param("bascule_sessions_peak", "sessions_peak", id="most sessions at once"),
        pytest.param('sum(bascule_actions_total{action="clone",result="done"})', "clones", id="clones that came out"),
    ],
)
def test_a_figure_is_the_truths(watched: Watched, expression: str, of_the_truth: str):
    until(lambda: watched.value(expression) == watched.switch.truth()[of_the_truth])

    assert watched.value(expression) == watched.switch.truth()[of_the_truth] > 0


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        pytest.param("sum(bascule_desktops_wanted)", AGENTS, id="all are wanted"),
        pytest.param("sum(bascule_desktops_wanted_ready)", AGENTS, id="all are served"),
        pytest.param("bascule_directory_agents", AGENTS, id="all are on the roster"),
        pytest.param("sum(bascule_queue_length)", 0, id="nobody waits"),
        pytest.param("sum(bascule_desktops_sessions_unknown)", 0, id="of nobody it is unknown who is logged on"),
        pytest.param("sum(bascule_node_online)", 16, id="all nodes are there"),
        pytest.param("sum(bascule_desktops_missing)", 0, id="nothing is left to be made"),
        pytest.param("bascule_waiting_oldest_age_seconds", 0, id="nobody has waited since"),
        pytest.param(
            'sum(bascule_certificate_end_timestamp_seconds{use="exposition.certificate"}) > bool time()',
            1,
            id="the certificate's end is known",
        ),
        # A guest that is asked while it boots has no answer yet; on a busy machine it is behind the daemon's clock.
        pytest.param(f"sum({FAILED}) or vector(0)", 0, id="no request failed"),
    ],
)
def test_after_the_switch(watched: Watched, expression: str, value: float):
    until(lambda: watched.value(expression) == value)


def test_the_rise_was_seen(watched: Watched):
    """Not only the end: Prometheus has scraped in mid-switch."""
    assert watched.value('min_over_time(sum(bascule_desktops{phase="ready"})[1h:500ms])') < AGENTS


def test_every_shipped_rule_is_loaded_and_evaluated(watched: Watched):
    until(lambda: all(rule["health"] != "unknown" for rule in watched.prometheus.rules()))

    assert {rule["name"]: rule["health"] for rule in watched.prometheus.rules()} == dict.fromkeys(rules(), "ok")


def test_promtool_finds_nothing_to_say_about_the_daemons_page(watched: Watched):
    page = ask(watched.url, "/metrics", login=(USER, PASSWORD), ca=watched.authority.ca_file)

    assert page.status == 200
    assert promtool("check", "metrics", text=page.text) == (0, "")


def test_without_the_password_there_is_no_page_and_it_is_in_no_log(watched: Watched):
    assert ask(watched.url, "/metrics", ca=watched.authority.ca_file).status == 401
    assert PASSWORD not in watched.switch.log()
