"""D3: Ctrl-C or SIGTERM at any instant ends without a traceback. Instants are counted in events, not in seconds."""

import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders.cli import a_lonely_site
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
from provisioner.cli.app import main
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
    return a_lonely_site(tmp_path)


@pytest.mark.xfail(strict=True, raises=AssertionError)
@pytest.mark.parametrize("nth", [FIRST, 12, 40, 120, 300, 500])
def test_an_interrupt_among_the_imports_is_no_error(site: Site, nth: int):
    """D3: a command imports for as long as half a second, and a person is quicker than that."""
    ended = struck(site, "check", "--offline", by=signal.SIGINT, event="import", nth=nth)

    assert (ended.code, ended.out, ended.err) == (130, "struck\n", "")
