"""Personal data in the bytes of a store's files, and what is left after an erasure."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.databases import database_of
from provisioner.adapters.sql.erasure import Eraser
from provisioner.adapters.sql.store import SqlStore
from provisioner.demo.people import PEOPLE_BASE
from provisioner.model.intents import IntentKind
from provisioner.ports import Changes
from tests.builders.directory import a_directory, written
from tests.builders.store import NOON, StillClock, a_roster, an_erasure, an_intent, an_outcome

READ = {"uid": "jdupont", "displayName": "Jean Dupont", "mail": "jean@example.org", "departmentNumber": "Routes", "l": "Melun"}
UNREAD = {
    "telephoneNumber": "+33-1-64-14-70-00",
    "homePostalAddress": "12-rue-du-Secret",
    "employeeNumber": "matricule-998877",
    "description": "syndicat-delegue",
    "carLicense": "AB-123-CD",
    "userPassword": "hunter2-hunter2",
    "jpegPhoto": "not-really-a-photo",
    "preferredLanguage": "br-breton",
}
"""Further attributes of people in directories, which Bascule must not keep."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bascule.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(f"sqlite:///{path}", clock=StillClock())) as store:
        store.claim()
        yield store


def bytes_of(path: Path) -> bytes:
    """The bytes of the database and of every file beside it."""
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def test_of_a_directory_full_of_attributes_only_the_configured_ones_are_kept(tmp_path, store: SqlStore, path: Path):
    lines = [f"dn: uid=jdupont,{PEOPLE_BASE}", "objectClass: person", "entryUUID: 0f8fad5b-d9cb-469f-a165-70867728950e"]
    lines += [f"{name}: {value}" for name, value in {**READ, **UNREAD}.items()]
    ldif = written(tmp_path / "people.ldif", "\n".join(lines) + "\n")

    store.commit(Changes(roster=a_directory(ldif=ldif).read()))

    kept = bytes_of(path)
    assert all(value.encode() in kept for value in READ.values())
    assert [value for value in UNREAD.values() if value.encode() in kept] == []
    assert [name for name in UNREAD if name.encode() in kept] == []


def test_no_byte_of_a_forgotten_person_is_left(store: SqlStore, path: Path):
    for number in range(12):  # more than are kept: old rosters are left in free pages
        store.commit(Changes(roster=a_roster("parti", f"autre{number}")))
    store.commit(Changes(roster=a_roster("autre"), outcomes=(an_outcome(reason="the entry of parti is gone"),)))
    store.give(an_intent(IntentKind.HOLD, reason="until parti is back"))
    assert b"parti" in bytes_of(path)

    found = store.forget(an_erasure("parti"))

    assert (found.lines, found.orders) == (2, 1)
    assert found.rosters == 9
    assert b"parti" not in bytes_of(path)
    assert b"autre" in bytes_of(path)


def test_the_journal_is_append_only_again_afterwards(store: SqlStore, path: Path):
    store.commit(Changes(outcomes=(an_outcome(reason="parti"),)))
    store.forget(an_erasure("parti"))

    with closing(sqlite3.connect(path)) as connection:
        for statement in ("UPDATE journal SET reason = ''", "DELETE FROM journal"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_lines_erased_by_age_leave_no_bytes(store: SqlStore, path: Path):
    """B8: without rewriting the whole file, which the erasure of a person needs."""
    store.commit(Changes(outcomes=(an_outcome(1001, reason="unmistakable words", ended_at=NOON - 9),)))

    assert store.trim_journal(before=NOON - 1, at=NOON) == 1
    store.close()

    assert b"unmistakable" not in path.read_bytes()
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute("DELETE FROM journal")


@pytest.mark.long
def test_a_line_appended_during_an_erasure_is_erased_too(store: SqlStore, path: Path):
    store.commit(Changes(outcomes=(an_outcome(reason="parti before"),)))
    place = database_of(f"sqlite:///{path}")
    with place.engine.connect() as connection:
        order = an_erasure("parti")
        eraser = Eraser(order, order.mentions)
        mentioned = eraser.in_journal(connection)
    store.commit(Changes(outcomes=(an_outcome(reason="parti meanwhile"),)))

    with place.engine.connect().execution_options(writes=True) as connection, connection.begin():
        found = eraser.erase(connection, mentioned)

    assert (len(mentioned.rows), found.lines) == (1, 2)
    assert [entry.reason for entry in store.journal()] == ["person-0 meanwhile", "person-0 before"]
