"""N2: whether a release can open the store is asked before the running daemon is stopped for it. N8c: a store is moved."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from provisioner.adapters.sql.schema import STEPS
from provisioner.adapters.sql.store import SqlStore
from tests.adapters.sql.taken_up import written_to
from tests.builders.cli import a_lonely_site, bascule, files_of, keep
from tests.builders.directory import FixedClock
from tests.builders.private import a_secret_file
from tests.builders.settings import Site
from tests.servers.processes import free_port

NEWEST = STEPS.revisions[-1]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return a_lonely_site(tmp_path)


def checked(site: Site, *words: str):
    return bascule("store", "check", "--config", str(site.main), *words)


def changed(site: Site, statement: str) -> None:
    keep(site)
    with closing(sqlite3.connect(site.folder / "bascule.db")) as connection, connection:
        connection.execute(statement)


def of_schema(revision: str) -> str:
    return f"UPDATE bascule_version SET version_num = '{revision}'"


def test_a_store_of_this_release_fits(site):
    keep(site)

    ended, document = checked(site), checked(site, "--json").document

    assert (ended.code, ended.err) == (0, "")
    assert f"has schema {NEWEST}: this version opens it as it is" in ended.said
    assert document == {
        "store": f"{site.folder}/bascule.db",
        "fit": "as_it_is",
        "schema": NEWEST,
        "newest": NEWEST,
        "why": None,
    }


def test_an_older_store_fits_and_the_upgrade_is_said(site):
    written_to(site.folder / "bascule.db", "everything")
    before = (site.folder / "bascule.db").read_bytes()

    ended = checked(site)

    assert ended.code == 0, ended.said
    assert f"has schema {STEPS.revisions[0]}: the start of this version brings it to {NEWEST}" in ended.said
    assert "an older version cannot open it afterwards" in ended.said
    assert (site.folder / "bascule.db").read_bytes() == before


def test_before_the_first_start_there_is_none_and_none_is_made(site):
    before = files_of(site.folder)

    ended = checked(site)

    assert (ended.code, "there is no store yet" in ended.said) == (0, True), ended.said
    assert files_of(site.folder) == before


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        pytest.param(
            of_schema("9998"), f"made by a newer Bascule (schema 9998); this version knows {NEWEST} at most", id="newer"
        ),
        pytest.param(of_schema("0023"), "made by a Bascule before the first release (schema 0023)", id="never released"),
        pytest.param(
            "UPDATE meta SET value = 'elsewhere' WHERE key = 'installation'",
            "belongs to the installation elsewhere, not to seine",
            id="of another installation",
        ),
        pytest.param("DROP TABLE bascule_version", "holds another program's tables", id="of another program"),
    ],
)
def test_what_the_start_would_refuse_is_refused(site, statement, words):
    changed(site, "INSERT OR REPLACE INTO meta VALUES ('installation', 'seine')")
    changed(site, statement)

    ended = checked(site)

    assert (ended.code, words in ended.said) == (1, True), ended.said
    assert (checked(site, "--json").code, checked(site, "--json").document["fit"]) == (1, "refused")


def test_what_cannot_be_read_is_neither(site):
    site.change("sqlite:///bascule.db", f"postgresql+psycopg://bascule@127.0.0.1:{free_port()}/bascule")

    assert checked(site).code == 3


def test_a_writer_in_the_middle_of_it_does_not_matter(site):
    keep(site)
    with closing(sqlite3.connect(site.folder / "bascule.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert checked(site).code == 0


class TestMove:
    """N8c: into another database."""

    @staticmethod
    def target(site: Site, store: str = "sqlite:///new.db", installation: str = "") -> Path:
        """A copy of the configuration with another store."""
        text = site.main.read_text(encoding="utf-8").replace("sqlite:///bascule.db", store)
        other = site.main.with_name("other.yaml")
        other.write_text(text.replace("installation: seine", f"installation: {installation or 'seine'}"), encoding="utf-8")
        return other

    @staticmethod
    def moved(site: Site, to: Path, *words: str):
        return bascule("store", "move", "--to", str(to), "--config", str(site.main), *words)

    def test_it_says_what_was_moved_and_what_is_next(self, site):
        keep(site)
        to = self.target(site)

        ended, again = self.moved(site, to), self.moved(site, to, "--json")

        assert (ended.code, ended.err) == (0, "")
        assert f"{site.folder}/new.db has all of it" in ended.said
        assert f"each the same as in {site.folder}/bascule.db, which stays as it is" in ended.said
        assert f"put the section store of {to} (url: sqlite:///{site.folder}/new.db) into {site.main}" in ended.said
        assert (again.document["was_there"], again.document["rows"]["desktops"]) == (True, 0)

    def test_beside_a_daemon_nothing_is_moved(self, site):
        with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as daemon:
            daemon.claim()
            ended = self.moved(site, self.target(site))

        assert (ended.code, "stop the daemon first" in ended.said) == (3, True), ended.said
        assert not (site.folder / "new.db").exists()

    def test_the_same_place_is_named(self, site):
        keep(site)
        ended = self.moved(site, site.main)
        assert (ended.code, "both configurations name this place" in ended.said) == (3, True), ended.said

    def test_a_configuration_of_another_installation_is_refused(self, site):
        keep(site)
        ended = self.moved(site, self.target(site, installation="marne"))
        assert (ended.code, "is of the installation marne, not of seine" in ended.said) == (3, True), ended.said

    def test_no_password_is_shown(self, site):
        """Not in an error either; it comes from a file, and is never in the list of processes."""
        keep(site)
        a_secret_file(site.folder / "word", "hunter2-hunter2")
        url = f"postgresql+psycopg://bascule@127.0.0.1:{free_port()}/bascule, password: {{file: word}}"
        ended = self.moved(site, self.target(site, url))
        assert (ended.code, "hunter2" in ended.said) == (3, False), ended.said
