"""G2: an id that was given to somebody else: each of the two is forgotten alone, and wholly."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.model.ids import AgentId
from provisioner.model.intents import IntentKind
from provisioner.model.kept.erasure import ErasureRequest, Unclear, people_called, people_of
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import Agent, Roster
from provisioner.ports import Changes
from provisioner.reasons.requests import REKEYED
from tests.adapters.sql.test_forgetting import files_of, opened
from tests.builders.records import a_step
from tests.builders.store import NOON, a_name, a_reservation, an_intent, an_outcome

NUMBER = AgentId("4711")
FORMER, NEXT = AgentId("4711~former-1"), AgentId("4712")
JEANNE = Agent(agent_id=NUMBER, login="jquemeneur", display_name="Jeanne Quemeneur", mail="jq@departement.example")
KARIM = Agent(agent_id=NUMBER, login="krouxel", display_name="Karim Rouxel", mail="kr@departement.example")
NAMES = {"Jeanne": ("jquemeneur", "Jeanne Quemeneur", "jq@"), "Karim": ("krouxel", "Karim Rouxel", "kr@")}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bascule.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(opened(path)) as store:
        store.claim()
        yield store


def put(store: SqlStore, at: int, *agents: Agent) -> None:
    store.commit(Changes(roster=Roster(read_at=NOON + at, agents={agent.agent_id: agent for agent in agents})))


def given_again(store: SqlStore, jeanne: AgentId) -> None:
    """Jeanne has had the number, and goes on under another id; Karim has it since. Both have had a desktop."""
    put(store, 0, JEANNE)
    store.commit(a_step(reserved=(a_reservation(1001, agent_id=NUMBER),)))
    store.give(an_intent(IntentKind.DISTINCT, target=NUMBER))
    store.withdraw(IntentKind.DISTINCT, by="daemon, done", at=NOON, target=NUMBER)
    line = an_outcome(1001, reason=REKEYED(old=NUMBER, new=jeanne, by="claire"))
    store.commit(Changes(rekeyed={NUMBER: jeanne}, outcomes=(line,)))
    record = store.load().desktops[a_name(1001)]
    noted = replace(record, reservation=replace(record.reservation, seat=seat_of(jeanne), noted_as=()))
    store.commit(Changes(desktops={a_name(1001): noted}))
    put(store, 1, *([] if jeanne == FORMER else [replace(JEANNE, agent_id=jeanne)]), KARIM)
    store.commit(a_step(reserved=(a_reservation(1002, agent_id=NUMBER),)))


def gone(store: SqlStore, vmid: int, at: int, *left: Agent) -> None:
    store.commit(Changes(desktops={a_name(vmid): None}))
    put(store, at, *left)


def forget(store: SqlStore, who: str) -> None:
    everybody = people_of(store.people(), store.rosters(), store.load().rekeyed)
    (person,) = people_called(who, everybody)
    others = frozenset(name for other in everybody if other.agent_id != person.agent_id for name in other.forms)
    store.forget(ErasureRequest(pseudonym="person-0", person=person, others=others, unclear=Unclear.ASK, by="ann", at=NOON + 9))


def named_in(path: Path) -> set[str]:
    kept = b" ".join(file.read_bytes() for file in files_of(path)).decode(errors="replace")
    return {who for who, names in NAMES.items() if any(name in kept for name in names)}


@pytest.mark.parametrize("jeanne", [FORMER, NEXT])
def test_who_had_the_number_before_is_forgotten_while_somebody_else_has_it(store: SqlStore, path: Path, jeanne: AgentId):
    """G2: it was refused, for the number is in force; what is Karim's stays."""
    given_again(store, jeanne)
    gone(store, 1001, 2, KARIM)

    forget(store, jeanne)

    assert named_in(path) == {"Karim"}
    assert not any(jeanne.encode() in file.read_bytes() for file in files_of(path))
    assert [person.agent_id for person in store.people()] == [NUMBER]
    assert store.load().roster.agents == {NUMBER: KARIM}


@pytest.mark.parametrize("jeanne", [FORMER, NEXT])
def test_who_has_the_number_now_is_forgotten_without_whoever_had_it_before(store: SqlStore, path: Path, jeanne: AgentId):
    """G2: the number named both, and their rows went together."""
    given_again(store, jeanne)
    there = [] if jeanne == FORMER else [replace(JEANNE, agent_id=jeanne)]
    gone(store, 1002, 2, *there)

    forget(store, NUMBER)

    assert named_in(path) == {"Jeanne"}
    assert any(jeanne in line.reason for line in store.journal(limit=99))
    assert [person.agent_id for person in store.people()] == [jeanne]
    assert [record.reservation.agent_id for record in store.load().desktops.values()] == [jeanne]
