"""L9: a line that nothing has to fold is printed without rich, and as rich would print it."""

import contextlib
import io
import os
import pty

import pytest
from rich.console import Console

from provisioner.cli.terminal import columns, is_one_line, is_terminal, print_line

ENVIRONMENTS = [
    pytest.param({}, id="nothing said"),
    pytest.param({"FORCE_COLOR": "1"}, id="as a terminal"),
    pytest.param({"FORCE_COLOR": ""}, id="as no terminal"),
    pytest.param({"TTY_COMPATIBLE": "1", "FORCE_COLOR": ""}, id="compatible"),
    pytest.param({"TTY_COMPATIBLE": "0", "FORCE_COLOR": "1"}, id="not compatible"),
    pytest.param({"COLUMNS": "33"}, id="a width"),
    pytest.param({"COLUMNS": "wide"}, id="a width that is none"),
    pytest.param({"COLUMNS": "33", "TERM": "dumb"}, id="a terminal that can do little"),
]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("is_real", [True, False], ids=["in a terminal", "in a pipe"])
def test_a_terminal_is_what_it_is_for_rich(environment, is_real, monkeypatch):
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "COLUMNS", "LINES", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    near, far = pty.openpty()
    with os.fdopen(far, "w") as terminal, os.fdopen(near):
        stream = terminal if is_real else io.StringIO()
        console = Console(file=stream)

        assert is_terminal(stream) == console.is_terminal
        assert columns(stream) == console.width


@pytest.mark.parametrize(
    ("text", "forced", "whole"),
    [
        pytest.param("x" * 33, "1", True, id="it fits"),
        pytest.param("x" * 34, "1", False, id="it is too wide"),
        pytest.param("\u4e00" * 17, "1", False, id="signs that are two columns wide"),
        pytest.param("x" * 900, "", True, id="in a pipe grep finds it whole"),
    ],
)
def test_what_fits_is_not_folded(text, forced, whole, monkeypatch):
    monkeypatch.setenv("COLUMNS", "33")
    monkeypatch.setenv("FORCE_COLOR", forced)

    assert is_one_line(text, io.StringIO()) is whole


def test_when_nobody_reads_any_more_the_command_is_over(capfd):
    near, far = os.pipe()
    os.close(near)
    stream = os.fdopen(far, "w")
    with pytest.raises(SystemExit) as ended:
        print_line("nobody", stream)
    with contextlib.suppress(BrokenPipeError):
        stream.close()

    assert ended.value.code == 1
