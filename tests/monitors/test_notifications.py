"""An alert from end to end: the page, a real Prometheus, a real Alertmanager, a webhook."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from monitors.exposition import Exposition
from monitors.recorder import Recorder
from provisioner.settings.values import ExpositionSettings
from tests.builders.monitors import PVE, SetClock, a_recorder, a_status
from tests.builders.patience import FUSE_S
from tests.monitors.shipped import CONFIG, RULES, SCRAPE, load
from tests.servers.alertmanager import Webhook, alertmanager, amtool
from tests.servers.prometheus import prometheus

pytestmark = pytest.mark.real

ALERTMANAGER = CONFIG / "prometheus" / "alertmanager.yml"
_PATIENCE_S = FUSE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A daemon's page, and who hears of it."""

    recorder: Recorder
    webhook: Webhook


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The shipped files, in a hurry."""
    clock = SetClock()
    recorder = a_recorder(clock)
    recorder.status(a_status(free=100))
    with (
        Webhook() as webhook,
        Exposition(recorder, ExpositionSettings(port=0), clock=clock) as page,
        alertmanager(tmp_path, configuration=receivers(tmp_path, webhook)) as port,
        prometheus(tmp_path, configuration=scrape(tmp_path, page.url, port)),
    ):
        yield Site(recorder=recorder, webhook=webhook)


def receivers(home: Path, webhook: Webhook) -> Path:
    """The shipped file, with a webhook for each address."""
    shipped = load(ALERTMANAGER)
    for receiver in shipped["receivers"]:
        for mail in receiver.pop("email_configs", ()):
            url = f"http://127.0.0.1:{webhook.port}/{receiver['name']}"
            receiver.setdefault("webhook_configs", []).append({"url": url, "send_resolved": mail["send_resolved"]})
    shipped["route"] |= {"group_wait": "1s", "group_interval": "1s"}
    shipped["route"]["routes"][0]["group_wait"] = "1s"
    path = home / "alertmanager.yml"
    with path.open("w") as file:
        YAML(typ="safe").dump(shipped, file)
    return path


def scrape(home: Path, url: str, alertmanager_port: int) -> Path:
    rules = [home / file.name for file in RULES]
    for shipped, hurried in zip(RULES, rules, strict=True):
        hurried.write_text(re.sub(r"\bfor: \w+", "for: 1s", shipped.read_text()))
    configuration = load(SCRAPE)
    configuration["global"] = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"}
    configuration["rule_files"] = [*map(str, rules)]
    configuration["scrape_configs"][0]["static_configs"][0]["targets"] = [url.removeprefix("http://")]
    configuration["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager_port}"]}]}]}
    path = home / "prometheus.yml"
    with path.open("w") as file:
        YAML(typ="safe").dump(configuration, file)
    return path


def test_a_paused_cluster_reaches_the_person_on_call_with_command_and_runbook_and_so_does_its_end(site: Site):
    site.recorder.status(a_status(free=100, paused={PVE: "no quorum"}))
    until(lambda: site.webhook.alerts("firing"))
    path, alert = site.webhook.alerts("firing")[0]
    site.recorder.status(a_status(free=100))
    until(lambda: site.webhook.alerts("resolved"))

    assert (path, alert["labels"]["alertname"], alert["labels"]["severity"]) == ("/night", "BasculeClusterPaused", "critical")
    assert alert["annotations"]["summary"] == "Nothing is written to cluster pve"
    assert alert["annotations"]["command"] == "bascule check"
    assert alert["annotations"]["runbook_url"].endswith("/runbooks/clusters.md#basculeclusterpaused")


@pytest.mark.parametrize(("severity", "receiver"), [("critical", "night"), ("warning", "day"), ("info", "nobody")])
def test_who_hears_of_what(severity: str, receiver: str):
    found = amtool("config", "routes", "test", f"--config.file={ALERTMANAGER}", "alertname=BasculeDown", f"severity={severity}")

    assert (found[0], found[1].splitlines()[0]) == (0, receiver)


def test_the_shipped_configuration_is_accepted():
    code, said = amtool("check-config", str(ALERTMANAGER))

    assert code == 0, said


def until(true: Callable[[], object]) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while not true():
        assert time.monotonic() < give_up, "nothing was heard in time"
        time.sleep(0.1)
