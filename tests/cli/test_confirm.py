"""Who is asked before an order, and what counts as yes."""

import io
import sys

import pytest
import typer

from provisioner.cli.confirm import confirm
from provisioner.texts.languages import catalogue_of
from provisioner.texts.translate import use_catalogue

QUESTION = "3 desktops are shut down. Go on?"


class Terminal(io.StringIO):
    """Somebody who types these lines."""

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def english():
    yield
    use_catalogue(catalogue_of("en"))


@pytest.fixture
def answered(monkeypatch, capsys):
    """The exit code, and what was printed."""

    def ask(stdin, *, yes=False):
        monkeypatch.setattr(sys, "stdin", stdin)
        try:
            confirm(QUESTION, yes=yes)
        except typer.Exit as end:
            return end.exit_code, capsys.readouterr().err
        return 0, capsys.readouterr().err

    return ask


@pytest.mark.parametrize(
    ("typed", "code"),
    [("y\n", 0), (" YES \n", 0), ("n\n", 1), ("\n", 1), ("yesterday\n", 1), pytest.param("", 1, id="the terminal is gone")],
)
def test_only_yes_is_yes(answered, typed, code):
    ended, said = answered(Terminal(typed))

    assert ended == code
    assert said.startswith(f"{QUESTION} [y/N] ")
    assert ("nothing was ordered" in said) == (code == 1)


def test_the_question_is_in_the_language_and_so_is_the_answer(answered):
    use_catalogue(catalogue_of("fr"))

    assert answered(Terminal("oui\n")) == (0, f"{QUESTION} [o/N] ")


@pytest.mark.parametrize("stdin", [io.StringIO("y\n"), None], ids=["a pipe", "closed"])
def test_where_nobody_can_be_asked_it_is_refused(answered, stdin):
    ended, said = answered(stdin)

    assert ended == 2
    assert said.splitlines() == [
        QUESTION,
        "nothing was ordered: there is nobody here to answer; `--yes` orders it without a question",
    ]


def test_with_yes_nobody_is_asked(answered):
    assert answered(None, yes=True) == (0, "")
