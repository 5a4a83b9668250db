"""What operators do wrong: one true message each, with what to do about it; nothing is changed, and nothing crashes."""

import socket
from contextlib import closing, nullcontext
from pathlib import Path
from shutil import copytree

import pytest

from tests.builders.cli import Ended, a_lonely_site, bascule, keep
from tests.builders.desk import a_daemon
from tests.builders.settings import Site
from tests.cli.mistakes.table import CALLS, FILES, HARMLESS, OUTSIDE, STATES, Mistake

ALL = {**FILES, **CALLS, **STATES}
_LONG = 450
"""Characters of the whole message: five lines of a terminal."""


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a store, to be copied: its certificates take longer to make than a mistake."""
    folder = tmp_path_factory.mktemp("pattern")
    keep(a_lonely_site(folder))
    return folder


@pytest.fixture
def site(pattern: Path, tmp_path: Path) -> Site:
    return Site(folder=Path(copytree(pattern, tmp_path / "site")))


def made(site: Site, mistake: Mistake, *, language: str = "en") -> tuple[Ended, set[str]]:
    """The command, and the files that it has changed."""
    words = [word.replace("{folder}", str(site.folder)) for word in mistake.words]
    place = [] if "--config" in words else ["--config", str(site.main)]
    with a_daemon(site) if mistake.daemon else nullcontext() as at:
        before, environment = contents(site.folder), {} if at is None else {"BASCULE_SOCKET": str(at)}
        ended = bascule(*words, *place, BASCULE_LANG=language, COLUMNS="80", **environment)
        return ended, {name for name, _ in before ^ contents(site.folder)}


def contents(folder: Path) -> set[tuple[str, bytes]]:
    """Every file with its bytes. The side files of a store that is read come and go."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".db-wal", ".db-shm", ".db-lock"))
    return {(str(path.relative_to(folder)), path.read_bytes()) for path in files if "-wal" not in path.name}


def one_message(ended: Ended) -> str:
    """What it says, without typer's usage and frame."""
    said = ended.said
    assert "Traceback" not in said
    _, frame, text = said.partition("Error ")
    return text if frame and said.startswith("Usage") else said


@pytest.mark.long
@pytest.mark.parametrize("mistake", [pytest.param(mistake, id=name) for name, mistake in ALL.items()])
def test_a_mistake_is_one_message_with_a_fix_in_both_languages(site, mistake):
    mistake.change(site)
    ended, changed = made(site, mistake)
    message, french = one_message(ended), one_message(made(site, mistake, language="fr")[0])

    assert ended.code == mistake.code, message
    assert [part for part in mistake.says if part not in message] == [], message
    assert len(message.replace(str(site.folder), "")) <= _LONG, message
    assert ended.out == "", "errors are on standard error"
    assert len(ended.err.splitlines()) == 1 or "╭" in ended.err, ended.err
    assert changed == set()
    assert mistake.french in french
    assert not mistake.french or message != french, "it is translated"


@pytest.mark.long
@pytest.mark.parametrize("mistake", [pytest.param(mistake, id=name) for name, mistake in HARMLESS.items()])
def test_what_changes_nothing_says_so(site, mistake):
    mistake.change(site)
    ended, changed = made(site, mistake)

    assert (ended.code, ended.err) == (mistake.code, "")
    assert [part for part in mistake.says if part not in ended.out] == []
    assert changed == set()


def test_frozen_twice_is_frozen_once(site):
    words = ("freeze", "smoke", "--config", str(site.main))

    assert [bascule(*words).code for _ in range(2)] == [0, 0]
    assert bascule("thaw", "--config", str(site.main)).out.startswith("thawed")
    assert bascule("thaw", "--config", str(site.main)).out.startswith("it was not frozen")


def test_a_port_that_is_taken_is_named_with_its_key(site):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        site.change("exposition: {port: 0}", f"exposition: {{port: {port}}}")
        ended, _ = made(site, Mistake(words=("run",), says=()))

    assert ended.code == OUTSIDE
    assert f"127.0.0.1:{port} (Address already in use)" in ended.err
    assert "choose another `exposition: {port: …}`" in ended.err


def test_there_are_forty():
    assert len(ALL) + len(HARMLESS) >= 40
