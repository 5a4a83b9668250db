"""Obstacles to a switch outside of the configuration: one clear message each, and no write to the cluster."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from provisioner.cli.clocks import TWIN_STATE
from provisioner.demo.people import write_server_ldif
from tests.builders.cli import Ended, bascule
from tests.builders.daemon import Heard, a_variant, live, says
from tests.e2e.switch import Switch, pause
from tests.servers.certificates import Authority
from tests.servers.processes import free_port
from tests.servers.slapd import PASSWORD, READER, SUFFIX, Slapd, slapd

pytestmark = pytest.mark.real

CLUSTER = "local-16"
READING = "reader@pve!audit"
TOKENS = """
tokens:
  - {user: bascule@pve, name: daemon}
  - {user: reader@pve, name: audit, acl: {/: PVEAuditor}}
"""
Change = Callable[["Site", dict[str, Any]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A served twin without writes, a directory server, and wrong addresses and files."""

    switch: Switch
    directory: Slapd
    ca: Path
    other_ca: Path

    def check(self, config: Path, *words: str) -> Ended:
        return bascule("check", "--config", str(config), *words, **{TWIN_STATE: str(self.switch.twin.state_file)})

    def secret(self, name: str, text: str) -> dict[str, str]:
        """A secret in a file."""
        path = self.switch.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return {"file": str(path)}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("bad-input")
    authority, other = Authority(home / "ca"), Authority(home / "other-ca", name="another authority")
    write_server_ldif(home / "people.ldif", 12)
    switch = Switch(home / "site", agents=12, scale=10)
    with (switch.folder / "twin.yaml").open("a", encoding="utf-8") as file:
        file.write(TOKENS)
    with (
        slapd(home / "slapd", certificate=authority.issue("slapd"), ldif=home / "people.ldif") as directory,
        switch,
    ):
        yield Site(switch=switch, directory=directory, ca=authority.ca_file, other_ca=other.ca_file)


def _cluster(document: dict[str, Any], **changed: object) -> None:
    document["clusters"][CLUSTER].update(changed)


def _templates(document: dict[str, Any], **changed: object) -> None:
    document["profiles"]["standard"]["templates"][0].update(changed)


def _directory(site: Site, document: dict[str, Any], **changed: object) -> None:
    right = {
        "urls": [site.directory.ldaps],
        "ca_file": str(site.ca),
        "base": f"ou=people,{SUFFIX}",
        "bind_dn": READER,
        "password": site.secret("ldap-password", PASSWORD),
        "page_size": 200,
    }
    document["directory"] = {**right, **changed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A problem and its messages."""

    change: Change
    subject: str
    """Of the doctor's finding."""
    finding: str
    fix: str
    line: str
    """Of the daemon's log."""


CASES = {
    "a token that is wrong": Case(
        change=lambda site, it: _cluster(it, token_secret=site.secret("wrong", "0-1-2-3")),
        subject=f"cluster {CLUSTER}",
        finding="Authentication failed!",
        fix="check token_id and its secret",
        line="Proxmox VE refuses the token (Authentication failed!)",
    ),
    "a cluster whose certificate another authority signed": Case(
        change=lambda site, it: _cluster(it, ca_file=str(site.other_ca)),
        subject=f"cluster {CLUSTER}",
        finding="certificate verify failed",
        fix="check endpoints, port 8006 and ca_file",
        line="nothing is ordered meanwhile: 127.0.0.1:",
    ),
    "a cluster that nobody answers for": Case(
        change=lambda _, it: _cluster(it, endpoints=[f"https://127.0.0.1:{free_port()}"]),
        subject=f"cluster {CLUSTER}",
        finding="Connection refused",
        fix="check endpoints, port 8006 and ca_file",
        line="Connection refused",
    ),
    "a directory that nobody answers for": Case(
        change=lambda site, it: _directory(site, it, urls=[f"ldaps://127.0.0.1:{free_port()}"]),
        subject="directory",
        finding="no answer",
        fix="check directory.urls",
        line="directory: reading not accepted: ldaps://127.0.0.1:",
    ),
    "a directory whose certificate another authority signed": Case(
        change=lambda site, it: _directory(site, it, ca_file=str(site.other_ca)),
        subject="directory",
        finding="its certificate is refused",
        fix="ca_file",
        line="directory: reading not accepted: ldaps://localhost:",
    ),
    "a directory password that is wrong": Case(
        change=lambda site, it: _directory(site, it, password=site.secret("ldap-wrong", "not the password")),
        subject="directory",
        finding=f"the bind as {READER} was refused: invalidCredentials",
        fix="bind_dn and password",
        line="was refused: invalidCredentials",
    ),
    "a directory base that there is not": Case(
        change=lambda site, it: _directory(site, it, base=f"ou=nobody,{SUFFIX}"),
        subject="directory",
        finding="noSuchObject",
        fix="correct the base",
        line="noSuchObject",
    ),
    "templates that there are not": Case(
        change=lambda _, it: _templates(it, vmids={"pve01": 8001, "pve02": 8002}),
        subject="profile standard",
        finding="template 8001 on pve01, 8002 on pve02: there is no such VM",
        fix="make the template there",
        line="template 8001 is not on node pve01",
    ),
    "a template that is on another node": Case(
        change=lambda _, it: _templates(it, vmids={"pve01": 9002}),
        subject="profile standard",
        finding="template 9002 on pve01: it is on node pve02",
        fix="or correct the profile's templates",
        line="template 9002 is not on node pve01",
    ),
    "a node that there is not": Case(
        change=lambda _, it: _templates(it, vmids={"pve99": 8001}),
        subject="profile standard",
        finding="the cluster has no node pve99",
        fix="correct the profile's nodes",
        line="pve99",
    ),
    "a storage that there is not": Case(
        change=lambda _, it: _templates(it, storage="local-thick"),
        subject="profile standard",
        finding="and 12 more: storage local-thick is not available there",
        fix="correct the profile's storage",
        line="storage local-thick is not available on node pve01",
    ),
}


CONSEQUENCES = ("no template can be cloned at present", "BAD switch: ")
"""A finding of its own beside a fault of every template: what it comes to."""


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
def test_a_fault_of_another_system_is_one_finding_and_one_line(site: Site, tmp_path: Path, case: Case):
    config = a_variant(site.switch.config, tmp_path, lambda document: case.change(site, document))

    checked = site.check(config)
    heard, reconciler = live(config, site.switch.twin.state, until=says(case.line))

    assert (checked.code, checked.err) == (1, "")
    bad = [
        line for line in checked.out.splitlines() if line.startswith("BAD") and not any(said in line for said in CONSEQUENCES)
    ]
    assert len(bad) == 1, bad
    assert bad[0].startswith(f"BAD {case.subject}: ")
    assert case.finding in bad[0]
    assert case.fix in checked.out.splitlines()[checked.out.splitlines().index(bad[0]) + 1]
    assert heard.has(case.line), heard.lines
    _nothing_was_done(site, heard)
    assert reconciler.status is None or not reconciler.status.desktops


def _nothing_was_done(site: Site, heard: Heard) -> None:
    truth = site.switch.truth()
    assert (truth["desktops"], truth["writes"], truth["orphans"]) == (0, 0, [])
    said = " ".join(str(line) for line in heard.lines)
    assert "Traceback" not in said
    for token_secret in site.switch.twin.state.tokens.values():
        assert token_secret not in said
    assert PASSWORD not in said


def test_a_directory_server_that_is_right_is_read(site: Site, tmp_path: Path):
    config = a_variant(site.switch.config, tmp_path, lambda document: _directory(site, document))

    checked = site.check(config, "--json")

    assert checked.code == 0
    assert ("directory", "12 agents read") in [(finding["subject"], finding["text"]) for finding in checked.document]


def test_a_token_without_a_right_is_named_with_path_and_privilege(site: Site, tmp_path: Path):
    def change(document: dict[str, Any]) -> None:
        token = site.switch.twin.state.tokens[READING]
        _cluster(document, token_id=READING, token_secret=site.secret("reader", token))

    config = a_variant(site.switch.config, tmp_path, change)

    checked = site.check(config)
    heard, _ = live(config, site.switch.twin.state, until=says("failed with the same error"))

    assert checked.code == 1
    bad = [
        line.partition("the token lacks ")[2]
        for line in checked.out.splitlines()
        if line.startswith("BAD") and "BAD switch: " not in line
    ]
    assert [line.rpartition(" on ")[2].partition(",")[0] for line in bad] == [
        "/vms/10001",
        "/vms/9001",
        "/storage/local-thin",
        "/sdn/zones/localnetwork/vmbr0",
    ]
    assert bad[0].startswith("VM.Allocate, VM.Config.CPU,")
    assert bad[1].startswith("VM.Clone on ")
    alike = [line.text for line in heard.lines if "failed with the same error" in line.text]
    assert any("(/vms/90" in text and "VM.Clone)" in text for text in alike), heard.lines
    truth = site.switch.truth()
    assert (truth["desktops"], truth["orphans"]) == (0, [])


def test_a_metrics_port_that_is_taken_ends_the_daemon_in_3(site: Site, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = a_variant(site.switch.config, tmp_path, lambda document: document["exposition"].update(port=port))

        ended = bascule("run", "--config", str(config), "--twin-state", str(site.switch.twin.state_file))

    assert (ended.code, ended.out) == (3, "")
    assert f"exposition: cannot listen on 127.0.0.1:{port} (Address already in use): choose another" in ended.err
    assert not (tmp_path / "bascule.db").exists()
    assert site.switch.truth()["writes"] == 0


def test_a_ca_file_that_is_none_ends_in_2(site: Site, tmp_path: Path):
    wrong = tmp_path / "ca.pem"
    wrong.write_text("-----BEGIN NONSENSE-----\n")
    config = a_variant(site.switch.config, tmp_path, lambda document: _cluster(document, ca_file=str(wrong)))

    for command in ("check", "run", "status --offline"):
        ended = bascule(*command.split(), "--config", str(config))
        kept = "0 desktops are kept in the store\n" if command == "status --offline" else ""
        assert (ended.code, ended.out) == (2, kept)
        assert f"cluster {CLUSTER}: {wrong} " in ended.err
        assert len(ended.err.splitlines()) == 1


def test_a_cluster_without_quorum_is_waited_for(site: Site, tmp_path: Path):
    """The last one: the twin's quorum does not come back soon."""
    config = a_variant(site.switch.config, tmp_path, lambda _: None)
    site.switch.twin.inject("CutQuorum", at_s=0.0, for_s=3600.0)
    pause(1.5)  # a cluster says so 6.5 of its seconds after the cut

    checked = site.check(config)
    heard, _ = live(config, site.switch.twin.state, until=says("paused: the cluster has lost its quorum"))

    assert heard.has("the cluster has lost its quorum"), heard.lines
    assert checked.code == 1
    assert f"BAD cluster {CLUSTER}: it has no quorum: nothing can be written" in checked.out
    assert "fix: bring back enough nodes" in checked.out
    assert json.loads(site.check(config, "--json").out)
    truth = site.switch.truth()
    assert (truth["desktops"], truth["orphans"]) == (0, [])
