"""Accounts are deleted and made again in a real directory: the same people have the same desktops, and their notes say so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.ldap.ldif import read_ldif, write_ldif
from provisioner.demo.people import PEOPLE_BASE, demo_people, write_server_ldif
from tests.builders.cli import Ended, bascule
from tests.builders.directory import written
from tests.e2e.switch import Switch
from tests.servers.certificates import Authority
from tests.servers.slapd import PASSWORD, READER, Slapd, slapd

pytestmark = pytest.mark.real

AGENTS = 24
AGAIN = [person.login for person in demo_people(AGENTS)[::4]]
"""Six accounts."""
PASSWORD_IN = "BASCULE_LDAP_PASSWORD"


@dataclass(slots=True, kw_only=True)
class Recreation:
    """What was seen of it, by moment."""

    switch: Switch
    directory: Slapd
    home: Path
    truths: dict[str, dict[str, Any]] = field(default_factory=dict)
    said: dict[str, Ended] = field(default_factory=dict)

    def order(self, moment: str, *words: str) -> None:
        """Run a command as an operator would."""
        environment = {**self.switch.environment(), PASSWORD_IN: PASSWORD}
        self.said[moment] = bascule(*words, "--config", str(self.switch.config), **environment)

    def recreate(self) -> None:
        """The accounts are deleted and created again with the same data: the server gives each a new entryUUID."""
        gone = "".join(f"dn: uid={login},{PEOPLE_BASE}\nchangetype: delete\n\n" for login in AGAIN)
        self.directory.add(written(self.home / "gone.ldif", gone))
        entries = [
            entry for entry in read_ldif(self.home / "people.ldif") if entry.dn.removeprefix("uid=").split(",")[0] in AGAIN
        ]
        write_ldif(self.home / "again.ldif", entries)
        self.directory.add(self.home / "again.ldif")


@pytest.fixture(scope="module")
def recreation(tmp_path_factory) -> Iterator[Recreation]:
    home = tmp_path_factory.mktemp("recreated")
    authority = Authority(home / "ca")
    write_server_ldif(home / "people.ldif", AGENTS)
    with (
        slapd(home / "slapd", certificate=authority.issue("slapd"), ldif=home / "people.ldif") as directory,
        Switch(home / "site", agents=AGENTS, scale=10) as switch,
    ):
        server = {"urls": [directory.ldaps], "ca_file": str(authority.ca_file), "bind_dn": READER}
        server |= {"password": {"environment": PASSWORD_IN}, "base": PEOPLE_BASE, "page_size": 200, "interval": "1min"}
        switch.change_config(lambda document: document.update(directory=server))
        recreation = Recreation(switch=switch, directory=directory, home=home)
        _happen(recreation)
        yield recreation


def _happen(recreation: Recreation) -> None:
    switch = recreation.switch
    switch.start(**{PASSWORD_IN: PASSWORD})
    switch.wait_for(lambda truth: truth["ready"] >= AGENTS)
    assert switch.said(f"{AGENTS} wanted, {AGENTS} ready"), switch.log()[-3000:]
    recreation.truths["before"] = switch.truth()

    recreation.recreate()
    recreation.order("diff", "directory", "diff", "--json")
    recreation.order("rekey", "directory", "rekey", "--yes", "--by", "claire", "--match", "login")
    assert switch.said("6 agents go on under new ids, by order of "), switch.log()[-3000:]
    switch.wait_for(lambda truth: truth["writes"] >= recreation.truths["before"]["writes"] + len(AGAIN))
    recreation.order("after", "directory", "diff", "--json")
    recreation.order("status", "status", "--offline")
    recreation.order("journal", "report", "journal", "--json", "--lines", "1000")

    switch.kill()
    switch.forget()
    switch.start(**{PASSWORD_IN: PASSWORD})
    assert switch.said(f"rebuilt from the notes of {AGENTS} desktops"), switch.log()[-3000:]
    recreation.order("lost", "directory", "diff", "--json")
    recreation.truths["lost"] = switch.truth()
    assert switch.stop() == 0


def test_diff_tells_the_same_people_under_new_ids(recreation: Recreation):
    """C2: a real server has given new ids."""
    diff = recreation.said["diff"]

    assert diff.code == 1
    assert {agent["login"] for agent in diff.document["recreated"]} == set(AGAIN)
    assert {agent["the same"] for agent in diff.document["recreated"]} == {"login, name, mail"}


def test_the_running_daemon_takes_the_rekey_up_and_nothing_is_made(recreation: Recreation):
    """C2: six notes are written, and nothing else."""
    before, lost = recreation.truths["before"], recreation.truths["lost"]

    assert recreation.said["rekey"].code == 0
    assert (recreation.said["after"].code, recreation.said["after"].document["recreated"]) == (0, [])
    assert "under a new id" not in recreation.said["status"].out
    notes = [
        line for line in recreation.said["journal"].document["lines"] if (line["what"], line["result"]) == ("note", "done")
    ]
    assert len(notes) == len(AGAIN)
    assert (lost["desktops"], lost["ready"]) == (before["desktops"], before["ready"]) == (AGENTS, AGENTS)


def test_a_lost_store_is_rebuilt_under_the_new_ids(recreation: Recreation):
    """C2: by the present notes there are no leavers and no joiners."""
    lost = recreation.said["lost"]

    assert (lost.code, lost.document["left"], lost.document["joined"], lost.document["recreated"]) == (0, [], [], [])
