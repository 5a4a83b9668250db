"""How commands print tables, values and complaints."""

import contextlib
import enum
import io
import json
import os
import pty
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.cli.output import at_work, complain, plain, print_json, print_table, say
from provisioner.cli.styled import err
from provisioner.cli.times import duration


def printed(speak, *words, **more):
    """The output in a pipe."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        speak(*words, **more)
    return stream.getvalue()


class _Colour(enum.Enum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thing:
    name: str
    of: object = None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(
            _Thing(name="a", of=_Thing(name="b")), {"name": "a", "of": {"name": "b", "of": None}}, id="a value in a value"
        ),
        pytest.param(_Colour.RED, "red", id="one of an enumeration"),
        pytest.param({1: Path("/etc/bascule")}, {"1": "/etc/bascule"}, id="keys and paths are text"),
        pytest.param(frozenset({"b", "a"}), ["a", "b"], id="a set is sorted"),
        pytest.param((value for value in (1, None, True, 1.5)), [1, None, True, 1.5], id="anything to go through is a list"),
        pytest.param("é", "é", id="text is text"),
    ],
)
def test_a_value_for_programs(value, expected):
    assert plain(value) == expected


def test_json_is_for_people_with_accents_too():
    text = printed(print_json, {"name": "Zoé"})

    assert "Zoé" in text
    assert json.loads(text) == {"name": "Zoé"}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        pytest.param(None, "never", id="never"),
        pytest.param(0.0, "0 s", id="at once"),
        pytest.param(59.4, "59 s", id="seconds"),
        pytest.param(59.6, "1 min 0 s", id="rounded up to a minute"),
        pytest.param(591.0, "9 min 51 s", id="minutes"),
        pytest.param(3600.0, "1 h 0 min", id="an hour"),
        pytest.param(11_540.0, "3 h 12 min", id="hours"),
    ],
)
def test_duration(seconds, words):
    assert duration(seconds) == words


def test_a_table_sets_names_to_the_left_and_numbers_to_the_right():
    text = printed(print_table, "", ("what", "number"), [("a", 5), ("longer", 500)], numbers=("number",))

    assert [line.rstrip() for line in text.splitlines()] == ["what    number", "a            5", "longer     500"]


@pytest.mark.parametrize(("empty", "expected"), [("", ""), ("there is none", "there is none\n")], ids=["silent", "said"])
def test_a_table_without_rows_is_no_table(empty, expected):
    assert printed(print_table, "title", ("a", "b"), [], empty=empty) == expected


def test_a_long_row_is_one_line_in_a_pipe():
    lines = printed(print_table, "", ("a", "because"), [("x", "word " * 100)]).splitlines()

    assert len(lines) == 2
    assert lines[1].count("word") == 100


def on_a_terminal(speak, *words, **more):
    """The output on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    with open(theirs, "w") as terminal, contextlib.redirect_stdout(terminal), contextlib.redirect_stderr(terminal):
        speak(*words, **more)
    text = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return text.decode()


def _read(terminal):
    """What is there next; nothing once all is read. A busy machine hands over a part at a time."""
    with contextlib.suppress(OSError):  # how a terminal ends that nobody has open any more
        return os.read(terminal, 65536)
    return b""


@pytest.mark.parametrize("before", range(60, 79))
def test_no_line_is_broken_at_a_no_break_space(before):
    """In French a line ended in the opening quotation mark, or the next began with a colon."""
    text = f"{'w' * before} la vague «\u00a0everyone\u00a0» du scénario\u00a0: lue"

    lines = on_a_terminal(say, text).splitlines()

    assert " ".join(line.strip(" ") for line in lines) == text
    assert not [line for line in lines if line != line.rstrip(" ") or line.endswith("«\u00a0") or len(line) > 80]


def test_on_a_terminal_a_long_row_is_folded_to_its_width():
    text = on_a_terminal(print_table, "", ("a", "because"), [("x", "word " * 30)])

    assert text.count("word") == 30
    assert len(text.splitlines()) > 2


@pytest.mark.parametrize("speak", [say, complain], ids=["said", "complained"])
def test_on_a_terminal_a_long_text_is_folded_between_words(speak):
    first, *more = on_a_terminal(speak, "words " * 40).splitlines()

    assert first.split() == ["words"] * 13
    assert [line[:3] for line in more] == ["  w"] * 3
    assert "".join([first, *more]).split() == ["words"] * 40
    assert on_a_terminal(speak, "").strip() == ""


def test_on_a_terminal_it_is_shown_that_something_goes_on(monkeypatch):
    """F20: a forecast was silent for as long as it read the clusters."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(err, "is_interactive", True)  # as in a process that a terminal has started

    def work():
        with at_work("reading [the] clusters"):
            pass

    assert "reading [the] clusters" in on_a_terminal(work)
    assert printed(work) == ""


@pytest.mark.parametrize("speak", [say, complain], ids=["said", "complained"])
def test_on_a_terminal_a_path_is_not_cut(speak):
    """F20: the path of a configuration in a deep folder was in two parts, and could not be copied."""
    path = "/srv/" + "folder/" * 12 + "bascule.yaml"

    assert path in on_a_terminal(speak, f"{path} is in force").split()


@pytest.mark.parametrize("speak", [say, complain], ids=["said", "complained"])
def test_a_text_is_word_for_word_on_one_line_and_moves_no_cursor(speak):
    text = "[red]not markup[/red] \x1b[31mnot red\x07 " + "long " * 40 + "\nnext line"

    assert printed(speak, text) == "[red]not markup[/red] �[31mnot red� " + "long " * 40 + "␤next line\n"


def test_a_name_in_a_table_moves_no_cursor_either():
    assert "\x1b" not in printed(print_table, "", ("a",), [("\x1b[2Jgone",)])
