"""postgresql.yml on a guest: a store on it by TLS, nobody else, a dump that comes back by the page's words."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ansible.operated.pages import filled_in, pasted
from tests.ansible.operated.test_recovery import inside, typed
from tests.builders.ansible import Operator, Played, short_folder
from tests.servers.certificates import Authority
from tests.servers.nspawn import Guest, guest

pytestmark = pytest.mark.guest

PASSWORD, FOLDER = "correct-horse-battery", "/etc/bascule-certificates"
DUMPS = "/var/backups/bascule-postgresql"
NAME = "localhost"
(BACK,) = (block for block in pasted("ansible/README.md") if "pg_restore" in block)


class Database:
    """Somebody who plays postgresql.yml on a machine, and connects to it there."""

    def __init__(self, machine: Guest, operator: Operator) -> None:
        self.machine, self._operator = machine, operator
        self.printed = ""

    def play(self, *options: str, **variables: Any) -> Played:
        given = {"postgresql_password": PASSWORD, "postgresql_clients": ["192.0.2.10"]} | variables
        played = self._operator.plays("postgresql.yml", given, "--diff", *options)
        self.printed += played.text
        return played

    def asks(self, statement: str, *, password: str = PASSWORD, tls: str = "verify-full", database: str = "bascule") -> str:
        """What the store's owner is answered, or why not."""
        port = self.machine.says("sh", "-c", "pg_lsclusters -h | awk '$1 == 17 { print $3 }'")
        where = f"host={NAME} port={port} dbname={database} user=bascule sslmode={tls} sslrootcert={FOLDER}/ca.pem"
        done = self.machine.run("env", f"PGPASSWORD={password}", "psql", where, "-XAtc", statement)
        return (done.stdout + done.stderr).strip()

    def dumps(self) -> list[str]:
        return self.machine.says("sh", "-c", f"ls {DUMPS}").split()

    def dump(self) -> None:
        self.machine.says("systemctl", "start", "bascule-postgresql-dump.service")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    home: Path = tmp_path_factory.mktemp("postgresql")
    authority = Authority(home / "authority")
    issued = authority.issue("postgresql", names=(NAME,))
    (home / "guest").mkdir()
    # With a network of its own: its port is nobody else's.
    with short_folder() as temp, guest(home / "guest", own_network=True) as machine:
        inside(machine, FOLDER).mkdir()
        files = {"postgresql.pem": issued.certificate, "postgresql.key": issued.key, "ca.pem": authority.ca_file}
        for name, source in files.items():
            inside(machine, f"{FOLDER}/{name}").write_text(source.read_text())
        machine.says("sh", "-c", f"cd {FOLDER}; chmod 644 *.pem; chown root:postgres *.key; chmod 640 *.key")
        over_ssh = {"ansible_user": "root", "ansible_python_interpreter": "/usr/bin/python3"}
        over_ssh["ansible_ssh_common_args"] = f"-F {machine.ssh_config}"
        yield Database(machine, Operator(home, group="postgresql", machine=over_ssh, temp=temp))


def test_it_is_foretold_played_and_then_nothing_changes(database: Database) -> None:
    assert database.play("--check").well().changed > 0
    assert database.machine.run("ls", "/etc/postgresql/17").returncode != 0

    database.play().well()

    assert database.play("--check").well().changed == 0
    assert database.play().well().changed == 0


def test_the_owner_comes_in_by_tls_and_password_and_nobody_else(database: Database) -> None:
    assert database.asks("SELECT 40 + 2") == "42"
    assert database.asks("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "t"
    assert "password authentication failed" in database.asks("SELECT 1", password="another")
    assert "rejects connection" in database.asks("SELECT 1", tls="disable")
    hashed = typed(database.machine, "runuser -u postgres -- psql --cluster 17/main -XAtc 'SELECT rolpassword FROM pg_authid'")
    assert "SCRAM-SHA-256$" in hashed
    database.machine.says("runuser", "-u", "postgres", "--", "psql", "--cluster", "17/main", "-qc", "CREATE ROLE other LOGIN")
    other = database.machine.run("runuser", "-u", "postgres", "--", "psql", "--cluster", "17/main", "-XAtc", ALLOWED).stdout
    assert other.strip() == "f"


ALLOWED = "SELECT has_database_privilege('other', 'bascule', 'CONNECT')"


def test_another_password_takes_the_place_of_the_first(database: Database) -> None:
    new = "another 'correct' horse"

    assert database.play(postgresql_password=new).well().changed == 1

    assert database.asks("SELECT 1", password=new) == "1"
    assert "password authentication failed" in database.asks("SELECT 1")
    database.play().well()


def test_a_dump_is_made_each_day_and_the_oldest_make_way(database: Database) -> None:
    database.asks("CREATE TABLE kept (x int); INSERT INTO kept VALUES (1), (2)")
    for day in range(1, 20):
        inside(database.machine, f"{DUMPS}/bascule-2026-01-{day:02}T023000Z.dump").touch()

    database.dump()

    assert len(database.dumps()) == 14
    assert database.asks("SELECT 1") == "1", "the server's shared memory was taken"
    assert "bascule-2026-01-07T023000Z.dump" in database.dumps()
    assert "bascule-2026-01-06T023000Z.dump" not in database.dumps()
    assert database.machine.says("systemctl", "is-enabled", "bascule-postgresql-dump.timer") == "enabled"
    assert database.machine.says("stat", "-c", "%U %a", DUMPS) == "postgres 700"


def test_a_dump_that_cannot_be_made_leaves_the_others(database: Database) -> None:
    before = database.dumps()
    database.machine.says("systemctl", "stop", "postgresql@17-main")
    try:
        assert database.machine.run("systemctl", "start", "bascule-postgresql-dump.service").returncode != 0
    finally:
        database.machine.says("systemctl", "start", "postgresql@17-main")

    assert database.dumps() == before


def test_a_dump_comes_back_by_the_pages_words(database: Database) -> None:
    newest = database.dumps()[-1]
    database.asks("DELETE FROM kept")

    typed(database.machine, filled_in(BACK, DUMP=newest))

    assert database.asks("SELECT count(*) FROM kept") == "2"
    assert database.play().well().changed == 0


def test_a_newer_server_beside_it_is_not_taken_for_it(database: Database) -> None:
    """After Debian's next release the daily dump would have been of an empty database."""
    for path in ("/usr/lib/postgresql/99/bin", "/etc/postgresql/99/main"):
        database.machine.says("mkdir", "-p", path)
    inside(database.machine, "/usr/lib/postgresql/99/bin/postgres").touch()
    try:
        assert database.play().well().changed == 0
    finally:
        database.machine.says("rm", "-r", "/usr/lib/postgresql/99", "/etc/postgresql/99")


def test_a_server_with_databases_of_others_is_left_alone(database: Database) -> None:
    as_it = "runuser -u postgres -- psql --cluster 17/main -qc"
    typed(database.machine, f"{as_it} 'CREATE DATABASE payroll'; mv /etc/postgresql/17/main/conf.d/bascule.conf /root/")
    try:
        refused = database.play()
    finally:
        typed(database.machine, f"{as_it} 'DROP DATABASE payroll'; mv /root/bascule.conf /etc/postgresql/17/main/conf.d/")

    assert (refused.exit_code != 0, refused.changed) == (True, 0)
    assert "databases of others: bascule_failed, payroll" in " ".join(refused.text.split())


def test_no_password_is_printed_or_logged(database: Database) -> None:
    journal = database.machine.says("journalctl", "--no-pager", "--output", "cat")
    log = database.machine.says("sh", "-c", "cat /var/log/postgresql/*17*")
    assert [text for text in (database.printed, journal, log) if PASSWORD in text or "another 'correct'" in text] == []
