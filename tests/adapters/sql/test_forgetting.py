"""G2: forgotten means forgotten: no byte of the store's files names the person, wherever the name stood, or it is refused."""

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from provisioner.adapters.sql import erasure, places
from provisioner.adapters.sql.places import PLACES, Holds, rewritten_columns
from provisioner.adapters.sql.store import SqlStore
from provisioner.adapters.sql.tables import metadata
from provisioner.errors import StoreErased, StoreError
from provisioner.model.departures import DAY_S
from provisioner.model.guard import GuardRecord, RosterMove
from provisioner.model.ids import AgentId, DesktopPoolName, WaveName
from provisioner.model.intents import Allowance, Intent, IntentKind, Rekey, Terms
from provisioner.model.kept.erasure import Unclear
from provisioner.model.kept.known_people import KnownPerson
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.kept.rewriting import PEOPLE, STRUCTURE, WORDS
from provisioner.model.kept.store_fit import TABLES
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.desktops import Session, SessionState
from provisioner.model.machines.seats import pool_seat
from provisioner.model.people.agents import Agent, Rejected, Roster
from provisioner.model.people.profiles import Selection
from provisioner.model.rules import Rules
from provisioner.model.scenario.scenarios import Scenario, Wave
from provisioner.ports import Changes
from provisioner.reasons.reason import as_reason
from tests.adapters.sql.everything import all_in, keep_everything
from tests.adapters.sql.planted import GONE, PROSE, left_in, plant
from tests.builders.records import a_step
from tests.builders.store import NOON, StillClock, a_name, a_report, a_reservation, a_roster, an_erasure, an_intent, an_outcome

ORDER = an_erasure("parti", person=GONE, reason="demande de Mme Quémeneur")
AGENT = Agent(
    agent_id=GONE.agent_id,
    login="zquemeneur",
    display_name="Zélie QUÉMENEUR-Lâtre",
    mail=next(iter(GONE.mails)),
    rdn="cn=QUÉMENEUR-Lâtre Zélie",
    unit="ou=gens,dc=x",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bascule.db"


def opened(path: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{path}", clock=StillClock(), installation="seine")


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(opened(path)) as store:
        store.claim()
        yield store


def fill(store: SqlStore, path: Path) -> list[tuple[str, str]]:
    """Everything, with the person in every place that an erasure rewrites, in old rosters, and in other people's rows."""
    keep_everything(store)
    odd = Rejected(entry="cn=autre,dc=x", reason=as_reason(PROSE), same_as=(GONE.agent_id, AgentId("id-zoé")))
    other = a_roster("zoé").agents[AgentId("id-zoé")]
    named = replace(other, attributes={"manager": ("cn=QUÉMENEUR-Lâtre Zélie,ou=gens,dc=x",)})
    store.commit(Changes(roster=Roster(read_at=NOON, agents={GONE.agent_id: AGENT}, rejected=(odd,))))
    store.commit(Changes(roster=Roster(read_at=NOON + 1, agents={other.agent_id: named}, departed={GONE.agent_id: AGENT})))
    store.commit(Changes(roster=Roster(read_at=NOON + 2, agents={other.agent_id: other})))
    store.commit(Changes(rekeyed={AgentId("matricule-zq77"): GONE.agent_id}))
    return plant(path)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str]]]:
    """A closed store with everything, made once, and the places."""
    path = tmp_path_factory.mktemp("filled") / "bascule.db"
    with closing(opened(path)) as store:
        store.claim()
        planted = fill(store, path)
    return path, planted


def taken(filled: tuple[Path, list[tuple[str, str]]], store: SqlStore, path: Path) -> list[tuple[str, str]]:
    """The same store, under this path."""
    store.close()
    for file in files_of(path):
        file.unlink()
    shutil.copy(filled[0], path)
    store.claim()
    return filled[1]


def files_of(path: Path) -> list[Path]:
    """The database, its log, and what is beside them."""
    return sorted(path.parent.glob(f"{path.name}*"))


def test_each_column_of_text_is_classed():
    """A new table, or a new column: whoever adds it says in `places` what it may hold of a person."""
    of_people = {table.name for table in TABLES.found()}
    kinds = {name: {column.name for column in table.columns if isinstance(column.type, sa.Text)} for name, table in _tables()}
    assert {name: set(columns) for name, columns in PLACES.items()} == {
        name: columns for name, columns in kinds.items() if columns and name not in of_people
    }


def _tables() -> list[tuple[str, sa.Table]]:
    return sorted(metadata.tables.items())


def test_each_field_of_a_document_is_classed(store: SqlStore, path: Path):
    """The same of JSON in columns: words, people, or structure."""
    keep_everything(store)
    keys = set[str]()
    with closing(sqlite3.connect(path)) as connection:
        for table, columns in PLACES.items():
            for column in (name for name, holds in columns.items() if holds is Holds.DOCUMENT):
                for (text,) in connection.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"):
                    with suppress(ValueError):
                        keys |= set(_keys(json.loads(text), ""))
    assert keys - WORDS - PEOPLE - STRUCTURE == set()


def _keys(value: Any, key: str) -> Iterator[str]:
    """Of fields that are texts; a reason with a code is one."""
    if isinstance(value, Mapping) and value.keys() != {"code", "arguments", "text"}:
        for name, inner in value.items():
            yield from _keys(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner, key)
    elif isinstance(value, str):
        yield key


@pytest.mark.long
def test_no_byte_of_the_store_its_log_and_a_backup_names_who_was_forgotten(filled, store: SqlStore, path: Path, tmp_path: Path):
    """G2: wherever the name stood, in each form, in other people's rows and in free words."""
    planted = taken(filled, store, path)
    assert {(name, column) for name in PLACES for column in rewritten_columns(name)} - set(planted) == {
        ("drills", "document")  # a history: numbers and words of the model alone
    }
    assert left_in(*files_of(path)), "there was something to erase"

    assert store.forget(ORDER)

    assert left_in(*files_of(path)) == []
    copy = tmp_path / "copy" / "bascule.db"
    copy.parent.mkdir()
    assert store.copy_to(copy)
    assert left_in(copy) == []
    assert "person-0" in str(list(store.journal(limit=1_000)))
    store.verify()


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table in PLACES for column in rewritten_columns(table)], ids=lambda name: name
)
def test_a_place_left_out_is_found(filled, store: SqlStore, path: Path, monkeypatch, table: str, column: str):
    """A mutant for each place."""
    planted = taken(filled, store, path)
    without = {**PLACES, table: {**PLACES[table], column: Holds.NOBODY}}
    monkeypatch.setattr(places, "PLACES", without)
    monkeypatch.setattr(erasure, "PLACES", without)

    store.forget(ORDER)

    assert bool(left_in(*files_of(path))) is ((table, column) in planted)


@pytest.mark.parametrize("left_out", ["_rows", "_rosters"])
def test_rows_and_rosters_left_out_are_found(filled, store: SqlStore, path: Path, monkeypatch, left_out: str):
    """The other mutants."""
    taken(filled, store, path)
    nothing = {"_rows": lambda self, connection: 0, "_rosters": lambda self, connection: ({}, ())}
    monkeypatch.setattr(erasure.Eraser, left_out, nothing[left_out])

    store.forget(ORDER)

    assert left_in(*files_of(path))


class Killed(BaseException):
    """As by kill -9: nothing more is done in this life."""


@pytest.mark.long
@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.night)])
def test_killed_at_any_step_it_is_all_or_nothing_and_another_try_completes_it(tmp_path: Path, stride: int):
    """G2: before each statement."""
    with closing(opened(tmp_path / "bascule.db")) as store:
        store.claim()
        _short(store)
    step, done = 0, False
    while not done:
        path = tmp_path / f"{step}" / "bascule.db"
        path.parent.mkdir()
        shutil.copy(tmp_path / "bascule.db", path)
        done = _forget_until(path, step)
        with closing(opened(path)) as store:
            store.claim()  # the daemon completes what was begun
            _all_or_nothing(store, path)
            store.forget(ORDER)
        assert left_in(*files_of(path)) == [], step
        step += stride
    assert step > 15


def _all_or_nothing(store: SqlStore, path: Path) -> None:
    lines = list(store.journal(limit=99))
    if any(line.what == "forget" for line in lines):
        assert left_in(*files_of(path)) == []
    else:
        assert any(GONE.agent_id in roster.agents for roster in store.rosters())
        assert any(line.reason == PROSE for line in lines)
        assert any(intent.reason == PROSE for intent in store.intents())


def _short(store: SqlStore) -> None:
    store.commit(a_step(roster=Roster(read_at=NOON, agents={GONE.agent_id: AGENT}), outcomes=(an_outcome(reason=PROSE),)))
    store.commit(Changes(roster=a_roster("zoé")))
    store.give(an_intent(IntentKind.HOLD, reason=PROSE))


def _forget_until(path: Path, step: int) -> bool:
    """Whether it came to its end before that step."""
    store, count = opened(path), 0

    def before(*_: object) -> None:
        nonlocal count
        count += 1
        if count > step:
            raise Killed

    place = store._sessions._place  # the engine is nobody else's business
    sa.event.listen(place.engine, "before_cursor_execute", before)
    try:
        store.forget(ORDER)
    except Killed:
        return False
    return True


def test_killed_between_the_transaction_and_the_files_the_next_command_clears_them(path: Path, monkeypatch):
    """What is erased is in free pages of the file and in the log until then."""
    with closing(opened(path)) as store:
        store.claim()
        _short(store)
    with closing(opened(path)) as store, monkeypatch.context() as patched:
        patched.setattr(store._sessions, "scrub", lambda: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            store.forget(ORDER)
    with closing(opened(path)) as store:
        store.finish_erasures()

    assert left_in(*files_of(path)) == []


def test_a_daemon_that_has_read_before_cannot_write_the_name_back(path: Path, store: SqlStore):
    """G2: what is in memory is not written; after a new reading the daemon goes on."""
    store.commit(a_step(reserved=(a_reservation(1001),), roster=a_roster("zoé")))
    records = store.load()
    record = records.desktops[a_name(1001)]
    stale = Changes(
        desktops={a_name(1001): replace(record, attempts=replace(record.attempts, count=1, reason=as_reason(PROSE)))}
    )
    store.commit(stale)
    with closing(opened(path)) as command:
        assert command.forget(ORDER).others == 1

    for _ in range(2):
        with pytest.raises(StoreErased):
            store.commit(stale)
    store.commit(Changes())
    store.load()
    store.commit(Changes(outcomes=(an_outcome(),)))

    assert left_in(*files_of(path)) == []


def test_who_has_ever_had_a_desktop_is_known_until_erased(path: Path, store: SqlStore):
    """G2: also when none of the ten kept rosters has the person, under every name and id."""
    owner = AGENT.agent_id
    store.commit(
        Changes(
            roster=Roster(read_at=NOON, agents={AgentId("matricule-zq77"): replace(AGENT, agent_id=AgentId("matricule-zq77"))})
        )
    )
    store.commit(a_step(reserved=(a_reservation(1001, agent_id=AgentId("matricule-zq77")),)))
    store.commit(Changes(rekeyed={AgentId("matricule-zq77"): owner}))
    married = replace(AGENT, display_name="Zélie MARTIN", rdn="cn=MARTIN Zélie")
    store.commit(Changes(roster=Roster(read_at=NOON + 1, agents={owner: married})))
    store.commit(Changes(desktops={a_name(1001): None}))
    for number in range(12):
        store.commit(Changes(roster=a_roster("zoé", f"autre{number}", read_at=NOON + 2 + number)))
    store.close()
    assert not any(owner in roster.agents for roster in store.rosters())

    (person,) = (person for person in store.people() if person.agent_id == owner)

    assert person == replace(
        GONE,
        display_names=tuple(sorted({*GONE.display_names, "Zélie MARTIN"})),
        entries=tuple(sorted({*GONE.entries, "cn=MARTIN Zélie,ou=gens,dc=x"})),
        gone_at=NOON + 2,
    )


def test_a_login_that_is_a_word_of_the_store_changes_no_other_value(store: SqlStore, path: Path):
    """G2: an installation, a profile, a wave, a state or a group that is called like somebody."""
    keep_everything(store)
    words = ("seine", "office", "first", "done", "lent", "yes", "tous", "Melun", "confinement", "running", "also")
    person = KnownPerson(agent_id=AgentId("nobody-else"), logins=words)
    before = all_in(store)

    assert not store.forget(an_erasure("parti", person=person))

    assert all_in(store) == before
    with closing(opened(path)) as again:
        assert all_in(again) == before


def test_names_of_people_who_went_long_ago_go_with_the_retention_and_that_is_journalled(store: SqlStore, path: Path):
    """G2: the index has an end; while an order names somebody, it stays."""
    people = {AgentId(f"id-{login}"): a_roster(login).agents[AgentId(f"id-{login}")] for login in ("un", "deux", "zoé")}
    store.commit(Changes(roster=Roster(read_at=NOON, agents=people)))
    reserved = tuple(a_reservation(1001 + n, agent_id=agent_id) for n, agent_id in enumerate(people))
    store.commit(a_step(reserved=reserved))
    store.commit(Changes(desktops={reservation.name: None for reservation in reserved}))
    store.commit(Changes(roster=a_roster("zoé", read_at=NOON + 1)))
    store.give(an_intent(reason="deux reviendra"))
    assert [person.gone_at for person in store.people()] == [NOON + 1, NOON + 1, None]

    for at, left in ((NOON + 1, 3), (NOON + 2, 2)):
        store.trim_journal(before=at, at=NOON + 180 * DAY_S)
        assert len(store.people()) == left

    assert next(store.journal()).reason == "the names of 1 people who have been gone for 180 days"
    assert {person.agent_id for person in store.people()} == {"id-deux", "id-zoé"}
    store.commit(Changes(roster=a_roster("zoé", "deux", read_at=NOON + 3)))
    assert all(person.gone_at is None for person in store.people())


def test_unclear_mentions_are_shown_and_nothing_is_erased_until_somebody_decides(path: Path, store: SqlStore):
    """G2: a surname alone, and another person's equal name."""
    _short(store)
    store.give(an_intent(IntentKind.FREEZE, reason="demandé par Mme Quéméneur"))
    before = left_in(*files_of(path))

    asked = store.forget(replace(ORDER, unclear=Unclear.ASK))

    assert not asked
    assert [each.place for each in asked.unclear] == ["journal 3", "intents freeze"]
    assert [each.text for each in asked.unclear] == 2 * ["demandé par Mme Quéméneur"]
    assert left_in(*files_of(path)) == before
    left = store.forget(replace(ORDER, unclear=Unclear.LEAVE))
    assert left.lines
    assert "Quéméneur" in str(store.intents())
    store.forget(replace(ORDER, unclear=Unclear.ERASE))
    assert left_in(*files_of(path)) == []


def _lent() -> Changes:
    seat = pool_seat(DesktopPoolName("desk"), 1)
    record = DesktopRecord(
        reservation=a_reservation(1001, seat=seat), lease=Lease(state=LeaseState.LENT, since=NOON, agent_id=GONE.agent_id)
    )
    return Changes(desktops={a_name(1001): record})


def _rules() -> Rules:
    wave = Wave(name=WaveName("first"), who=Selection(), excepted=(Selection(logins=frozenset({"ZQuemeneur"})),))
    return Rules(entitlements=(), scenario=Scenario(name="x", waves=(wave,)))


OTHER = replace(a_roster("zoé").agents[AgentId("id-zoé")], attributes={"manager": (AGENT.entry,)})
REPORT = a_report(sessions=(Session(login="DOM\\zquemeneur", state=SessionState.CONNECTED, since=NOON),))
MOVED = {AgentId("matricule-zq77"): RosterMove(at=NOON)}
BY_ID = Terms(agent=GONE.agent_id)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        pytest.param(
            Changes(roster=Roster(read_at=NOON, agents={AGENT.agent_id: AGENT})), "in the roster in force", id="listed"
        ),
        pytest.param(
            Changes(roster=Roster(read_at=NOON, agents={}, rejected=(Rejected(entry=AGENT.entry, reason=as_reason("x")),))),
            "still in the directory",
            id="listed, unusable",
        ),
        pytest.param(
            Changes(roster=Roster(read_at=NOON, agents={OTHER.agent_id: OTHER})),
            r"other entries of the directory still name zquemeneur \(those of zoé\)",
            id="a manager",
        ),
        pytest.param(a_step(reserved=(a_reservation(1001, agent_id=AGENT.agent_id),)), "still has vd-1001", id="a desktop"),
        pytest.param(
            a_step(reserved=(a_reservation(1001, noted_as=(AgentId("matricule-zq77"),)),)), "still has vd-1001", id="a note"
        ),
        pytest.param(
            a_step(reserved=(a_reservation(1001),), assignments={a_name(1001): GONE.agent_id}), "still has vd-1001", id="given"
        ),
        pytest.param(_lent(), "still has vd-1001", id="lent"),
        pytest.param(
            a_step(reserved=(a_reservation(1001),), reports={a_name(1001): REPORT}), "logged on to vd-1001", id="a session"
        ),
        pytest.param(Changes(guard=GuardRecord(left=MOVED)), "joined or left recently", id="left lately"),
        pytest.param(Changes(guard=GuardRecord(joined=MOVED)), "joined or left recently", id="joined lately"),
        pytest.param(Changes(guard=GuardRecord(turns={GONE.agent_id: (NOON,)})), "joined or left recently", id="came and went"),
        pytest.param(Changes(guard=GuardRecord(away={GONE.agent_id: NOON})), "joined or left recently", id="not believed gone"),
        pytest.param(Changes(guard=GuardRecord(rules=_rules())), "the configuration in force names", id="the configuration"),
        pytest.param(an_intent(IntentKind.DISTINCT, target=GONE.agent_id), "the order distinct for 9f3a77c0", id="an order"),
        pytest.param(
            an_intent(IntentKind.ACCEPT_DIRECTORY, allows=Allowance(leavers=frozenset({GONE.agent_id}))),
            "the order accept_directory still stands",
            id="accepted",
        ),
        pytest.param(
            an_intent(IntentKind.REKEY, rekeys=(Rekey(AgentId("matricule-zq77"), AgentId("x")),)), "order rekey", id="a rekey"
        ),
        pytest.param(an_intent(IntentKind.REASSIGN, target="vd-1", terms=BY_ID), "order reassign for vd-1", id="reassigned"),
        pytest.param(
            an_intent(IntentKind.LOGOFF, target="vd-1", terms=Terms(logins=("zquemeneur",))),
            "order logoff for vd-1",
            id="logoff",
        ),
        pytest.param(
            an_intent(IntentKind.MESSAGE, target="vd-1", terms=Terms(text="Bonjour Zélie Quéméneur-Lâtre")),
            "a message to desktop vd-1 names zquemeneur",
            id="a message",
        ),
    ],
)
def test_it_is_refused_by_the_store_itself_while_anything_stands(
    store: SqlStore, path: Path, what: Changes | Intent, words: str
):
    """G2: what came between the command's look and its transaction counts, too."""
    if isinstance(what, Changes):
        store.commit(what)
    else:
        store.give(what)
    before = left_in(*files_of(path))

    with pytest.raises(StoreError, match=words):
        store.forget(ORDER)

    assert left_in(*files_of(path)) == before != []


@pytest.mark.parametrize("kind", ["distinct", "of_a_later_version"])
def test_an_order_that_cannot_be_read_hinders_while_its_row_is_there(store: SqlStore, path: Path, kind: str):
    """G2, H1: nobody is known by it, and the row names somebody all the same."""
    store.give(an_intent(IntentKind.DISTINCT, target=GONE.agent_id))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE intents SET kind = ?, terms = '{'", (kind,))

    with pytest.raises(StoreError, match=f"the order {kind} .*stands"):
        store.forget(ORDER)

    if not store.withdraw(IntentKind.HOLD, by="ann", at=NOON):  # what may have been a hold stands until somebody ends it
        for order in store.unreadable():
            store.discard(order, at=NOON)
    assert store.forget(ORDER)
    assert left_in(*files_of(path)) == []
