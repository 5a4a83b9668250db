"""F23: a second daemon on the same state is told that there is a first, and not to choose another port."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.service import Service, ServiceContext
from provisioner.daemon.system_clock import SystemClock
from provisioner.errors import ExpositionError, StoreOwned
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.directory import FixedClock


@contextmanager
def held_port() -> Iterator[int]:
    """A port of this machine that somebody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening.getsockname()[1]


def started(folder: Path, port: int) -> None:
    """A daemon, from a configuration that has this port."""
    site = a_lonely_site(folder).change("exposition: {port: 0}", f"exposition: {{port: {port}}}")
    Service(site.main, ServiceContext(environment={}, clock=SystemClock(), signals=False)).run()


def test_the_port_is_held_by_the_daemon_that_has_the_store(tmp_path: Path):
    with held_port() as port, closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=FixedClock())) as store:
        store.claim()
        with pytest.raises(StoreOwned, match="one daemon per store"):
            started(tmp_path, port)


def test_the_port_is_held_by_something_else(tmp_path: Path):
    with held_port() as port, pytest.raises(ExpositionError, match="choose another"):
        started(tmp_path, port)


def test_it_is_refused_with_the_time_by_the_sites_clock(tmp_path: Path):
    """F7: it was in UTC."""
    site = a_lonely_site(tmp_path).append("timezone: Europe/Paris\n")
    with closing(SqlStore(f"sqlite:///{tmp_path}/bascule.db", clock=FixedClock())) as store:
        store.claim()

        ended = bascule("run", "--config", str(site.main))

    assert ended.code == 3
    assert "since 2020-03-16 08:00; one daemon per store" in " ".join(ended.err.split())
    assert ended.err.endswith("times are those of Europe/Paris\n")
