"""A real PostgreSQL 17 on loopback, with its files in its own folder; up in a second."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.servers.processes import START_S, free_port, running

PASSWORD = "correct-horse-battery"
_BIN = Path("/usr/lib/postgresql/17/bin")
_ACCOUNT = "postgres"


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A running server with a database and an ordinary role, both called bascule."""

    port: int
    data: Path
    """Its files."""

    def url(self, schema: str, password: str = PASSWORD) -> str:
        """A store's URL: its tables lie in a schema of its own."""
        return f"postgresql+psycopg://bascule:{password}@127.0.0.1:{self.port}/bascule?options=-csearch_path%3D{schema}"

    def connected(self) -> psycopg.Connection[tuple[object, ...]]:
        """A session of the database's administrator."""
        return psycopg.connect(_address(self.port, "bascule"), autocommit=True)

    def run(self, statement: str) -> list[tuple[object, ...]]:
        """As the database's administrator, past every store."""
        with self.connected() as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server; root starts it as the account that Debian's package makes, for PostgreSQL refuses to run as root."""
    with folder_of_account() as home, _server(home) as server:
        yield server


@contextmanager
def folder_of_account() -> Iterator[Path]:
    """An empty one that PostgreSQL's account can write to; removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="bascule-postgres-"))
    try:
        if os.geteuid() == 0:
            account = pwd.getpwnam(_ACCOUNT)
            os.chown(home, account.pw_uid, account.pw_gid)
        yield home
    finally:
        shutil.rmtree(home)


@contextmanager
def _server(home: Path) -> Iterator[Postgres]:
    password = home / "password"
    password.write_text(PASSWORD)
    data, port = home / "data", free_port()
    make = [f"{_BIN}/initdb", "-D", str(data), "-U", "admin", "-A", "scram-sha-256", "--pwfile", str(password), "--no-sync"]
    subprocess.run(as_account([*make, "-E", "UTF8", "--locale=C.UTF-8"]), check=True, capture_output=True, timeout=60, cwd=home)
    with running(_start(data, port), ports=(port,), log=home / "log") as process:
        with _connected_once_up(port) as connection:
            connection.execute(f"CREATE ROLE bascule LOGIN PASSWORD '{PASSWORD}'".encode())
            connection.execute("CREATE DATABASE bascule OWNER bascule")
        yield Postgres(port=port, data=data)
        # Fast shutdown: SIGTERM would wait for every client to leave.
        process.send_signal(signal.SIGINT)
        process.wait(timeout=START_S)


def end_at_once(server: Postgres) -> None:
    """As a crash or an immediate restart does: its clients are cut off. Files and port stay."""
    os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.port)):
                return
        time.sleep(0.02)


@contextmanager
def up_again(server: Postgres) -> Iterator[None]:
    """On the same files and port."""
    with running(_start(server.data, server.port), ports=(server.port,), log=server.data.parent / "log") as process:
        yield
        process.send_signal(signal.SIGINT)
        process.wait(timeout=START_S)


def _start(data: Path, port: int) -> Sequence[str]:
    # No fsync: the tests kill clients and cut no power.
    settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "shared_buffers=16MB"]
    return as_account([f"{_BIN}/postgres", "-D", str(data), *(word for setting in settings for word in ("-c", setting))])


def _connected_once_up(port: int) -> psycopg.Connection[tuple[object, ...]]:
    """It listens a moment before it lets anybody in."""
    give_up = time.monotonic() + START_S
    while True:
        try:
            return psycopg.connect(_address(port, "postgres"), autocommit=True)
        except psycopg.OperationalError as exc:
            if "starting up" not in str(exc) or time.monotonic() > give_up:
                raise
            time.sleep(0.02)


def _address(port: int, database: str) -> str:
    return f"postgresql://admin:{PASSWORD}@127.0.0.1:{port}/{database}"


def as_account(command: Sequence[str]) -> Sequence[str]:
    """A command that root starts as PostgreSQL's account."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--init-groups", *command]
