"""Accidents between or during readings, on real servers: the result is an error or the truth, never half a roster."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.ldap.ldif import write_ldif
from provisioner.errors import DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable
from provisioner.model.people.distinguished_names import is_below
from provisioner.settings.directory import DirectoryBase, DirectoryGroups
from tests.adapters.ldap.contract import wrong_about
from tests.adapters.ldap.served import OpenLdapTown, open_ldap_ldif
from tests.adapters.ldap.town import GROUPS, PARTNERS, ROADS, SCHOOLS, Town, a_town
from tests.adapters.ldap.town_ldif import record
from tests.builders.directory import SERVED_AT as READ_AT
from tests.servers.certificates import Authority
from tests.servers.cutting import a_way_to
from tests.servers.slapd import Slapd, slapd

pytestmark = pytest.mark.real


@pytest.fixture
def served(tmp_path: Path, authority: Authority) -> Iterator[OpenLdapTown]:
    with a_server(tmp_path, authority) as server:
        yield OpenLdapTown(tmp_path, authority, server)


@contextmanager
def a_server(home: Path, authority: Authority, *, town: Town | None = None, **kind: bool) -> Iterator[Slapd]:
    """A separate server with the town or a part of it."""
    (home / "server").mkdir(parents=True)
    ldif = open_ldap_ldif(home / "server" / "town.ldif", town or a_town())
    with slapd(home / "server" / "slapd", certificate=authority.issue("server"), ldif=ldif, **kind) as server:
        yield server


def test_a_reading_that_is_cut_anywhere_is_an_error_and_the_next_server_is_read_whole(served: OpenLdapTown):
    schools = {"bases": (DirectoryBase(base=served.words.place(SCHOOLS)),), "page_size": 50}
    with a_way_to(served.server.tls_port) as way:
        whole = served.directory(urls=(f"ldaps://localhost:{way.port}",), **schools).read()
    errors = []
    for part in range(1, 20):
        with a_way_to(served.server.tls_port, cut_after=way.passed * part // 20) as cut:
            url = f"ldaps://localhost:{cut.port}"
            errors.append(error_of(served.directory(urls=(url,), **schools)))
            if part % 6 == 1:
                roster = served.directory(urls=(url, served.server.ldaps), **schools).read()
                assert (roster.agents, len(roster.passed_over)) == (whole.agents, 1)

    assert {type(error) for error in errors} <= {DirectoryIncomplete, DirectoryUnavailable}
    assert sum("the connection was lost before the last entry" in str(error) for error in errors) > 15


def test_a_part_of_the_tree_that_moves_takes_its_people_along(served: OpenLdapTown):
    before = served.roster()

    _move(served, ROADS, SCHOOLS)
    after = served.directory().read()

    moved = f"ou=Routes,{served.words.place(SCHOOLS)}"
    assert after.agents.keys() == before.agents.keys()
    assert sum(is_below(agent.unit, moved) for agent in after.agents.values()) == sum(
        agent.unit == ROADS for agent in served.town.agents()
    )
    assert {key: agent.groups for key, agent in after.agents.items()} == {
        key: agent.groups for key, agent in before.agents.items()
    }


def test_a_part_of_the_tree_that_moves_is_seen_by_the_next_full_reading(served: OpenLdapTown):
    """The entries below it keep their modification dates."""
    before = served.roster()

    _move(served, ROADS, SCHOOLS)
    on = served.directory(now=READ_AT + 1).read(since=before)
    full = served.directory(now=READ_AT + 2).read(since=replace(on, mark=None))

    assert (on.full_at, full.full_at) == (READ_AT, READ_AT + 2)
    assert on.agents == before.agents
    moved = {agent.login for key, agent in full.agents.items() if agent != on.agents[key]}
    assert moved == {agent.login for agent in served.town.agents() if agent.unit == ROADS}


def test_a_subtree_moved_out_of_the_bases_loses_exactly_its_people(served: OpenLdapTown):
    before = served.roster()

    _move(served, ROADS, PARTNERS)
    after = served.directory().read()

    gone = {before.agents[key].login for key in before.agents.keys() - after.agents.keys()}
    assert gone == {agent.login for agent in served.town.agents() if agent.unit == ROADS}
    assert after.agents.keys() < before.agents.keys()


def test_a_base_that_is_moved_or_renamed_is_an_error(served: OpenLdapTown):
    _move(served, SCHOOLS, PARTNERS)

    error = error_of(served.directory())

    assert type(error) is DirectoryRefused
    assert "noSuchObject" in str(error)
    assert "collèges" in str(error)


def test_a_server_with_half_the_people_has_another_source(served: OpenLdapTown, authority: Authority):
    town = a_town()
    half = replace(town, people={key: person for key, person in town.people.items() if key % 2}, groups={})
    with ExitStack() as servers:
        second = servers.enter_context(a_server(served.home / "second", authority, town=half))
        directory = served.directory(urls=(served.server.ldaps, second.ldaps), groups=None)
        before = directory.read()
        served.server.kill()
        after = directory.read(since=before)

    assert (before.source, after.source) == (served.server.ldaps, second.ldaps)
    assert {agent.login for agent in after.agents.values()} == {agent.login for agent in half.agents()}


def test_without_memberof_the_groups_own_lists_say_the_same(tmp_path: Path, authority: Authority):
    with a_server(tmp_path, authority, microsoft=True) as server:
        served = OpenLdapTown(tmp_path, authority, server)
        groups = DirectoryGroups(base=served.words.place(GROUPS), members=("member",))

        assert wrong_about(served, served.directory(groups=groups).read()) == {}


def test_without_memberof_and_lists_all_groups_are_empty(tmp_path: Path, authority: Authority):
    with a_server(tmp_path, authority, microsoft=True) as server:
        roster = OpenLdapTown(tmp_path, authority, server).roster()

    assert {agent.groups for agent in roster.agents.values()} == {frozenset()}


def _move(served: OpenLdapTown, unit: tuple[str, ...], below: tuple[str, ...]) -> None:
    path = served.home / "move.ldif"
    name = served.words.place(unit).removesuffix(f",{served.words.place(unit[:-1])}")
    move = {"newrdn": (name,), "deleteoldrdn": ("1",), "newsuperior": (served.words.place(below),)}
    write_ldif(path, [record(served.words.place(unit), changetype=("modrdn",), **move)])
    served.server.add(path)


def error_of(directory: LdapDirectory) -> Exception | None:
    try:
        directory.read()
    except (DirectoryIncomplete, DirectoryRefused, DirectoryUnavailable) as error:
        return error
    return None
