"""The commands and options, compared with docs/en/which-command.md."""

import importlib.metadata
import re
from pathlib import Path

import click
import pytest
import typer.main

from provisioner.cli.app import whole_app
from tests.builders.cli import bascule

PAGE = Path(__file__).parents[2] / "docs/en/which-command.md"
TREE = typer.main.get_command(whole_app())


def _paths(command: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """All commands, including those inside groups and the groups that are commands themselves."""
    inner = getattr(command, "commands", None)
    if inner is None:
        return [path]
    alone = [path] if getattr(command, "invoke_without_command", False) else []
    return alone + [found for name, command in inner.items() for found in _paths(command, (*path, name))]


COMMANDS = _paths(TREE)
WITHOUT_CONFIGURATION = {
    ("config", "completion"),
    ("guest", "files"),
    ("check", "image"),
    ("demo",),
    ("docs",),
    ("twin", "serve"),
    ("twin", "truth"),
    ("init",),
}


def _documented() -> set[tuple[str, ...]]:
    """The commands of the page's tables."""
    lines = [line.split("|")[1] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `bascule ")]
    return {tuple(words.split()) for line in lines for words in re.findall(r"`bascule ([a-z -]+)`", line)}


def test_the_page_lists_every_command_and_no_other():
    assert _documented() == set(COMMANDS)


@pytest.mark.long
def test_the_page_names_the_exit_codes_that_help_names():
    page = PAGE.read_text(encoding="utf-8")
    help_text = bascule("--help").said

    for code in ("0", "1", "2", "3", "130"):
        assert re.search(rf"\*\*{code}\*\* \w", page), code
        assert re.search(rf"\b{code}\s+\w", help_text), code


@pytest.mark.parametrize("path", [pytest.param(path, id=" ".join(path)) for path in COMMANDS])
def test_help_tells_what_a_command_does(path):
    ended = bascule(*path, "--help")

    assert ended.code == 0
    assert ended.err == ""
    assert f"bascule {' '.join(path)}" in ended.said
    for option in _long_options(path):
        assert option in ended.said


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=" ".join(path)) for path in COMMANDS if path not in WITHOUT_CONFIGURATION]
)
def test_every_command_takes_a_configuration(path):
    assert "--config" in _long_options(path)


@pytest.mark.parametrize(
    "words",
    [
        "check",
        "check directory",
        "check storage",
        "check image",
        "report plan",
        "forecast",
        "status",
        "desktop list",
        "agent list",
        "why",
        "report journal",
        "report drift",
        "node list",
        "config diff",
        "directory diff",
        "desktop show",
    ],
)
def test_whatever_shows_something_prints_json_too(words):
    assert "--json" in _long_options(tuple(words.split()))


ORDERS = {
    ("hold", "start"), ("hold", "end"), ("store", "accept"), ("store", "retire"),
    *(("node", word) for word in ("cordon", "drain", "uncordon")),
    *(("directory", word) for word in ("accept", "rekey", "distinct")),
    *(path for path in COMMANDS if path[0] == "desktop" and path[1] not in {"list", "show", "probe"}),
}  # fmt: skip
"""The commands that give an order to the daemon."""


@pytest.mark.parametrize("path", [pytest.param(path, id=" ".join(path)) for path in sorted(ORDERS)])
def test_whatever_orders_something_finds_the_daemon_says_who_and_prints_json(path):
    assert {"--socket", "--by", "--reason", "--json"} <= _long_options(path)


@pytest.mark.parametrize("words", ["status", "report plan", "desktop list", "agent list", "node list"])
def test_what_changes_by_itself_can_be_watched(words):
    assert {"--watch", "--offline"} <= _long_options(tuple(words.split()))


@pytest.mark.long
@pytest.mark.parametrize("path", [(), ("node",), ("node", "drain")])
def test_h_is_help(path):
    assert bascule(*path, "-h") == bascule(*path, "--help")


def test_the_version_is_the_packages():
    assert bascule("--version").out == f"{importlib.metadata.version('bascule')}\n"


@pytest.mark.long
@pytest.mark.parametrize("path", [pytest.param(path, id=" ".join(path)) for path in COMMANDS])
def test_a_help_page_has_80_columns(path):
    assert max(map(len, bascule(*path, "--help", COLUMNS="80").out.splitlines())) <= 80


def whole(page: str) -> bool:
    """Whether no word of a help page is cut, and no line ends at a no-break space."""
    cut = re.compile(r"[^\s-]…\s*│$|^[│ ]+[:;?!»](?:[ │]|$)")
    return not any(cut.search(line) for line in page.splitlines())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_longest_help_page_is_whole(language):
    """F21: `/etc/pve/pve-root-ca.…` was to be typed, and a line began with a colon."""
    page = bascule("--lang", language, "init", "--help", COLUMNS="80").out

    assert "/etc/pve/pve-root-ca.pem" in page
    assert whole(page)


@pytest.mark.long
@pytest.mark.parametrize("path", [pytest.param(path, id=" ".join(path)) for path in COMMANDS])
def test_a_french_help_page_is_whole(path):
    assert whole(bascule("--lang", "fr", *path, "--help", COLUMNS="80").out)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        pytest.param(("nonsense",), "No such command 'nonsense'", id="a command that there is not"),
        pytest.param(("status", "--nonsense"), "No such option: --nonsense", id="an option that there is not"),
        pytest.param(("report", "journal", "-n", "0"), "greater than or equal to 1", id="a number out of range"),
        pytest.param(("report", "journal", "-n", "many"), "'-n': Input should be a valid integer", id="a word for a number"),
        pytest.param(("store",), "accept", id="half a command"),
        pytest.param(("node", "cordon"), "Missing argument 'NODE'", id="no node named"),
        pytest.param(("check", "--json", "storage"), "--json goes behind `storage`", id="an option of the command above"),
        pytest.param(("check", "storage", "--days", "0"), "greater than or equal to 0.01", id="no days at all"),
        pytest.param((), "Usage: bascule", id="nothing at all"),
    ],
)
def test_a_wrong_call_ends_in_2_and_says_why(words, complaint):
    ended = bascule(*words)

    assert ended.code == 2
    assert complaint in ended.said
    assert "Traceback" not in ended.said


def _long_options(path: tuple[str, ...]) -> set[str]:
    command: click.Command = TREE
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
