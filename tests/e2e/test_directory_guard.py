"""Half of the people vanish from a real directory: no agent loses a desktop until an operator allows it."""

import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioner.demo.people import PEOPLE_BASE, demo_people, write_server_ldif
from tests.builders.cli import Ended, bascule, ordered_by
from tests.builders.directory import written
from tests.e2e.switch import Switch
from tests.servers.certificates import Authority
from tests.servers.slapd import PASSWORD, READER, Slapd, slapd

pytestmark = pytest.mark.real

AGENTS = 44
LEAVERS = [person.login for person in demo_people(AGENTS)[::2]]
"""More than the twenty, and more than the two per cent, that the guard lets leave unasked."""
PASSWORD_IN = "BASCULE_LDAP_PASSWORD"
_LET_THROUGH = f"{len(LEAVERS)} leave and 0 join, by order of {ordered_by('claire')}"


@dataclass(slots=True, kw_only=True)
class Accident:
    """What was seen of it, by moment."""

    switch: Switch
    directory: Slapd
    home: Path
    truths: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, str] = field(default_factory=dict)
    said: dict[str, Ended] = field(default_factory=dict)
    log: str = ""

    def look(self, moment: str, *, until: str = "") -> None:
        """Keep truth and metrics; a cycle's log lines come before its figures."""
        assert self.switch.page_with("/metrics", until), moment
        self.truths[moment], self.metrics[moment] = self.switch.truth(), self.switch.metrics()

    def figure(self, moment: str, series: str) -> float:
        found = re.search(rf"^bascule_{re.escape(series)} (\S+)$", self.metrics[moment], re.MULTILINE)
        assert found is not None, series
        return float(found[1])

    def order(self, moment: str, *words: str) -> None:
        """Run a command as an operator would."""
        environment = {**self.switch.environment(), PASSWORD_IN: PASSWORD}
        self.said[moment] = bascule(*words, "--config", str(self.switch.config), **environment)

    def read_again(self) -> None:
        assert self.switch.daemon is not None
        self.switch.daemon.send_signal(signal.SIGHUP)


@pytest.fixture(scope="module")
def accident(tmp_path_factory) -> Iterator[Accident]:
    home = tmp_path_factory.mktemp("guard")
    authority = Authority(home / "ca")
    write_server_ldif(home / "people.ldif", AGENTS)
    with (
        slapd(home / "slapd", certificate=authority.issue("slapd"), ldif=home / "people.ldif") as directory,
        Switch(home / "site", agents=AGENTS, scale=10) as switch,
    ):
        switch.change_config(lambda it: _configure(it, directory.ldaps, authority.ca_file))
        accident = Accident(switch=switch, directory=directory, home=home)
        _happen(accident)
        yield accident


def _configure(document: dict[str, Any], url: str, ca: Path) -> None:
    document["log"] = {"format": "json", "level": "debug", "names": "pseudonym"}
    server = {"urls": [url], "ca_file": str(ca), "bind_dn": READER, "password": {"environment": PASSWORD_IN}}
    document["directory"] = {**server, "base": PEOPLE_BASE, "page_size": 200}


def _happen(accident: Accident) -> None:
    switch = accident.switch
    switch.start(**{PASSWORD_IN: PASSWORD})
    switch.wait_for(lambda truth: truth["ready"] >= AGENTS)
    assert switch.said(f"{AGENTS} wanted, {AGENTS} ready"), switch.log()[-3000:]
    accident.look("before")

    gone = "".join(f"dn: uid={login},{PEOPLE_BASE}\nchangetype: delete\n\n" for login in LEAVERS)
    accident.directory.add(written(accident.home / "gone.ldif", gone))
    accident.read_again()
    assert switch.said("quarantined: "), switch.log()[-3000:]
    accident.look("held back", until="\nbascule_directory_quarantined 1")
    accident.order("diff", "directory", "diff", "--all")
    accident.order("check", "check", "directory")
    accident.order("status", "status", "--offline")

    accident.order(
        "accept", "directory", "accept", "--yes", "--until", "2h", "--by", "claire", "--reason", "two services have left"
    )
    assert switch.said(_LET_THROUGH), switch.log()[-3000:]
    assert switch.said(f"{AGENTS - len(LEAVERS)} wanted"), switch.log()[-3000:]
    accident.look("let through")
    accident.order("journal", "report", "journal", "--json")
    accident.order("forget", "agent", "forget", LEAVERS[0], "--by", "claire")
    assert switch.stop() == 0
    accident.log = switch.log()


def test_no_desktop_is_lost_while_the_reading_is_held_back(accident: Accident):
    before, held = accident.truths["before"], accident.truths["held back"]

    assert (held["ready"], held["desktops"], held["writes"]) == (before["ready"], before["desktops"], before["writes"])
    assert before["ready"] == AGENTS


def test_the_figures_say_that_it_is_held_back_and_how_much_it_is(accident: Accident):
    figures = ("directory_quarantined", "directory_would_leave", "directory_agents")

    assert [accident.figure("before", figure) for figure in figures] == [0, 0, AGENTS]
    assert [accident.figure("held back", figure) for figure in figures] == [1, len(LEAVERS), AGENTS]
    assert [accident.figure("let through", figure) for figure in figures] == [0, 0, AGENTS - len(LEAVERS)]


def test_an_operator_sees_who_would_go_and_why_it_was_stopped(accident: Accident):
    diff, check, status = (accident.said[command] for command in ("diff", "check", "status"))

    assert (diff.code, check.code) == (1, 1)
    assert all(login in diff.out for login in LEAVERS)
    assert f"{len(LEAVERS)} of {AGENTS} entitled agents would leave" in diff.out
    assert f"this reading is held back: {len(LEAVERS)} of {AGENTS} entitled agents would leave" in check.out
    assert (status.code, "quarantin" in status.out) == (1, True)


def test_an_order_lets_it_through_and_is_kept(accident: Accident):
    assert accident.said["accept"].code == 0
    lines = [line for line in accident.said["journal"].document["lines"] if line["what"] == "accept_directory"]

    assert [line["result"] for line in lines] == ["withdrawn", "given"], "it is used up"
    assert lines[0]["reason"]["text"] == f"by daemon, done: {len(LEAVERS)} left, 0 joined"
    assert any(f"by {ordered_by('claire')}: two services have left" in line["reason"]["text"] for line in lines)
    assert accident.truths["let through"]["desktops"] == AGENTS, "the leavers' desktops go down their ladder, not at once"


def test_an_agent_with_a_desktop_is_not_erased(accident: Accident):
    ended = accident.said["forget"]

    assert ended.code == 2
    assert f"{LEAVERS[0]} still has " in ended.said


def test_the_log_contains_no_names(accident: Accident):
    assert _LET_THROUGH in accident.log
    people = demo_people(AGENTS)
    names = [person.login for person in people] + [f"{person.given_name} {person.surname}" for person in people]

    assert [name for name in names if name in accident.log] == []
    assert "uid=" not in accident.log or "uid=person-" in accident.log
