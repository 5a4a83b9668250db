"""D3: Ctrl-C or SIGTERM at any instant ends without a traceback. Instants are counted in events, not in seconds."""

import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.adapters.sql.store import SqlStore
from provisioner.cli.entry import _is_daemon
from tests.builders.cli import a_lonely_site
from tests.builders.directory import FixedClock
from tests.builders.settings import Site

pytestmark = pytest.mark.real

CHILD = """
import atexit, os, signal, sys
number, event, left = int(sys.argv.pop(1)), sys.argv.pop(1), int(sys.argv.pop(1))

def strike():
    os.write(1, b"struck\\n")
    os.kill(os.getpid(), number)

def hear(heard, _):
    global left
    if heard == event:
        left -= 1
        if left == 0:
            strike()

sys.addaudithook(hear)
if event == "end":
    atexit.register(strike)
from provisioner.cli.entry import main
main()
"""
FIRST = 4
"""Modules of the command itself, of a few lines each, that come before its first line: provisioner, its cli, its entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """How it ended."""

    code: int
    out: str
    err: str


def struck(site: Site, *words: str, by: signal.Signals, event: str, nth: int = 1) -> Struck:
    """Run a command that gets the signal at the n-th of these audit events, whose names Python documents."""
    command = [sys.executable, "-c", CHILD, str(by.value), event, str(nth), *words, "--config", str(site.main)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=Path(__file__).parents[2])
    return Struck(code=done.returncode, out=done.stdout, err=done.stderr)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """With a store that is opened by every command."""
    site = a_lonely_site(tmp_path)
    with closing(SqlStore(f"sqlite:///{site.folder}/bascule.db", clock=FixedClock())) as store:
        store.claim()
    return site


@pytest.mark.parametrize("nth", [FIRST, 12, 40, 120, 300, 500])
def test_an_interrupt_among_the_imports_is_no_error(site: Site, nth: int):
    """D3: a command imports for as long as half a second, and a person is quicker than that."""
    ended = struck(site, "check", "--offline", by=signal.SIGINT, event="import", nth=nth)

    assert (ended.code, ended.out, ended.err) == (130, "struck\n", "")


@pytest.mark.parametrize("event", ["sqlite3.connect", "socket.connect"])
def test_an_interrupt_at_work_is_no_error(site: Site, event: str):
    """D3: `check` while it reads the store, and while it asks a cluster."""
    ended = struck(site, "check", by=signal.SIGINT, event=event)

    assert (ended.code, "struck" in ended.out, ended.err) == (130, True, "")


def test_an_interrupt_at_the_very_end_is_no_error(site: Site):
    """D3: all output is written, and Python shuts down."""
    ended = struck(site, "check", "--offline", by=signal.SIGINT, event="end")

    assert ended.code in (0, 130)
    assert ended.err == ""


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("event", "nth"),
    [("import", FIRST), ("import", 40), ("import", 300), ("sqlite3.connect", 1), ("socket.bind", 1), ("socket.connect", 1)],
)
def test_the_daemon_ends_without_a_traceback(site: Site, by: signal.Signals, event: str, nth: int):
    """D3: before it heeds signals itself, while it opens, and at work."""
    ended = struck(site, "run", by=by, event=event, nth=nth)

    assert ended.code in {signal.SIGINT: (0, 130), signal.SIGTERM: (0, -signal.SIGTERM)}[by]
    assert "struck" in ended.out
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("nth", [FIRST, 12, 40, 300])
def test_a_reload_in_the_first_second_does_not_end_the_daemon(site: Site, nth: int):
    """H7: it ended by SIGHUP until it heeded signals itself. Here its files are faulty, and it says that instead."""
    site.write("bascule.yaml", "nothing: here\n")
    ended = struck(site, "run", by=signal.SIGHUP, event="import", nth=nth)

    assert (ended.code, "struck" in ended.out) == (2, True), ended
    assert "bascule.yaml:1:1" in ended.err


def test_a_reload_in_the_first_second_is_taken_up_later(site: Site):
    """H7: it is not lost."""
    command = [sys.executable, "-c", CHILD, str(signal.SIGHUP.value), "import", "40", "run", "--config", str(site.main)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as daemon:
        assert daemon.stderr is not None
        said = next((line for line in daemon.stderr if "reloaded" in line), "")
        daemon.send_signal(signal.SIGTERM)
        daemon.communicate(timeout=120)

    assert ("reloaded" in said, daemon.returncode) == (True, 0)


@pytest.mark.parametrize("words", [("--lang", "fr", "run"), ("run",)])
def test_it_is_the_daemon_that_waits_for_a_reload(words: tuple[str, ...]):
    assert _is_daemon(["bascule", *words, "--config", "x"])
    assert not _is_daemon(["bascule", "check", *words])
