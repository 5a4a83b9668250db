"""A command does its work whatever it is called from: without outputs, on a full disk, in a terminal that lacks signs."""

import contextlib
import io
import json
import os
import subprocess
import sys

import pytest

from provisioner.cli.output import print_json
from provisioner.texts.translate import language
from tests.builders.cli import bascule

PROGRAM = "from provisioner.cli.entry import main; main()"
FREEZE = ("freeze", "gel\u00e9", "--socket", "/nowhere/api.sock")


def called(*words, then="", **environment):
    """By a shell; `then`: what it does with the outputs. The code, and what was printed."""
    command = f'"$0" -c "{PROGRAM}" "$@" {then}'
    ended = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable, *words], env={**os.environ, **environment}, capture_output=True, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture
def mark(tmp_path):
    return tmp_path / "freeze"


@pytest.mark.long
@pytest.mark.parametrize(
    ("then", "code"),
    [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0), pytest.param(">/dev/full", 1, id="a full disk: the shell is to know it")],
)
def test_it_freezes_though_nothing_can_be_printed(mark, then, code):
    ended, said = called(*FREEZE, then=then, BASCULE_FREEZE_FILE=str(mark))

    assert (ended, b"Traceback" in said, mark.exists()) == (code, False, True)


@pytest.mark.long
def test_a_sign_that_the_terminal_lacks_is_a_question_mark(mark):
    environment = {"PYTHONIOENCODING": "ascii", "BASCULE_FREEZE_FILE": str(mark)}

    ended, said = called(*FREEZE, "--lang", "fr", **environment)

    assert (ended, mark.exists(), said[:3], b"?" in said) == (0, True, b"gel", True)


def test_json_is_the_same_where_signs_are_lacking():
    """A question mark would be another text."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    with contextlib.redirect_stdout(stream):
        print_json({"reason": "gel\u00e9"})

    stream.seek(0)
    assert json.load(stream) == {"reason": "gel\u00e9"}


@pytest.mark.parametrize("width", ["wide", "0", "-5", "\u00b2"])
def test_a_width_that_is_none_hides_no_help_page(width):
    ended = bascule("freeze", "--help", TERMINAL_WIDTH=width)

    assert (ended.code, "Stop every write" in ended.said) == (0, True)


def test_the_language_of_a_command_is_its_own():
    assert bascule("freeze", "--help", "--lang", "fr").code == 0
    assert language() == "en"
