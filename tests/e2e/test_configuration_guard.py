"""C4: a misspelt group in bascule.yaml, on a real daemon: no desktop is lost, and every command names the affected agents."""

import re
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from provisioner.demo.people import EVERYONE, GROUPS_BASE, demo_people
from tests.builders.cli import ordered_by
from tests.e2e.switch import Switch

pytestmark = pytest.mark.real

AGENTS = 12
LOGINS = [person.login for person in demo_people(AGENTS)]
MISSPELT = "teletravial"
HELD = "12 of 12 entitled agents would leave"


@dataclass(slots=True, kw_only=True)
class Edit:
    """What was seen of an edit of bascule.yaml, by moment: exit code and words of a command, figures, the twin's truth."""

    switch: Switch
    said: dict[str, tuple[int, str]] = field(default_factory=dict)
    metrics: dict[str, str] = field(default_factory=dict)
    truths: dict[str, dict[str, Any]] = field(default_factory=dict)

    def entitle(self, group: str) -> None:
        """Entitle exactly the members of the group."""
        self.switch.change_config(lambda it: it.update(entitlements=[{"profile": "standard", "who": {"groups": [group]}}]))

    def order(self, moment: str, *words: str) -> None:
        ended = self.switch.bascule(*words)
        self.said[moment] = ended.returncode, ended.stdout + ended.stderr

    def reload(self) -> None:
        assert self.switch.daemon is not None
        self.switch.daemon.send_signal(signal.SIGHUP)

    def start_again(self) -> None:
        lives = self.switch.log().count("metrics at ")
        self.switch.start()
        self.wait(lambda: self.switch.log().count("metrics at ") > lives)

    def wait(self, until: Callable[[], bool]) -> None:
        assert self.switch.comes(until), self.switch.log()[-3000:]

    def look(self, moment: str, *, until: str = "") -> None:
        """Keep truth and metrics; a cycle's log lines come before its figures."""
        assert self.switch.page_with("/metrics", until), moment
        self.truths[moment], self.metrics[moment] = self.switch.truth(), self.switch.metrics()

    def figure(self, moment: str, series: str) -> float:
        found = re.search(rf"^bascule_{re.escape(series)} (\S+)$", self.metrics[moment], re.MULTILINE)
        assert found is not None, series
        return float(found[1])


@pytest.fixture(scope="module")
def edit(tmp_path_factory) -> Iterator[Edit]:
    with Switch(tmp_path_factory.mktemp("edit") / "site", agents=AGENTS, scale=10) as switch:
        switch.change_config(lambda it: it.pop("scenario"))
        edit = Edit(switch=switch)
        edit.entitle(EVERYONE)
        switch.start()
        switch.wait_for(lambda truth: truth["ready"] >= AGENTS)
        assert switch.said(f"{AGENTS} wanted, {AGENTS} ready"), switch.log()[-3000:]
        edit.look("before")

        edit.entitle(MISSPELT)
        edit.order("diff of the edit", "directory", "diff")
        edit.order("check of the edit", "check", "directory")
        edit.order("status of the edit", "status", "--offline")
        edit.reload()
        assert switch.said("reloaded")
        edit.look("held back", until="\nbascule_directory_quarantined 1")
        edit.order("status", "status", "--offline")

        assert switch.stop() == 0
        edit.start_again()
        edit.look("held back after a restart", until="\nbascule_directory_quarantined 1")

        edit.order(
            "accept", "directory", "accept", "--yes", "--until", "2h", "--by", "claire", "--reason", "the office is closed"
        )
        assert switch.said(f"by order of {ordered_by('claire')}"), switch.log()[-3000:]
        edit.look("let through", until="\nbascule_directory_quarantined 0")

        edit.entitle(EVERYONE)
        edit.reload()
        edit.look("put right", until=f'\nbascule_desktops_wanted{{profile="standard",wave="everyone"}} {AGENTS}')

        edit.entitle(f"cn={EVERYONE},{GROUPS_BASE}")
        reloads = switch.log().count("settings: reloaded")
        edit.reload()
        edit.wait(lambda: switch.log().count("settings: reloaded") > reloads)
        edit.wait(lambda: "directory: 12 agents read" in switch.log().rpartition("settings: reloaded")[2])
        edit.look("the same group by its DN", until="\nbascule_directory_quarantined 0")
        yield edit


def test_a_misspelt_group_takes_no_desktop_at_sighup_or_restart(edit: Edit):
    """C4."""
    for moment in ("held back", "held back after a restart"):
        assert edit.figure(moment, "directory_quarantined") == 1, moment
        assert edit.figure(moment, "directory_would_leave") == AGENTS
        assert edit.figure(moment, 'desktops_leaving{step="suspended"}') == 0
        assert edit.truths[moment]["writes"] == edit.truths["before"]["writes"]


def test_every_command_names_the_agents_who_would_lose_a_desktop(edit: Edit):
    """C4: before the reload, and after."""
    code, words = edit.said["diff of the edit"]
    assert code == 1, words
    assert HELD in words
    assert all(login in words for login in LOGINS)
    code, words = edit.said["check of the edit"]
    assert code == 1, words
    assert HELD in words
    for moment in ("status of the edit", "status"):
        assert "in quarantine" in edit.said[moment][1]
        assert HELD in edit.said[moment][1]
        assert "12 of 12 wanted desktops ready" in edit.said[moment][1]


def test_an_intended_change_goes_through_by_order(edit: Edit):
    """C4: the legitimate counterpart."""
    assert edit.said["accept"][0] == 0
    assert "ordered: " in edit.said["accept"][1]
    assert edit.figure("let through", "directory_quarantined") == 0
    assert edit.figure("let through", 'desktops_leaving{step="suspended"}') == AGENTS
    assert edit.figure("put right", 'desktops_leaving{step="suspended"}') == 0


def test_a_group_named_in_a_reload_is_read_from_then_on(edit: Edit):
    """C4: a correct edit must not look like a misspelt group because the group has not been read yet."""
    assert edit.figure("the same group by its DN", "directory_quarantined") == 0
    assert edit.figure("the same group by its DN", 'desktops_wanted{profile="standard",wave="everyone"}') == AGENTS
