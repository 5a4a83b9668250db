"""Connections by the REST API: a server on loopback answers as Guacamole's source says, and as it never does."""

from contextlib import contextmanager

import pytest

from provisioner.capabilities.brokers.model import ActiveConnection, BrokerConnection, BrokerRules
from provisioner.capabilities.brokers.outside import GuacamoleConnections
from provisioner.capabilities.brokers.settings import GuacamoleAccess, GuacamoleSettings
from provisioner.errors import PublishingError
from provisioner.model.ids import DesktopName
from provisioner.settings.secret import Secret
from tests.builders.patience import FUSE_S
from tests.capabilities.brokers.server import PASSWORD, USER, GuacamoleDatabase, guacamole

MARIE = BrokerConnection(
    desktop=DesktopName("vd-5001"), login="marie é/2", host="10.40.0.7", port=3389, parameters=(("security", "nla"),)
)


def access(**changed) -> GuacamoleAccess:
    return GuacamoleAccess(**{"user": USER, "password": Secret(PASSWORD), "rules": BrokerRules(), **changed})


@contextmanager
def connected(database: GuacamoleDatabase | None = None, *, timeout_s: float = FUSE_S, **changed):
    database = database or GuacamoleDatabase(people={MARIE.login: set()})
    with guacamole(database) as url:
        server = GuacamoleConnections(GuacamoleSettings(url=url, timeout_s=timeout_s), access(**changed), installation="seine")
        try:
            yield server, database
        finally:
            server.close()


def test_a_connection_comes_is_found_changes_and_goes():
    with connected() as (server, database):
        assert server.listed() == {}
        identifier = server.add(MARIE)
        assert server.listed() == {identifier: "vd-5001"}
        assert database.connections[identifier]["parameters"]["hostname"] == "10.40.0.7"
        held = server.details(identifier)
        assert held is not None
        assert held.content == MARIE

        other = BrokerConnection(desktop=DesktopName("vd-5001"), login="paul", host="10.40.0.8", port=3390)
        server.change(identifier, other)
        changed = server.details(identifier)
        assert changed is not None
        assert changed.content == other

        server.remove(identifier)
        server.remove(identifier)
        assert server.listed() == {}
        assert server.details(identifier) is None


def test_a_person_may_use_it_and_no_longer():
    with connected() as (server, database):
        identifier = server.add(MARIE)
        assert server.usable(MARIE.login) == frozenset()
        server.allow(identifier, MARIE.login)
        server.allow(identifier, MARIE.login)
        assert server.usable(MARIE.login) == {identifier}
        assert database.people[MARIE.login] == {
            ("connectionPermissions", identifier),
            ("connectionGroupPermissions", database.group()),
        }
        server.disallow(identifier, MARIE.login)
        assert server.usable(MARIE.login) == frozenset()


def test_who_is_not_known_is_none_and_can_be_entered():
    with connected() as (server, database):
        assert server.usable("paul") is None
        server.disallow("5", "paul")
        server.add_person("paul")
        assert server.usable("paul") == frozenset()
        assert database.people["paul"] == set()


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({}, id="no mark"),
        pytest.param({"bascule-owner": "installation=other desktop=vd-5001"}, id="of another installation"),
        pytest.param({"bascule-owner": "vd-5001"}, id="a mark in another form"),
    ],
)
def test_what_has_no_mark_of_ours_is_somebody_elses(parameters):
    with connected() as (server, database):
        server.add(MARIE)
        identifier = database.add_connection("vd-5002", database.group(), hostname="10.40.0.9", **parameters)
        assert server.listed()[identifier] == "vd-5002"
        held = server.details(identifier)
        assert held is not None
        assert held.content is None


def test_other_groups_are_not_listed():
    with connected() as (server, database):
        database.add_connection("accounting")
        nested = database._answer("POST", ["connectionGroups"], {"name": "Bascule", "parentIdentifier": "7"})[1]["identifier"]
        database.add_connection("of others", nested)
        assert server.listed() == {}
        server.add(MARIE)
        assert list(server.listed().values()) == ["vd-5001"]


def test_who_is_connected():
    use = {
        "identifier": "x",
        "connectionIdentifier": "5",
        "startDate": 1_790_000_000_500,
        "username": "marie",
        "remoteHost": "h",
    }
    with connected(GuacamoleDatabase(active={"x": use})) as (server, _):
        assert server.active() == (ActiveConnection(connection="5", login="marie", began_at=1_790_000_000.5),)


def test_a_token_that_has_run_out_is_renewed_once():
    with connected() as (server, database):
        server.listed()
        database.tokens.clear()
        assert server.listed() == {}
        assert [place for method, place in database.asked if method == "POST"] == ["/api/tokens"] * 2


def test_the_token_is_in_no_address_and_is_given_back():
    with connected() as (server, database):
        server.add(MARIE)
        (token,) = database.tokens
    assert not any(token in place for _, place in database.asked)
    assert database.tokens == set()


def test_without_the_rights_it_is_refused_and_no_token_is_asked_for_again_and_again():
    with connected(GuacamoleDatabase(rights=[])) as (server, database), pytest.raises(PublishingError) as refused:
        server.add(MARIE)
    assert refused.value.reason.code == "broker_forbids"
    assert [method for method, place in database.asked if place == "/api/tokens"] == ["POST"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"password": Secret("wrong")}, "broker_log_on"), ({"data_source": "postgresql"}, "broker_source")],
)
def test_each_cause_of_a_failed_log_on_is_named_and_no_secret(changed, code):
    with connected(**changed) as (server, _), pytest.raises(PublishingError) as failed:
        server.listed()
    assert failed.value.reason.code == code
    assert "wrong" not in f"{failed.value.reason!r} {failed.value}"


@pytest.mark.parametrize(
    ("how", "code"),
    [
        pytest.param("hang", "broker_slow", marks=pytest.mark.long),
        ("cut", "broker_silent"),
        ("html", "broker_form"),
        ("500", "broker_status"),
        ("429", "broker_status"),
        ("302", "broker_status"),
    ],
)
@pytest.mark.parametrize("where", ["/api/tokens", "/api/session/data/mysql/connectionGroups"])
def test_every_broken_answer_is_one_error(how, code, where):
    with connected(timeout_s=0.4) as (server, database):
        database.groups["1"] = {"name": "Bascule", "parentIdentifier": "ROOT"}
        database.spoil = lambda _, place: how if place == where else ""
        with pytest.raises(PublishingError) as failed:
            server.listed()
        assert failed.value.reason.code == code
        database.spoil = lambda *_: ""
        assert server.listed() == {}


@pytest.mark.parametrize("answer", [[], "x", None, 5, {"1": []}, {"1": {"name": 5}}])
def test_an_answer_in_another_form_is_no_list(answer):
    with connected() as (server, database):
        database._answer = lambda *_: (200, answer)  # type: ignore[method-assign]
        if answer == {"1": {"name": 5}}:
            assert server.listed() == {}
            return
        with pytest.raises(PublishingError) as failed:
            server.listed()
    assert failed.value.reason.code == "broker_form"


def test_a_server_that_is_away_is_named_without_its_path():
    settings = GuacamoleSettings(url="http://127.0.0.1:9/guacamole", timeout_s=1.0)
    server = GuacamoleConnections(settings, access(), installation="seine")
    with pytest.raises(PublishingError) as failed:
        server.listed()
    assert failed.value.reason.code == "broker_silent"
    assert failed.value.reason.arguments["host"] == "127.0.0.1"
