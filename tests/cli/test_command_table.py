"""The table of commands states what the commands' own modules say, and what is stated is what runs."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from provisioner.cli.added import added_to
from provisioner.cli.app import app_of, whole_app
from provisioner.cli.command_stating import table_text
from provisioner.cli.command_table import FILE, CommandEntry, command_table, in_place
from provisioner.cli.grammar import ENTRIES
from tests.builders.cli import bascule

SAME = ("help", "short_help", "epilog", "rich_help_panel", "hidden", "deprecated", "no_args_is_help", "invoke_without_command")
SAME_OF_PARAMETERS = (
    "name", "param_type_name", "opts", "secondary_opts", "help", "default", "required", "nargs", "multiple", "metavar",
    "envvar", "show_default", "min", "max", "is_flag", "hidden", "expose_value",
)  # fmt: skip


def _described(command: Any) -> Iterator[tuple[object, ...]]:
    """All that a help page shows and a call obeys, of a command and of the commands inside."""
    yield command.name, *(getattr(command, name, None) for name in SAME)
    for parameter in command.params:
        kind = parameter.type_descriptor.annotation
        yield command.name, kind, *(getattr(parameter, name, None) for name in SAME_OF_PARAMETERS)
    for inner in getattr(command, "commands", {}).values():
        yield from _described(inner)


def _functions(entries: dict[str, CommandEntry]) -> Iterator[tuple[str, CommandEntry]]:
    for name, entry in entries.items():
        if "function" in entry:
            yield name, entry
        yield from _functions(entry.get("commands", {}))


def test_the_committed_table_is_current():
    """F18."""
    assert FILE.read_text(encoding="utf-8") == table_text(), "make schema writes it anew"


def test_the_commands_of_the_table_are_those_of_the_modules():
    """F18."""
    stated, own = typer.main.get_command(app_of(*ENTRIES)), typer.main.get_command(whole_app())

    assert list(_described(stated)) == list(_described(own))


def test_each_function_takes_what_the_table_states():
    """F18."""
    for name, entry in _functions(dict(command_table())):
        assert list(inspect.signature(in_place(entry["function"])).parameters) == [
            each["name"] for each in entry["parameters"]
        ], name


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("config", "completion", "bash"), id="alone"),
        pytest.param(("--version", "config", "completion", "bash"), id="behind an option"),
        pytest.param(("--", "config", "completion", "bash"), id="behind the end of the options"),
    ],
)
def test_a_command_runs_wherever_it_stands(words):
    """F18: of the other commands, names and help texts alone are known."""
    ended = bascule(*words)

    assert (ended.code, "_BASCULE_COMPLETE" in ended.out) == (0, True)


def test_a_verb_that_a_capability_adds_stands_after_the_cores_own():
    """Issue 37: the point COMMANDS."""
    verbs = list(command_table()["desktop"]["commands"])

    assert verbs == [*ENTRIES["desktop"].verbs, *(each.verb for each in added_to("desktop"))]
