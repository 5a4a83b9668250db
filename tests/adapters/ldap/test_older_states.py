"""C7: a server that is provably behind the state in force is not believed; the next one is asked."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.ldap.ldif import write_ldif
from provisioner.daemon.composition import store_of
from provisioner.demo.people import PEOPLE_BASE
from provisioner.errors import DirectoryIncomplete
from provisioner.ports import Changes
from tests.adapters.ldap.small import a_small_server
from tests.adapters.ldap.town_ldif import record
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.desk import ordered
from tests.builders.directory import FixedClock, a_directory
from tests.builders.patience import FUSE_S
from tests.servers.certificates import Authority
from tests.servers.slapd import PASSWORD, READER, Slapd

pytestmark = pytest.mark.real
SOMEBODY = f"uid=aaubert,{PEOPLE_BASE}"


@contextmanager
def replicas(home: Path, authority: Authority) -> Iterator[tuple[Slapd, Slapd, Slapd]]:
    """Three servers of the same tree: the first, a replica that stays behind, and a replica with the first's last change."""
    with ExitStack() as servers:
        first = servers.enter_context(a_small_server(home / "first", authority.issue("first")))
        behind = servers.enter_context(a_small_server(home / "behind", authority.issue("behind"), copy_of=home / "first"))
        write_ldif(home / "change.ldif", [record(SOMEBODY, changetype=("modify",), replace=("l",), l=("Ailleurs",))])
        first.add(home / "change.ldif")
        beside = servers.enter_context(a_small_server(home / "beside", authority.issue("beside"), copy_of=home / "first"))
        yield first, behind, beside


def reading(authority: Authority, *servers: Slapd) -> LdapDirectory:
    urls = tuple(server.ldaps for server in servers)
    return a_directory(
        urls=urls, ca_file=authority.ca_file, bind_dn=READER, password=PASSWORD, page_size=200, receive_timeout_s=FUSE_S
    )


def test_a_replica_that_is_behind_is_refused_and_the_next_one_is_asked(tmp_path: Path, authority: Authority):
    """C7: an older contextCSN was believed, and agents who had joined since were removed again."""
    with replicas(tmp_path, authority) as (first, behind, beside):
        in_force = reading(authority, first).read()
        with pytest.raises(DirectoryIncomplete) as caught:
            reading(authority, behind).read(in_force=in_force)
        roster = reading(authority, behind, beside).read(in_force=in_force)

    assert "is behind the state in force" in str(caught.value)
    assert (roster.source, roster.agents) == (beside.ldaps, in_force.agents)
    (passed,) = roster.passed_over
    assert passed.startswith(f"{behind.ldaps}: ")


def test_commands_refuse_it_too_and_an_operator_may_order_it(tmp_path: Path, authority: Authority):
    """C7: a directory restored from a backup on purpose: only an operator's intent puts it in force."""
    folder = tmp_path / "site"
    folder.mkdir()
    with replicas(tmp_path, authority) as (first, behind, _):
        site = a_lonely_site(folder).write("password", PASSWORD)
        way = f"urls: [{behind.ldaps}]\n  ca_file: {authority.ca_file}\n  bind_dn: {READER}\n  password: {{file: password}}"
        site.change("ldif: people.ldif", f"{way}\n  page_size: 200")
        store = store_of(site.load(), clock=FixedClock())
        store.claim()
        store.commit(Changes(roster=reading(authority, first).read()))
        store.close()
        diff, check = (bascule(*words, "--config", str(site.main)) for words in (("directory", "diff"), ("check", "directory")))
        accept = ordered(site, "directory", "accept", "--yes", "--until", "2h", "--by", "ana")
        after = bascule("directory", "diff", "--config", str(site.main))

    assert "is behind the state in force" in diff.said
    assert "BAD directory:" in check.out
    assert (diff.code != 0, check.code, accept.code, after.code) == (True, 1, 0, 0)
    assert "refused until now" in accept.out
    assert "ordered:" in accept.out
