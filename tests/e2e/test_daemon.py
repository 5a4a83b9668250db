"""One life of the daemon as a process of its own: from its start over reloads, a freeze and a thaw to SIGTERM."""

import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioner.daemon.freeze_file import VARIABLE as FREEZE_FILE
from provisioner.demo.people import CRISIS_CELL, ESSENTIAL, demo_people, write_server_ldif
from tests.builders.cli import Ended, bascule, ordered_by
from tests.e2e.switch import Switch, pause
from tests.servers.certificates import Authority
from tests.servers.slapd import PASSWORD, READER, SUFFIX, slapd

pytestmark = pytest.mark.real

AGENTS = 40
NODES = 3
FIRST = sum(bool({CRISIS_CELL, ESSENTIAL} & set(person.groups)) for person in demo_people(AGENTS))
"""Agents of the first scenario; the second one wants everybody."""
FIRST_SURGE = {
    "name": "first",
    "waves": [{"name": "first", "who": {"groups": [CRISIS_CELL, ESSENTIAL]}}],
}
SECOND_SURGE = {
    "name": "second",
    "waves": [{"name": "first", "who": {"groups": [CRISIS_CELL, ESSENTIAL]}}, {"name": "rest", "who": "everyone"}],
}
PASSWORD_IN = "BASCULE_LDAP_PASSWORD"


@dataclass(slots=True, kw_only=True)
class Life:
    """What was seen of it."""

    switch: Switch
    exit_code: int = -1
    seconds_to_end: float = 0.0
    command_line: str = ""
    pages: dict[str, tuple[int, str]] = field(default_factory=dict)
    truths: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: dict[str, Ended] = field(default_factory=dict)
    notifications: list[str] = field(default_factory=list)
    log: str = ""

    def look(self, moment: str) -> None:
        """Keep the truth and the pages of this moment."""
        self.truths[moment] = self.switch.truth()
        for path in ("/metrics", "/healthz", "/readyz"):
            self.pages[f"{moment} {path}"] = self.switch.page(path)

    def figure(self, moment: str, series: str) -> float | None:
        """A series of the metrics at a moment."""
        found = re.search(rf"^{re.escape(series)} (\S+)$", self.pages[f"{moment} /metrics"][1], re.MULTILINE)
        return float(found[1]) if found else None

    def order(self, word: str) -> None:
        """Give an order as an operator would."""
        environment = {**self.switch.environment(), PASSWORD_IN: PASSWORD, FREEZE_FILE: self.always}
        self.orders[word] = bascule(*word.split(), "--config", str(self.switch.config), **environment)

    @property
    def always(self) -> str:
        """The freeze file that the daemon watches whatever its configuration says; here not that of the whole machine."""
        return str(self.switch.folder / "always")

    @property
    def lines(self) -> list[dict[str, str]]:
        """The log's, as a collector reads them."""
        return [json.loads(line) for line in self.log.splitlines()]

    def said(self, subject: str) -> list[str]:
        """The log's events about a subject."""
        return [line["event"].removeprefix(f"{subject}: ") for line in self.lines if line["subject"] == subject]


@pytest.fixture(scope="module")
def life(tmp_path_factory) -> Iterator[Life]:
    home = tmp_path_factory.mktemp("daemon")
    authority = Authority(home / "ca")
    write_server_ldif(home / "people.ldif", AGENTS)
    with (
        slapd(home / "slapd", certificate=authority.issue("slapd"), ldif=home / "people.ldif") as directory,
        Switch(home / "site", agents=AGENTS, scale=10) as switch,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
    ):
        systemd.bind(str(home / "notify"))
        systemd.setblocking(False)
        switch.change_config(lambda it: _configure(it, directory.ldaps, authority.ca_file))
        _surge(switch, FIRST_SURGE)
        life = Life(switch=switch)
        _live(life, notify=home / "notify")
        life.notifications = list(_datagrams(systemd))
        yield life


def _configure(document: dict[str, Any], url: str, ca: Path) -> None:
    document["log"] = {"format": "json", "level": "debug"}
    document["scenario"] = "surge.yaml"
    _on_few_nodes(document)
    document["directory"] = {
        "urls": [url],
        "ca_file": str(ca),
        "base": f"ou=people,{SUFFIX}",
        "bind_dn": READER,
        "password": {"environment": PASSWORD_IN},
        "page_size": 200,
    }


def _on_few_nodes(document: dict[str, Any]) -> None:
    """So that the clones take long enough to be stopped among them."""
    templates = document["profiles"]["standard"]["templates"][0]
    templates["vmids"] = dict(list(templates["vmids"].items())[:NODES])


def _surge(switch: Switch, document: object) -> None:
    (switch.folder / "surge.yaml").write_text(json.dumps(document), encoding="utf-8")


def _live(life: Life, *, notify: Path) -> None:
    switch = life.switch
    switch.start(NOTIFY_SOCKET=str(notify), **{PASSWORD_IN: PASSWORD, FREEZE_FILE: life.always})
    assert switch.daemon is not None
    switch.wait_for(lambda truth: truth["ready"] >= FIRST)
    assert switch.said(f"{FIRST} wanted, {FIRST} ready"), switch.log()[-3000:]
    life.look("first")
    life.command_line = Path(f"/proc/{switch.daemon.pid}/cmdline").read_text(encoding="utf-8")

    _surge(switch, {**SECOND_SURGE, "wavs": []})
    switch.daemon.send_signal(signal.SIGHUP)
    assert switch.said("not reloaded"), switch.log()[-3000:]
    assert switch.page_with("/metrics", "\nbascule_config_rejected 1")
    life.look("bad reload")

    _surge(switch, SECOND_SURGE)
    switch.daemon.send_signal(signal.SIGHUP)
    switch.wait_for(lambda truth: truth["clones"] >= FIRST + 5)
    sound = switch.config.read_text(encoding="utf-8")
    switch.config.write_text("{broken", encoding="utf-8")
    life.order("freeze --by claire --reason trial")
    switch.config.write_text(sound, encoding="utf-8")
    life.truths["ordered to freeze"] = switch.truth()
    pause(1.5)  # fifteen seconds of the twin's: several cycles
    life.order("hold start --by claire")
    life.order("status")
    pause(0.5)
    life.look("frozen")

    life.order("thaw --by claire")
    switch.wait_for(lambda truth: truth["ready"] >= AGENTS)
    assert switch.said(f"{AGENTS} wanted, {AGENTS} ready"), switch.log()[-3000:]
    life.look("thawed")
    began = time.monotonic()
    life.exit_code = switch.stop()
    life.seconds_to_end = time.monotonic() - began
    life.log = switch.log()


def _datagrams(listening: socket.socket) -> Iterator[str]:
    while True:
        try:
            yield listening.recv(4096).decode()
        except BlockingIOError:
            return


def test_exactly_the_wanted_desktops_are_ready(life: Life):
    first, end = life.truths["first"], life.truths["thawed"]

    assert (first["ready"], first["desktops"]) == (FIRST, FIRST)
    assert (end["ready"], end["desktops"], end["duplicates"], end["orphans"]) == (AGENTS, AGENTS, 0, [])
    assert end["writes"] == 3 * AGENTS


def test_the_metrics_match_the_twins_truth(life: Life):
    for moment in ("first", "thawed"):
        truth = life.truths[moment]
        ready = life.figure(moment, 'bascule_desktops{cluster="local-16",phase="ready",profile="standard"}')
        assert ready == truth["ready"]
        assert life.figure(moment, "bascule_directory_agents") == AGENTS
        assert life.figure(moment, 'bascule_cluster_quorate{cluster="local-16"}') == 1
        assert life.figure(moment, 'bascule_cluster_paused{cluster="local-16"}') == 0
    assert life.figure("thawed", 'bascule_actions_total{action="clone",result="done"}') == AGENTS
    writes = 'bascule_api_requests_total{access="write",cluster="local-16",outcome="ok"}'
    assert life.figure("thawed", writes) == 3 * AGENTS


@pytest.mark.parametrize("moment", ["first", "bad reload", "thawed"])
def test_a_daemon_at_work_is_alive_and_ready(life: Life, moment):
    assert life.pages[f"{moment} /healthz"] == (200, "alive\n")
    code, text = life.pages[f"{moment} /readyz"]
    assert (code, text.splitlines()[0]) == (200, "ready")
    assert len(text.splitlines()) == (2 if moment == "bad reload" else 1)


def test_a_bad_reload_changes_nothing_and_says_why(life: Life):
    assert life.truths["bad reload"]["desktops"] == FIRST
    said = [line for line in life.said("settings") if line.startswith("not reloaded, the old ones stay in force:")]
    assert len(said) == 1
    assert "surge.yaml:1:" in said[0]
    assert "wavs: unknown key; did you mean 'waves'?" in said[0]


def test_a_bad_reload_is_a_metric_and_a_line_until_a_good_one(life: Life):
    assert [life.figure(moment, "bascule_config_rejected") for moment in ("first", "bad reload", "thawed")] == [0, 1, 0]
    faulty = "the files of the configuration are faulty, and what was read before is in force: "
    assert faulty in life.pages["bad reload /readyz"][1]
    assert "surge.yaml:1:" in life.pages["bad reload /readyz"][1]


def test_a_good_reload_takes_up_the_new_scenario(life: Life):
    assert "reloaded" in life.said("settings")
    assert life.figure("thawed", 'bascule_desktops_wanted{profile="standard",wave="rest"}') == AGENTS - FIRST


def test_no_write_reaches_the_cluster_after_freeze(life: Life):
    ordered, frozen = life.truths["ordered to freeze"], life.truths["frozen"]

    assert ordered["clones"] < AGENTS, "the freeze came too late to stop anything"
    assert frozen["now"] - ordered["now"] > 15
    assert life.orders["freeze --by claire --reason trial"].out.startswith(f"frozen by the file {life.always}: ")
    assert frozen["writes"] - ordered["writes"] <= 1, "more than what was on the wire"
    assert life.figure("frozen", 'bascule_intent_standing{intent="freeze"}') == 1
    assert life.figure("frozen", 'bascule_intent_standing{intent="hold"}') == 1
    assert life.figure("thawed", 'bascule_intent_standing{intent="freeze"}') == 0
    assert life.pages["frozen /healthz"] == (200, "alive\n")


def test_orders_are_answered_and_shown(life: Life):
    assert [life.orders[word].code for word in life.orders] == [0] * len(life.orders)
    status = life.orders["status"].out
    assert re.search(rf"freeze ordered by {re.escape(ordered_by('claire'))} at (?:[0-9-]+ )?[0-9:]+: trial\n", status)
    assert re.search(rf"hold ordered by {re.escape(ordered_by('claire'))} at ", status)
    # Clones are cut by the gate, starts are not planned at all: which of them there are depends on the moment.
    assert re.search(r"\d+ × (\w+: )?.*frozen by an operator", status)


def test_sigterm_ends_it_in_order_and_in_time(life: Life):
    assert life.exit_code == 0
    assert life.seconds_to_end < 10
    assert life.said("daemon")[-1].startswith("draining: ")


def test_systemd_is_notified_of_start_watchdog_and_stop(life: Life):
    assert life.notifications[0] == "READY=1"
    assert life.notifications[-1] == "STOPPING=1"
    assert set(life.notifications[1:-1]) == {"WATCHDOG=1"}


def test_every_line_of_the_log_is_an_object_with_time_level_subject_and_event(life: Life):
    assert len(life.lines) > 100
    for line in life.lines:
        assert set(line) >= {"timestamp", "level", "subject", "event"}, line
        assert line["level"] in ("debug", "info", "warning"), line


def test_no_secret_is_in_log_page_or_command_line(life: Life):
    secrets = [PASSWORD, (life.switch.folder / "note-key").read_text(), *life.switch.twin.state.tokens.values()]
    texts = [
        life.log,
        life.command_line,
        *(text for _, text in life.pages.values()),
        *(order.said for order in life.orders.values()),
    ]

    assert all(len(secret) > 10 for secret in secrets)
    for secret in secrets:
        assert not [text for text in texts if secret in text]


def test_sigterm_amid_a_switch_ends_it_in_time_even_when_the_cluster_hangs(tmp_path):
    with Switch(tmp_path, agents=AGENTS, scale=10) as switch:
        switch.change_config(_on_few_nodes)
        switch.start()
        switch.wait_for(lambda truth: truth["clones"] >= 3)
        assert switch.stop() == 0
        stopped = switch.truth()
        assert stopped["clones"] < AGENTS

        switch.start()
        switch.wait_for(lambda truth: truth["writes"] > stopped["writes"] + 3)
        os.kill(switch.twin.pid, signal.SIGSTOP)
        try:
            assert switch.stop() == 0
        finally:
            os.kill(switch.twin.pid, signal.SIGCONT)
        pause(1.0)  # what was on its way comes out now
        end = switch.truth()
        assert end["writes"] < 3 * AGENTS
        assert (end["duplicates"], end["orphans"]) == (0, [])
