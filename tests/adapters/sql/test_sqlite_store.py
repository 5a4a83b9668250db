"""The store on an SQLite file."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.databases import database_of
from provisioner.adapters.sql.store import SqlStore
from provisioner.errors import StoreError
from provisioner.model.intents import IntentKind
from provisioner.model.kept.records import Records
from provisioner.ports import Changes, Store
from tests.adapters.sql.contract import StoreContract
from tests.adapters.sql.copying import CopyContract
from tests.adapters.sql.filled import EVERYTHING, OpenStore, claimed, filled
from tests.builders.records import a_step, change
from tests.builders.store import StillClock, a_name, a_reservation, a_roster, an_intent, an_outcome

pytestmark = pytest.mark.long


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "état 100%.db"


@pytest.fixture
def open_store(path: Path) -> Iterator[OpenStore]:
    stores: list[Store] = []

    def opened() -> Store:
        stores.append(SqlStore(f"sqlite:///{path}", clock=StillClock()))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


class TestSqliteCopies(CopyContract):
    """Keeps the contract."""


class TestSqliteStore(StoreContract):
    """Keeps the contract."""


def test_a_département_is_reserved_in_one_step(open_store):
    store = claimed(open_store)
    everyone = tuple(a_reservation(1000 + n, address=f"10.40.{n // 250}.{n % 250 + 1}") for n in range(1_700))

    store.commit(a_step(reserved=everyone))

    assert len(store.load().desktops) == 1_700


def test_a_commit_outlives_a_power_cut(open_store, path):
    filled(open_store)

    with database_of(f"sqlite:///{path}").engine.connect() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")]

    assert found == [2, "wal"], "2 is FULL: an fsync a commit"


def test_only_its_owner_may_read_the_files(open_store, path):
    filled(open_store)

    modes = {file.name.removeprefix(path.name): stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    assert modes == {"": 0o600, "-wal": 0o600, "-shm": 0o600, ".lock": 0o600}


def test_reading_makes_no_store(open_store, path):
    store = open_store()

    assert (store.load(), store.intents(), list(store.journal())) == (Records(baseline_accepted=False), (), [])
    assert not path.exists()


def test_an_order_may_come_before_the_first_daemon(open_store):
    open_store().give(an_intent(IntentKind.HOLD))

    assert claimed(open_store).load().intents == (an_intent(IntentKind.HOLD),)


def test_an_empty_file_is_a_new_store(open_store, path):
    path.touch()

    assert claimed(open_store).load() == Records(baseline_accepted=False)


def test_of_many_rosters_the_last_ten_that_differ_are_kept(open_store, path):
    store = claimed(open_store)
    for n in range(13):
        store.commit(Changes(roster=a_roster(f"agent-{n}")))
        store.commit(Changes(roster=a_roster(f"agent-{n}")))

    assert rows(path, "SELECT count(*), min(id), max(id) FROM rosters") == [(10, 4, 13)]


@pytest.mark.parametrize("statement", ["UPDATE journal SET reason = 'never'", "DELETE FROM journal"])
def test_no_line_of_the_journal_can_be_changed(open_store, path, statement):
    filled(open_store).close()

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        rows(path, statement)


def test_an_outcome_is_journalled_with_its_start(open_store, path):
    claimed(open_store).commit(Changes(outcomes=(an_outcome(started_at=12.5),)))

    assert rows(path, "SELECT began_at FROM journal") == [(12.5,)]


def test_a_store_belongs_to_one_installation(path):
    url = f"sqlite:///{path}"
    for installation in ("melun", "", "melun"):
        store = SqlStore(url, clock=StillClock(), installation=installation)
        store.claim()
        store.close()

    other = SqlStore(url, clock=StillClock(), installation="meaux")
    with pytest.raises(StoreError, match="belongs to the installation melun, not to meaux"):
        other.claim()
    other.close()


def damage_header(path: Path) -> None:
    path.write_bytes(b"no database at all, but long enough to hold a header" * 100)


def damage_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : 3 * 4096] = b"\xff" * (2 * 4096)
    path.write_bytes(content)


def damage_value(path: Path) -> None:
    rows(path, "UPDATE desktops SET report = '{\"read_at\": 1' WHERE name = 'vd-1001'")


def make_newer(path: Path) -> None:
    rows(path, "UPDATE bascule_version SET version_num = '9999'")


def make_older(path: Path) -> None:
    rows(path, "UPDATE bascule_version SET version_num = '0023'")


def make_foreign(path: Path) -> None:
    path.unlink()
    rows(path, "CREATE TABLE moz_places (id INTEGER)")


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def test_a_sound_or_absent_file_is_no_damage(open_store):
    """B11: before the first start, and after it."""
    open_store().verify()
    filled(open_store).verify()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(damage_header, "file is not a database; the file is damaged: restore a copy", id="no database"),
        pytest.param(damage_page, "damaged: restore a copy", id="a damaged page"),
        pytest.param(
            damage_value, "cannot load: in table desktops the row vd-1001 cannot be read (JSONDecodeError", id="a damaged value"
        ),
        pytest.param(make_newer, "made by a newer Bascule (schema 9999)", id="a newer schema"),
        pytest.param(
            make_older, "made by a Bascule before the first release (schema 0023)", id="a schema that was never released"
        ),
        pytest.param(make_foreign, "holds another program's tables (moz_places)", id="another program's database"),
        pytest.param(make_folder, "Is a directory", id="a folder"),
    ],
)
def test_an_unusable_file_is_one_clear_error_and_stays_as_it_is(open_store, path, damage, words):
    filled(open_store).close()
    damage(path)
    before = path.read_bytes() if path.is_file() else b""
    store = open_store()

    with pytest.raises(StoreError) as caught:
        claimed(lambda: store).load()

    assert words in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    if words.startswith("cannot load"):
        return
    assert (path.read_bytes() if path.is_file() else b"") == before


@pytest.mark.parametrize("damage", [damage_header, make_newer, make_older, make_foreign])
def test_a_passer_by_gets_the_same_error_and_changes_nothing(open_store, path, damage):
    filled(open_store).close()
    damage(path)
    before = path.read_bytes()
    store = open_store()

    for ask in (store.load, store.intents, store.journal, lambda: store.give(an_intent())):
        with pytest.raises(StoreError, match=r"not a database|newer Bascule|before the first|another program"):
            ask()
    assert path.read_bytes() == before


def test_a_missing_folder_is_named(tmp_path):
    store = SqlStore(f"sqlite:///{tmp_path}/missing/bascule.db", clock=StillClock())

    with pytest.raises(StoreError, match=r"the folder .*/missing does not exist"):
        store.claim()


@pytest.mark.parametrize("replace", [False, True], ids=["removed", "replaced by another"])
def test_a_file_that_goes_while_in_use_is_noticed_before_the_next_commit(open_store, path, replace):
    store = filled(open_store)
    path.rename(path.with_name("elsewhere"))
    if replace:
        path.touch()

    for _ in range(2):
        with pytest.raises(StoreError, match="removed or replaced while in use"):
            store.commit(Changes(desktops={a_name(1001): None}))

    store.close()
    assert claimed(open_store).load() == Records(baseline_accepted=False)


def test_a_reader_holds_up_no_commit_and_keeps_its_view(open_store, path):
    store = filled(open_store)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM desktops").fetchone() == (3,)

        change(store, started={a_name(1002): 1.0})

        assert other.execute("SELECT count(*) FROM desktops WHERE started_at = 1.0").fetchone() == (0,)
    assert store.load().desktops[a_name(1002)].started_at == 1.0


def test_an_unforeseen_error_leaves_the_store_usable(open_store):
    store = filled(open_store)

    with pytest.raises(StoreError, match="cannot commit: a text is not Unicode"):
        change(store, reserved=(a_reservation(1040, profile="\ud83d"),), released=(a_name(1001),))

    assert store.load() == EVERYTHING


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("", "the URL cannot be read", id="nothing"),
        pytest.param("bascule.db", "the URL cannot be read", id="a path instead of a URL"),
        pytest.param("postgresql+psycopg://u:hunter2@x:port/d", "the URL cannot be read", id="a port that is no number"),
        pytest.param("sqlite://", "SQLite needs a file", id="no file"),
        pytest.param("sqlite:///:memory:", "SQLite needs a file", id="memory"),
        pytest.param("mysql://u:hunter2@x/d", "mysql is not supported; use sqlite or postgresql", id="another database"),
        pytest.param("oracle+hunter2://x", "oracle is not supported", id="another driver"),
    ],
)
def test_a_wrong_url_is_one_clear_error_without_its_password(url, words):
    with pytest.raises(StoreError) as caught:
        SqlStore(url, clock=StillClock())

    assert words in str(caught.value)
    assert "hunter2" not in repr(caught.value) + repr(caught.value.__cause__)


def test_no_password_shows_in_any_repr():
    store = SqlStore("postgresql://u:hunter2@127.0.0.1:1/d", clock=StillClock())

    with pytest.raises(StoreError) as caught:
        store.load()

    texts = [repr(store), repr(vars(store)), str(caught.value), repr(caught.value.__cause__)]
    assert "postgresql 127.0.0.1/d: cannot load" in str(caught.value)
    assert not [text for text in texts if "hunter2" in text]


def rows(path: Path, statement: str) -> list[tuple[object, ...]]:
    """Rows read directly from the file, without the store."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()
