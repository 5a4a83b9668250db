"""A shell completes commands and options, and waits for no module that they do not need."""

import os
import subprocess
import sys

import pytest

from provisioner.cli.completion import ASKED, SHELLS, command_being_completed
from tests.builders.cli import bascule

PROGRAM = "from provisioner.cli.entry import main; main()"


def completed(**asked):
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, **asked},
    )
    return ended.stdout


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "cursor", "found"),
    [
        pytest.param("bascule no", 1, {"node"}, id="a command"),
        pytest.param("bascule st", 1, {"status", "store"}, id="two that begin alike"),
        pytest.param("bascule node ", 2, {"cordon", "drain", "evacuate", "uncordon", "list"}, id="a group"),
        pytest.param("bascule node drain --y", 3, {"--yes"}, id="an option"),
        pytest.param("bascule config d", 2, {"diff"}, id="a group with another name than its file"),
        pytest.param("bascule --lang fr node dr", 4, {"drain"}, id="behind a language"),
    ],
)
def test_bash_completes(words, cursor, found):
    said = completed(**{ASKED: "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(cursor)})

    assert set(said.split()) == found


@pytest.mark.long
@pytest.mark.parametrize(
    ("shell", "asked"),
    [("zsh", {}), ("fish", {"_TYPER_COMPLETE_FISH_ACTION": "get-args"})],
)
def test_other_shells_complete(shell, asked):
    said = completed(**{ASKED: f"complete_{shell}", "_TYPER_COMPLETE_ARGS": "bascule node dr", **asked})

    assert "drain" in said
    assert "cordon" not in said


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        pytest.param({}, "", id="nothing is asked"),
        pytest.param({ASKED: "complete_bash", "COMP_WORDS": "bascule node", "COMP_CWORD": "1"}, "", id="the command itself"),
        pytest.param({ASKED: "complete_bash", "COMP_WORDS": "bascule node ", "COMP_CWORD": "2"}, "node", id="behind it"),
        pytest.param({ASKED: "complete_zsh", "_TYPER_COMPLETE_ARGS": "bascule node"}, "", id="zsh: the command itself"),
        pytest.param({ASKED: "complete_zsh", "_TYPER_COMPLETE_ARGS": "bascule node "}, "node", id="zsh: behind it"),
        pytest.param({ASKED: "complete_fish"}, "", id="no line at all"),
        *(
            pytest.param({ASKED: "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(at)}, command, id=line)
            for line, at, command in (
                ("bascule --lang fr node dr", 4, "node"),
                ("bascule --lang=fr node dr", 3, "node"),
                ("bascule --lang fr no", 3, ""),
                ("bascule --lang f", 2, "--lang"),
                ("bascule --lang xx node dr", 4, ""),
            )
        ),
    ],
)
def test_only_the_command_that_is_completed_is_loaded(environment, command):
    assert command_being_completed(environment) == command


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_asks_bascule(shell):
    ended = bascule("config", "completion", shell)

    assert (ended.code, ASKED in ended.out) == (0, True)


def test_another_shell_is_none():
    ended = bascule("config", "completion", "tcsh")

    assert (ended.code, "tcsh is none of bash, zsh, fish" in ended.said) == (2, True)
