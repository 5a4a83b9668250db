"""Rounds of a broker: each person's desktop stands there, others' connections stay, and whatever breaks is gone on with."""

import random
from contextlib import contextmanager
from dataclasses import replace

import pytest

from provisioner.capabilities.brokers.decide import desired_connections
from provisioner.capabilities.brokers.model import BrokerRules
from provisioner.capabilities.brokers.outside import GuacamoleConnections
from provisioner.capabilities.brokers.settings import GuacamoleSettings
from provisioner.capabilities.brokers.work import BrokerWorker
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Connection, LogonProtocol
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.monitors import SetClock
from tests.builders.views import a_publication
from tests.capabilities.brokers.server import GuacamoleDatabase, guacamole
from tests.capabilities.brokers.test_outside import access

RULES = BrokerRules(remove_after_s=600.0)


def a_status(*numbers: int, phase: Phase = Phase.READY, **moved: str):
    """`moved`: other logins, by desktop number: `n1="paul"`."""
    status = a_publication(*(a_desktop(number, phase, address=f"10.20.0.{number}") for number in numbers)).status
    desktops = {
        name: replace(state, agent_login=moved.get(f"n{number}", f"login{number}"))
        for number, (name, state) in zip(numbers, sorted(status.desktops.items()), strict=True)
    }
    return replace(status, desktops=desktops)


class Broker:
    """A worker over a server on loopback, and its clock."""

    def __init__(self, url: str, database: GuacamoleDatabase, rules: BrokerRules) -> None:
        self.database, self.clock, self.frozen = database, SetClock(NOW), False
        self.notices: list[tuple[str, str]] = []
        self.url, self.rules = url, rules
        self.restart()

    def restart(self) -> None:
        """The daemon was killed: nothing is known."""
        settings = GuacamoleSettings(url=self.url, timeout_s=0.4)
        self.worker = BrokerWorker(
            GuacamoleConnections(settings, access(rules=self.rules), installation="seine"),
            self.rules,
            desired=lambda status: desired_connections(status, {}, zone="", parameters={"security": "nla"}),
            clock=self.clock,
            frozen=lambda: self.frozen,
            notice=lambda subject, text: self.notices.append((subject, text)),
        )

    def round(self, status, *, after_s: float = 1.0):
        self.clock.at += after_s
        self.worker.once(status)
        (state,) = self.worker.now()
        return state

    @property
    def names(self) -> list[str]:
        return self.database.names(self.database.group())

    def may(self, login: str) -> list[str]:
        """The names of the connections that a person may use."""
        found = (identifier for kind, identifier in self.database.people[login] if kind == "connectionPermissions")
        return sorted(self.database.connections[identifier]["name"] for identifier in found)


@contextmanager
def a_broker(*people: str, rules: BrokerRules = RULES):
    database = GuacamoleDatabase(people={login: set() for login in people})
    with guacamole(database) as url:
        yield Broker(url, database, rules)


def test_each_person_finds_their_own_desktop_and_a_round_at_rest_writes_nothing():
    with a_broker("login1", "login2") as broker:
        state = broker.round(a_status(1, 2))
        assert (state.wanted, state.published, state.waiting, state.failing) == (2, 2, 0, "")
        assert broker.names == ["vd-5001", "vd-5002"]
        assert (broker.may("login1"), broker.may("login2")) == (["vd-5001"], ["vd-5002"])

        before = broker.database.writes()
        assert broker.round(a_status(1, 2)).published == 2
        broker.restart()
        assert broker.round(a_status(1, 2)).published == 2
        assert broker.database.writes() == before


@pytest.mark.parametrize("phase", [Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.DELETING])
def test_a_desktop_that_is_not_made_or_goes_has_none(phase):
    assert desired_connections(a_status(1, phase=phase), {}, zone="", parameters={}) == {}


def test_a_desktop_that_is_not_reached_by_rdp_has_none():
    status = a_status(1)
    profile = next(iter(status.desktops.values())).reservation.profile
    other = {profile: Connection(protocol=LogonProtocol.OTHER)}

    assert desired_connections(status, other, zone="", parameters={}) == {}
    assert len(desired_connections(status, {profile: Connection(port=3390)}, zone="", parameters={})) == 1


def test_by_dhcp_it_is_known_by_its_name():
    status = a_status(1)
    (name, state) = next(iter(status.desktops.items()))
    by_dhcp = replace(status, desktops={name: replace(state, reservation=replace(state.reservation, address=""))})
    found = (desired_connections(by_dhcp, {}, zone=zone, parameters={})[name].host for zone in ("vd.example", ""))
    assert list(found) == ["vd-5001.vd.example", "vd-5001"]


def test_others_connections_stay_wherever_they_stand():
    with a_broker("login1", "login2") as broker:
        broker.database.add_connection("vd-5001")
        broker.round(a_status(2))
        foreign = broker.database.add_connection("vd-5001", broker.database.group(), hostname="192.0.2.9")
        helpers = broker.database.add_connection("helpers", broker.database.group(), hostname="192.0.2.8")
        state = broker.round(a_status(1, 2))
        assert (state.published, state.foreign, state.waiting) == (1, ("vd-5001",), 0)

        broker.round(a_status(), after_s=10_000)
        broker.round(a_status(), after_s=10_000)
        assert broker.database.connections.keys() >= {foreign, helpers}
        assert broker.names == ["helpers", "vd-5001"]
        assert broker.database.names("ROOT") == ["vd-5001"]


def test_what_was_changed_by_hand_is_put_right_within_an_hour():
    with a_broker("login1") as broker:
        broker.round(a_status(1))
        (identifier,) = broker.database.connections
        broker.database.connections[identifier]["name"] = "renamed"
        assert broker.round(a_status(1)).published == 1
        assert broker.names == ["vd-5001"]

        broker.database.connections[identifier]["parameters"]["hostname"] = "192.0.2.9"
        broker.database.people["login1"].clear()
        broker.round(a_status(1), after_s=3_700)
        assert broker.database.connections[identifier]["parameters"]["hostname"] == "10.20.0.1"
        assert broker.may("login1") == ["vd-5001"]

        del broker.database.connections[identifier]
        broker.round(a_status(1))
        assert broker.names == ["vd-5001"]


def test_a_desktop_that_goes_to_somebody_else_is_taken_from_the_person_before_first():
    with a_broker("login1", "paul") as broker:
        broker.round(a_status(1))
        broker.database.asked.clear()
        broker.round(a_status(1, n1="paul"))
        assert (broker.may("login1"), broker.may("paul")) == ([], ["vd-5001"])
        places = [place.rsplit("/mysql/")[-1].split("/")[:2] for _, place in broker.database.writes()]
        assert [place[:2] for place in places] == [["users", "login1"], ["connections", places[1][1]], ["users", "paul"]]


def test_a_gone_desktop_is_removed_after_an_hour_and_one_whose_address_is_used_again_at_once():
    with a_broker("login1", "login2") as broker:
        broker.round(a_status(1))
        assert broker.round(a_status()).waiting == 0
        assert broker.names == ["vd-5001"]
        broker.round(a_status(), after_s=RULES.remove_after_s)
        assert broker.names == []
        assert broker.may("login1") == []

        broker.round(a_status(1))
        reused = a_status(2)
        (name, state) = next(iter(reused.desktops.items()))
        moved = replace(state, reservation=replace(state.reservation, address="10.20.0.1"))
        broker.round(replace(reused, desktops={name: moved}))
        assert broker.names == ["vd-5002"]


def test_a_clock_that_is_set_back_keeps_a_gone_desktop_no_longer():
    with a_broker("login1") as broker:
        broker.round(a_status(1))
        for after_s in (3600, -3600, RULES.remove_after_s):
            broker.round(a_status(), after_s=after_s)
        assert broker.names == []


def test_nothing_is_removed_before_an_operator_accepts_the_store():
    with a_broker("login1") as broker:
        broker.round(a_status(1))
        for _ in range(3):
            broker.round(replace(a_status(), baseline_accepted=False), after_s=10_000)
        assert broker.names == ["vd-5001"]


@pytest.mark.parametrize("what", ["frozen", "dry run"])
def test_nothing_is_written(what):
    with a_broker("login1", rules=replace(RULES, dry_run=what == "dry run", create_people=True)) as broker:
        broker.frozen = what == "frozen"
        state = broker.round(a_status(1, 2))
        assert (state.wanted, state.published, state.waiting) == (2, 0, 2)
        assert broker.database.writes() == []


def test_who_is_not_known_is_counted_and_entered_only_if_that_is_configured():
    with a_broker("login1") as broker:
        state = broker.round(a_status(1, 2))
        assert (state.published, state.unknown_people, state.unknown_person) == (1, 1, "login2")
        assert "login2" not in broker.database.people
        broker.database.people["login2"] = set()
        assert broker.round(a_status(1, 2), after_s=3_700).published == 2
    with a_broker(rules=replace(RULES, create_people=True)) as broker:
        assert broker.round(a_status(1, 2)).published == 2
        assert broker.may("login2") == ["vd-5002"]


def test_a_single_refusal_holds_up_nobody_else():
    with a_broker(*(f"login{number}" for number in range(1, 5))) as broker:
        broker.database.spoil = lambda method, place: "500" if method == "PATCH" and "login2" in place else ""
        state = broker.round(a_status(1, 2, 3, 4))
        assert (state.published, state.waiting, state.refused.code, state.failing) == (3, 1, "broker_status", "")
        broker.database.spoil = lambda *_: ""
        assert broker.round(a_status(1, 2, 3, 4)).published == 4


def test_a_failure_is_in_the_state_and_is_told_once_and_its_end():
    with a_broker("login1") as broker:
        broker.database.spoil = lambda *_: "500"
        assert broker.round(a_status(1)).failing.code == "broker_status"
        broker.round(a_status(1))
        broker.database.spoil = lambda *_: ""
        assert (broker.round(a_status(1)).published, broker.worker.now()[0].failing) == (1, "")
        assert [text.split(":")[0] for _, text in broker.notices] == [
            "connections are not kept up",
            "connections are kept up again",
        ]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_whatever_breaks_and_however_often_the_daemon_is_killed_it_ends_as_it_is_wanted(seed):
    """Half of all requests break, before or after they were carried out; the daemon is killed now and then."""
    chance, people = random.Random(seed), [f"login{number}" for number in range(1, 7)]
    with a_broker(*people) as broker:
        foreign = broker.database.add_connection("vd-5003", hostname="192.0.2.9")
        wanted = a_status()
        for _ in range(12):
            numbers = sorted(chance.sample(range(1, 7), chance.randint(0, 6)))
            moved = {f"n{number}": chance.choice(people) for number in numbers[:1]}
            wanted = a_status(*numbers, **moved)
            broker.database.spoil = lambda *_: chance.choice(["", "", "", "500", "cut", "html"])
            if chance.random() < 0.3:
                broker.restart()
            broker.round(wanted, after_s=chance.choice([1, 700]))
        broker.database.spoil = lambda *_: ""
        for _ in range(3):
            state = broker.round(wanted, after_s=3_700)
        expected = {name: desktop.agent_login for name, desktop in wanted.desktops.items()}
        assert (state.failing, state.waiting, state.published) == ("", 0, len(expected))
        assert broker.names == sorted(expected)
        assert foreign in broker.database.connections
        for login in people:
            assert broker.may(login) == sorted(name for name, owner in expected.items() if owner == login)


def test_who_is_connected_is_known_by_desktop_with_its_age():
    with a_broker("login1") as broker:
        broker.round(a_status(1))
        (identifier,) = broker.database.connections
        use = {"connectionIdentifier": identifier, "startDate": (NOW - 30) * 1000, "username": "login1"}
        other = {"connectionIdentifier": "999", "startDate": NOW * 1000, "username": "x"}
        broker.database.active |= {"a": use, "b": other}
        state = broker.round(a_status(1), after_s=61)
        assert [(each.desktop, each.login, each.began_at) for each in state.uses] == [("vd-5001", "login1", NOW - 30)]
        assert state.uses_at == broker.clock.at

        broker.database.spoil = lambda _, place: "500" if "activeConnections" in place else ""
        later = broker.round(a_status(1), after_s=61)
        assert (later.uses, later.uses_at, later.failing.code) == (state.uses, state.uses_at, "broker_status")


def test_a_desktop_that_says_otherwise_is_counted():
    with a_broker("login1") as broker:
        broker.round(a_status(1))
        (identifier,) = broker.database.connections
        use = {"connectionIdentifier": identifier, "startDate": (NOW - 600) * 1000, "username": "login1"}
        broker.database.active["a"] = use
        status = a_status(1)
        empty = {name: replace(state, sessions=()) for name, state in status.desktops.items()}
        assert broker.round(replace(status, desktops=empty), after_s=61).disagreements == 1
