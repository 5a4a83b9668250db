"""N9: docs/en/monitoring.md typed block by block, with real servers: an alert of the daemon's arrives as a mail."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, fields
from email.message import Message
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from monitors.exposition import Exposition
from monitors.recorder import Recorder
from provisioner.settings.values import ExpositionSettings
from tests.builders.monitors import PVE, SetClock, a_recorder, a_status
from tests.monitors.test_notifications import until
from tests.servers.alertmanager import alertmanager
from tests.servers.prometheus import prometheus
from tests.servers.smtp import Mailboxes, Manner, smtp_server

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(?ms)^```(\w+)\n(.*?)^```$")
(_, EXPOSITION), (_, BRING), (_, SAY), (_, START), (_, SEES), (_, ARRIVES) = BLOCK.findall(
    (ROOT / "docs/en/monitoring.md").read_text()
)
ON_CALL = "astreinte@departement.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A daemon's page, the ports of who watches it, and who is mailed."""

    home: Path
    recorder: Recorder
    ports: tuple[int, int]
    boxes: Mailboxes

    def letters(self, subject: str) -> list[Message]:
        return [letter for letter in self.boxes.letters(ON_CALL) if subject in letter["Subject"]]


def types(block: str, home: Path, **filled: str) -> str:
    """The block as root's shell takes it; /etc/prometheus is a folder here, and packages and units stay as they are."""
    for old, new in filled.items():
        assert old in block, old
        block = block.replace(old, new)
    block = block.replace("/etc/prometheus", str(home / "etc"))
    done = subprocess.run(
        ["bash", "-e", "-c", block],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{home}/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    clock = SetClock()
    recorder = a_recorder(clock)
    recorder.status(a_status(free=100))
    for folder in ("etc", "bin"):
        (tmp_path / folder).mkdir()
    for name in ("apt-get", "systemctl"):
        (tmp_path / "bin" / name).write_text(f'#!/bin/sh\necho {name} "$@" >> {tmp_path}/done\n')
        (tmp_path / "bin" / name).chmod(0o755)
    with (
        smtp_server(lambda _, __: Manner.TAKE) as (mail, boxes),
        Exposition(recorder, ExpositionSettings(port=0), clock=clock) as page,
    ):
        types(BRING, tmp_path)
        where = {
            "DAEMON": page.url.removeprefix("http://"),
            "MAIL-SERVER": f"127.0.0.1:{mail}",
            "SENDER": "bascule@departement.example",
        }
        types(
            SAY,
            tmp_path,
            **where,
            **{"ON-CALL": ON_CALL, "BY-DAY": "jour@departement.example", "RUNBOOKS": "https://wiki.example"},
        )
        types(START, tmp_path)
        in_a_hurry(tmp_path / "etc")
        with alertmanager(tmp_path, configuration=tmp_path / "etc/alertmanager.yml") as port:
            point_to(tmp_path / "etc", port)
            with prometheus(tmp_path, configuration=tmp_path / "etc/prometheus.yml") as server:
                yield Watched(home=tmp_path, recorder=recorder, ports=(server.port, port), boxes=boxes)


def in_a_hurry(folder: Path) -> None:
    """What a page's reader waits for: half a minute here, two minutes there. The mail server of the test has no STARTTLS."""
    for file, edits in {
        "alertmanager.yml": {
            r"(group_wait|group_interval): \w+": r"\1: 1s",
            "smtp_require_tls: true": "smtp_require_tls: false",
        },
        "prometheus.yml": {r"(scrape|evaluation)_interval: 15s": r"\1_interval: 500ms"},
        "bascule.rules.yml": {r"\bfor: \w+": "for: 1s"},
        "bascule-wrong.rules.yml": {r"\bfor: \w+": "for: 1s"},
    }.items():
        text = (folder / file).read_text()
        for old, new in edits.items():
            text, changed = re.subn(old, new, text)
            assert changed, (file, old)
        (folder / file).write_text(text)


def point_to(folder: Path, port: int) -> None:
    """The port of this test's Alertmanager."""
    file = folder / "prometheus.yml"
    file.write_text(file.read_text().replace("127.0.0.1:9093", f"127.0.0.1:{port}"))


def test_what_the_page_says_brings_an_alert_to_the_mailbox_of_whoever_is_on_call(watched: Watched):
    """N9: about twenty steps by hand, nine described; as shipped no alert left Prometheus."""
    server, port = watched.ports
    here = {"127.0.0.1:9090": f"127.0.0.1:{server}"}
    until(lambda: "=> 1 @" in types(SEES, watched.home, **here))
    types(ARRIVES, watched.home, **{"127.0.0.1:9093": f"127.0.0.1:{port}"})
    watched.recorder.status(a_status(free=100, paused={PVE: "no quorum"}))
    until(lambda: watched.letters("BasculeTest") and watched.letters("BasculeClusterPaused"))

    (letter,) = watched.letters("BasculeClusterPaused")[:1]
    text = "".join(part.get_payload(decode=True).decode() for part in letter.walk() if not part.is_multipart())
    assert letter["From"] == "bascule@departement.example"
    assert "https://wiki.example/en/runbooks/clusters.md#basculeclusterpaused" in text
    assert "bascule check" in text
    assert "enable prometheus prometheus-alertmanager" in (watched.home / "done").read_text()


def test_the_section_that_lets_another_machine_read_is_one_that_the_daemon_takes():
    section = YAML(typ="safe").load(EXPOSITION)["exposition"]

    assert set(section) <= {field.name for field in fields(ExpositionSettings)}
