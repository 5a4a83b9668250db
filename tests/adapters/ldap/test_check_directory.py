"""`bascule check directory` against a real OpenLDAP server, as an operator sees it."""

from pathlib import Path

import pytest

from provisioner.adapters.ldap.server_facts import look_at
from provisioner.daemon.system_clock import SystemClock
from provisioner.demo.people import PEOPLE_BASE
from tests.adapters.ldap.small import a_small_server
from tests.builders.cli import a_lonely_site, bascule, files_of
from tests.builders.directory import FixedClock, ldap_settings
from tests.builders.settings import Site
from tests.servers.certificates import Authority
from tests.servers.samba import PASSWORD as AD_PASSWORD
from tests.servers.samba import READER as AD_READER
from tests.servers.samba import SUFFIX as AD_SUFFIX
from tests.servers.samba import samba
from tests.servers.slapd import LIMITED, PASSWORD, READER, Slapd

pytestmark = pytest.mark.real


def _site(folder: Path, authority: Authority, *urls: str, account: str = READER, more: str = "") -> Site:
    site = a_lonely_site(folder).write("password", PASSWORD)
    keys = f"urls: [{', '.join(urls)}]\n  ca_file: {authority.ca_file}\n  bind_dn: {account}\n  password: {{file: password}}"
    return site.change("ldif: people.ldif", f"{keys}\n  page_size: 200{more}")


def _check(site: Site, *words: str):
    return bascule("check", "directory", "--config", str(site.main), *words)


def test_servers_and_people_in_words(tmp_path, server: Slapd, authority: Authority):
    site = _site(tmp_path, authority, "ldaps://localhost:1", server.ldaps, more="\n  attributes: {department: department}")
    before = files_of(site.folder)

    ended = _check(site)

    assert (ended.code, ended.err) == (0, ""), "a dead spare and a misspelt attribute are doubts"
    lines = ended.out.splitlines()
    assert lines[0].startswith("?   server ldaps://localhost:1: no answer: ")
    for line in (
        f"ok  server {server.ldaps}: OpenLDAP answers",
        f"ok  server {server.ldaps}: bound as dn:{READER}",
        f"ok  server {server.ldaps}: its clock and ours differ by less than 60 s",
        f"ok  server {server.ldaps}: supports paged results; without them an answer ends after 200 entries",
        "ok  directory: 1700 agents read",
        "?   attributes: no agent has department (directory.attributes.department)",
        "      fix: did you mean departmentNumber?",
        "ok  profile standard: 1700 agents are entitled and in wave 'everyone' of scenario 'everyone'",
        "ok  groups: 3 groups of agents, as their own entries list them; nested groups count only if listed there",
        "ok  roster in force: none yet; this reading is accepted: 0 entitled agents leave, 1700 join",
    ):
        assert line in lines
    assert any(line.endswith(("in 1 day", "in 0 days")) for line in lines), "the test's certificate is valid for a day"
    assert files_of(site.folder) == before, "looking leaves nothing behind"


@pytest.mark.parametrize(
    ("account", "change", "subject", "text", "fix"),
    [
        pytest.param(LIMITED, ("", ""), "directory", "size limit ended the answer", "raise the size limit", id="a size limit"),
        pytest.param(READER, ("file: password", "file: note-key"), "server", "was refused", "bind_dn", id="wrong password"),
        pytest.param(READER, ("base: ou=people", "base: ou=persons"), "server", "noSuchObject", "base", id="wrong base"),
        pytest.param(READER, ("page_size: 200", 'filter: "(uid=x)"'), "server", "nothing below", "filter", id="wrong filter"),
    ],
)
def test_what_is_wrong_is_said_with_a_fix(tmp_path, server: Slapd, authority: Authority, account, change, subject, text, fix):
    site = _site(tmp_path, authority, server.ldaps, account=account).change(*change)

    ended = _check(site, "--json")

    assert ended.code == 1
    bad = [finding for finding in ended.document if finding["grade"] == "bad"]
    assert any(finding["subject"].startswith(subject) and text in finding["text"] and fix in finding["fix"] for finding in bad)


def test_a_clock_that_is_years_away_and_one_that_may_not_be_read(server: Slapd, authority: Authority):
    way = {"urls": (server.ldaps,), "ca_file": authority.ca_file, "password": PASSWORD}
    ours = FixedClock()

    read = look_at(server.ldaps, ldap_settings(bind_dn=READER, **way), bases=(), clock=ours)
    hidden = look_at(server.ldaps, ldap_settings(bind_dn=LIMITED, **way), bases=(), clock=ours)

    assert read.clock_ahead_s is not None
    assert abs(ours.now() + read.clock_ahead_s - SystemClock().now()) < 30
    assert hidden.clock_ahead_s is None


def test_an_active_directory_read_as_if_it_were_openldap(tmp_path, home: Path, authority: Authority):
    """First as configured, then with the fixes applied."""
    people = f"base: {AD_SUFFIX}\n  filter: (&(objectCategory=person)(objectClass=user))"
    names = "{agent_id: objectGUID, login: sAMAccountName, display_name: cn, enabled: userAccountControl}"
    with samba(home / "samba", authority=authority) as server:
        site = _site(tmp_path, authority, server.ldaps, account=AD_READER).write("password", AD_PASSWORD)
        site.change(f"base: {PEOPLE_BASE}", people)
        first = _check(site)
        second = _check(
            site.change("  page_size: 200", f"  page_size: 200\n  attributes: {names}\n  groups: {{base: '{AD_SUFFIX}'}}")
        )

    subject = f"ok  server {server.ldaps}: "
    assert first.code == 1
    for line in (
        "BAD attributes: no sampled entry has uid (directory.attributes.login): without it no entry is an agent",
        "      fix: did you mean sAMAccountName?",
        "      fix: did you mean objectGUID?",
        f"{subject}its clock and ours differ by less than 60 s",
        f"{subject}bound as u:DEPARTEMENT\\reader",
    ):
        assert line in first.out.splitlines()
    assert f"{subject}Samba (Active Directory) 4." in first.out
    assert second.code == 0
    assert "ok  accounts: 2 disabled: they get no desktop" in second.out
    assert "groups of agents, nested groups included" in second.out


def test_a_certificate_that_has_ended(tmp_path, home: Path, authority: Authority):
    with a_small_server(home / "expired", authority.issue("expired", expired=True)) as server:
        ended = _check(_site(tmp_path, authority, server.ldaps))

    assert ended.code == 1
    said = ended.out.splitlines()
    assert said[0].endswith("its certificate is refused: certificate has expired")
    assert said[1].startswith("      fix: renew the certificate")
