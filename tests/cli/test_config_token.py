"""H10: the file of tokens is written with the check of those who read it: no link, nobody else's, nobody else may write."""

import os
from pathlib import Path

import pytest

from tests.builders.cli import a_lonely_site, bascule


@pytest.fixture
def main(tmp_path: Path) -> Path:
    site = a_lonely_site(tmp_path).write("api.pem", "x").write("api.key", "x").write("tokens", "")
    site.change("api: {socket: api.sock}", "api: {address: 127.0.0.1, certificate: api.pem, key: api.key, tokens: tokens}")
    (tmp_path / "tokens").chmod(0o644)
    return site.main


def made(main: Path):
    return bascule("config", "token", "grafana", "--role", "board", "--config", str(main))


def test_a_line_is_added_to_what_is_there(main: Path):
    tokens = main.parent / "tokens"
    tokens.write_text("# ours, without an end of the line")

    ended = made(main)

    assert ended.code == 0, ended.said
    assert [line.split()[:2] for line in tokens.read_text().splitlines()[1:]] == [["grafana", "board"]]


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        pytest.param(lambda path, other: (path.unlink(), path.symlink_to(other)), 3, "is a link", id="a link"),
        pytest.param(lambda path, other: (path.unlink(), os.link(other, path)), 3, "with a single name", id="a hard link"),
        pytest.param(lambda path, other: path.chmod(0o666), 2, "chmod go-w", id="everyone writes"),
        pytest.param(
            lambda path, other: path.parent.chmod(0o777),
            2,
            "for the mode of its folder is 0777: chmod go-w",
            id="of everyone's folder",
        ),
    ],
)
def test_what_is_not_ours_alone_gets_no_line(main: Path, tmp_path: Path, spoil, code: int, said: str):
    """The settings refuse it where they would not read it either (2), the writer what it would write to (3)."""
    other = tmp_path / "shadow"
    other.write_text("root's")
    spoil(main.parent / "tokens", other)

    ended = made(main)

    assert (ended.code, said in ended.said) == (code, True), ended.said
    assert other.read_text() == "root's"
    assert (main.parent / "tokens").read_text() in ("", "root's")


def test_a_file_in_the_daemons_own_folder_takes_a_line(main: Path, tmp_path: Path):
    """N5: the configuration's folder is root's after the role, whose next play empties what it has written."""
    state = tmp_path / "state"
    state.mkdir(mode=0o750)
    (state / "api-tokens").touch(mode=0o640)
    main.write_text(main.read_text().replace("tokens: tokens", f"tokens: {state}/api-tokens"))

    ended = made(main)

    assert ended.code == 0, ended.said
    assert (state / "api-tokens").read_text().startswith("grafana board ")
