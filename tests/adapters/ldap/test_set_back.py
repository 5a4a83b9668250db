"""G5: a server that was restored from a backup is not believed, whatever is changed on it afterwards."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.ldap.known_states import (
    check_not_older,
    check_not_set_back,
    latest_of,
    noting,
    numbered_mark,
    server_at,
    servers_after,
)
from provisioner.adapters.ldap.ldif import write_ldif
from provisioner.adapters.ldap.search import ACTIVE_DIRECTORY, ServerRoot
from provisioner.adapters.ldap.values import Entry
from provisioner.demo.people import PEOPLE_BASE
from provisioner.errors import DirectoryIncomplete
from provisioner.model.ids import AgentId
from provisioner.model.people.agents import Agent, Roster, ServerState
from tests.adapters.ldap.small import a_small_server
from tests.adapters.ldap.town_ldif import record
from tests.builders.directory import READ_AT, SERVED_AT, a_directory
from tests.servers.certificates import Authority
from tests.servers.processes import running
from tests.servers.slapd import PASSWORD, READER, Slapd

NEW, OLD = f"uid=nouveau,{PEOPLE_BASE}", f"uid=aaubert,{PEOPLE_BASE}"
ONE, TWO = "ldaps://one", "ldaps://two"
BEFORE, LATER = "20200101000000", "20200201000000"


def reading(server: Slapd, authority: Authority):
    way = {"urls": (server.ldaps,), "ca_file": authority.ca_file, "bind_dn": READER, "password": PASSWORD}
    return a_directory(**way, page_size=100, receive_timeout_s=10.0, now=SERVED_AT)


def move(server: Slapd, folder: Path, dn: str) -> None:
    write_ldif(folder / "change.ldif", [record(dn, changetype=("modify",), replace=("l",), l=("Ailleurs",))])
    server.add(folder / "change.ldif")


@contextmanager
def restored(server: Slapd, backup: Path, home: Path) -> Iterator[None]:
    """The same server, at the same address, with the data of the backup."""
    server.kill()
    shutil.rmtree(home / "data")
    shutil.copytree(backup, home / "data")
    command = [str(word) for word in server.process.args]
    with running(command, ports=(server.port, server.tls_port), log=home / "again.log"):
        yield


@pytest.mark.real
def test_an_old_backup_is_not_believed_after_a_change_on_it(tmp_path: Path, authority: Authority):
    """G5: it was refused, and believed after one change: all that was between was taken back."""
    home, backup = tmp_path / "first" / "server", tmp_path / "backup"
    with a_small_server(tmp_path / "first", authority.issue("first")) as server:
        person = {"objectClass": ("inetOrgPerson",), "uid": ("nouveau",), "cn": ("Nouveau",), "sn": ("Nouveau",)}
        dated = {"modifyTimestamp": (f"{BEFORE}Z",), "entryCSN": (f"{BEFORE}.000000Z#000000#000#000000",)}
        write_ldif(tmp_path / "dated.ldif", [record(NEW, **person, **dated)])
        server.add_as_dated(tmp_path / "dated.ldif")
        server.pause()
        shutil.copytree(home / "data", backup)
        server.resume()
        move(server, tmp_path, NEW)
        in_force = reading(server, authority).read()

        with restored(server, backup, home):
            with pytest.raises(DirectoryIncomplete, match="is behind the state in force"):
                reading(server, authority).read(in_force=in_force)
            move(server, tmp_path, OLD)
            with pytest.raises(
                DirectoryIncomplete, match=r"1 of the entries .* older than they were.*`bascule directory accept`"
            ):
                reading(server, authority).read(in_force=in_force)
            by_order = reading(server, authority).read(in_force=None)
            assert reading(server, authority).read(in_force=by_order).agents == by_order.agents, "from then on it is in force"


def roster(*ids: str, **state) -> Roster:
    agents = {AgentId(key): Agent(agent_id=AgentId(key), login=key, display_name=key) for key in ids}
    return Roster(read_at=READ_AT, agents=agents, **state)


A, B = numbered_mark("a", "41"), numbered_mark("b", "7")


def test_each_server_is_compared_with_its_own_newest_state_also_after_another_was_read():
    """G5: after a reading of another domain controller the first one was compared with nothing."""
    first = roster("x", source=ONE, mark=A)
    first = replace(first, servers=servers_after(None, first, ONE, A, {}))
    second = roster("x", source=TWO, mark=B)
    second = replace(second, servers=servers_after(first, second, TWO, B, {}))

    with pytest.raises(DirectoryIncomplete, match="go to 40, those in force to 41"):
        check_not_older(ONE, numbered_mark("a", "40"), second)
    check_not_older(ONE, numbered_mark("a", "42"), second)
    check_not_older(TWO, numbered_mark("b", "7"), second)


@pytest.mark.parametrize(
    ("url", "dates", "fails"),
    [
        pytest.param(ONE, {"x": LATER, "y": BEFORE}, False, id="as it was"),
        pytest.param(ONE, {"x": LATER, "y": LATER}, False, id="changed since"),
        pytest.param(ONE, {"y": BEFORE}, False, id="gone: the guard judges departures"),
        pytest.param(ONE, {"x": BEFORE, "y": LATER}, True, id="older than it was, whatever else is new"),
        pytest.param(TWO, {"x": BEFORE}, False, id="another server: it need not have the other one's wrong passwords"),
    ],
)
def test_an_entry_that_is_older_than_it_was_shows_it(url, dates, fails):
    """G5."""
    in_force = roster("x", "y", servers={ONE: ServerState(latest={AgentId("x"): LATER, AgentId("y"): BEFORE})})
    dates = {AgentId(key): date for key, date in dates.items()}
    if fails:
        with pytest.raises(DirectoryIncomplete, match="1 of the entries"):
            check_not_set_back(url, dates, in_force, server=url)
    else:
        check_not_set_back(url, dates, in_force, server=url)


def test_a_date_that_is_to_come_is_not_kept():
    """A clock that was ahead: once corrected, the next change is dated earlier."""
    dates = {AgentId("x"): "20200316064000", AgentId("y"): "20200316065900", AgentId("z"): "20310101000000"}

    assert latest_of(dates, read_at=READ_AT).keys() == {"x"}


def test_what_is_kept_of_servers_names_nobody_who_is_no_longer_listed():
    """G2: the store would go on naming them."""
    in_force = roster("x", "y", servers={ONE: ServerState(mark=A, latest={AgentId("x"): BEFORE, AgentId("y"): BEFORE})})

    after = servers_after(in_force, roster("x"), TWO, B, {AgentId("x"): LATER})

    assert {url: set(state.latest) for url, state in after.items()} == {ONE: {"x"}, TWO: {"x"}}
    assert after[ONE].mark == A


def test_domain_controllers_behind_one_name_are_compared_each_with_itself():
    """G5: each dates a change when it arrives there; every other reading was refused until the entry was changed again."""
    url = "ldaps://ad.example"
    dc1, dc2 = (
        server_at(url, ServerRoot(values={"supportedcapabilities": (ACTIVE_DIRECTORY,), "dsservicename": (f"cn={name}",)}))
        for name in ("dc1", "dc2")
    )
    first = roster("x", source=url, mark=A)
    first = replace(first, servers=servers_after(None, first, dc1, A, {AgentId("x"): LATER}))
    second = replace(first, servers=servers_after(first, first, dc2, B, {AgentId("x"): BEFORE}))

    check_not_set_back(url, {AgentId("x"): BEFORE}, first, server=dc2)
    check_not_set_back(url, {AgentId("x"): LATER}, second, server=dc1)
    with pytest.raises(DirectoryIncomplete, match=r"ldaps://ad\.example: is behind .* 1 of the entries"):
        check_not_set_back(url, {AgentId("x"): BEFORE}, second, server=dc1)
    assert server_at(ONE, ServerRoot()) == ONE


def test_of_two_entries_with_one_id_the_newer_date_counts():
    """G5: a second tree has older entries of the same people; the directory was set back by that."""
    attributes = [{"employeenumber": (b"x",), "modifytimestamp": (f"{date}Z".encode(),)} for date in (LATER, BEFORE)]
    dates: dict[AgentId, str] = {}

    list(
        noting(
            [Entry(dn="cn=x", attributes=each) for each in attributes],
            dates,
            agent_id="employeeNumber",
            changed="modifyTimestamp",
        )
    )

    assert dates == {AgentId("x"): LATER}
