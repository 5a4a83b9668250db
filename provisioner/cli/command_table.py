"""The commands as their table states them (`command_table.json`): help pages, complaints and completion load no command.

A command's module is imported when the command runs. The table is made of the modules' own signatures (`command_stating`), and
a test compares both.

For groups of commands that are commands themselves: `check`.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NotRequired, TypedDict, cast

import typer

from provisioner.cli.framework import PagedCommand, PagedGroup
from provisioner.texts.translate import _

FILE = Path(__file__).with_name("command_table.json")
KINDS: Mapping[str, Any] = {
    "bool": bool, "float": float, "int": int, "path": Path, "text": str, "texts": list[str],
}  # fmt: skip
"""What a parameter may be, by its word in the table. Any other word is a place: `module:name` of an enumeration."""


class ParameterEntry(TypedDict):
    """An argument or an option. Without a default it must be given."""

    name: str
    """The name of the function's parameter."""
    kind: str
    """A key of `KINDS`, or the place of an enumeration."""
    argument: NotRequired[bool]
    """It is not an option."""
    may_be_none: NotRequired[bool]
    default: NotRequired[str | float | bool | None]
    declared: NotRequired[list[str]]
    """`--config`, `-c`. Empty: typer's own, made of the name."""
    shown: NotRequired[dict[str, Any]]
    """Of typer: help, metavar, envvar, show_default, min, max."""


class CommandEntry(TypedDict):
    """A command, or a group of commands, or both."""

    help: str
    function: NotRequired[str]
    """`module:name` of what runs. A group without it does nothing alone."""
    parameters: NotRequired[list[ParameterEntry]]
    commands: NotRequired[dict[str, "CommandEntry"]]
    """A group's."""


@cache
def command_table() -> Mapping[str, CommandEntry]:
    """All commands and groups of `bascule`, by name."""
    return cast("dict[str, CommandEntry]", json.loads(FILE.read_bytes()))


def add_command(app: typer.Typer, name: str, entry: CommandEntry, *, panel: str | None = None) -> None:
    """Give the command line a command, or a group with its commands. `panel`: of the help page, in English."""
    panels: dict[str, Any] = {"rich_help_panel": panel} if panel else {}
    if "commands" in entry:
        app.add_typer(_group_of(entry), name=name, **panels)
    else:
        app.command(name, cls=PagedCommand, help=entry["help"], **panels)(_runs(entry))


def add_name(app: typer.Typer, name: str, *, panel: str) -> None:
    """Give the command line a name with its help text, for the page that lists all commands. It has no parameters."""
    text = command_table()[name]["help"]
    app.command(name, cls=PagedCommand, help=text, rich_help_panel=panel, add_help_option=False)(_nothing)


def in_place(place: str) -> Any:
    """What `module:name` stands for. Imports the module."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _group_of(entry: CommandEntry) -> typer.Typer:
    alone = "function" in entry
    group = typer.Typer(cls=PagedGroup, help=entry["help"], no_args_is_help=not alone, invoke_without_command=alone)
    if alone:
        group.callback()(_runs_alone(entry))
    for name, inner in entry["commands"].items():
        add_command(group, name, inner)
    return group


def _runs(entry: CommandEntry) -> Callable[..., Any]:
    def run(**given: Any) -> Any:
        return in_place(entry["function"])(**given)

    return _with_signature(run, list(map(_parameter, entry["parameters"])))


def _runs_alone(entry: CommandEntry) -> Callable[..., Any]:
    """A group that is a command itself, such as `check`: it does nothing before a command inside."""
    run = _runs(entry)

    def run_alone(context: typer.Context, **given: Any) -> Any:
        if context.invoked_subcommand is not None:
            return refuse_options(context)
        return run(**given)

    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    return _with_signature(run_alone, [context, *map(_parameter, entry["parameters"])])


def _nothing() -> None:
    """A name alone is never called: whoever writes it gets the command."""


def _with_signature(function: Callable[..., Any], parameters: list[inspect.Parameter]) -> Callable[..., Any]:
    """Typer reads a function's signature."""
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return function


def _parameter(entry: ParameterEntry) -> inspect.Parameter:
    kind = KINDS.get(entry["kind"]) or in_place(entry["kind"])
    make: Callable[..., Any] = typer.Argument if entry.get("argument") else typer.Option
    declared = make(*entry.get("declared", ()), **entry.get("shown", {}))
    return inspect.Parameter(
        entry["name"],
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[kind | None if entry.get("may_be_none") else kind, declared],
        default=_default(entry, kind),
    )


def _default(entry: ParameterEntry, kind: Any) -> Any:
    if "default" not in entry:
        return inspect.Parameter.empty
    written = entry["default"]
    return kind(written) if isinstance(written, str) else written


def refuse_options(context: typer.Context) -> None:
    """Refuse options placed before the inner command: typer gives them to the group, where they have no effect."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    options = [name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"]
    if options:
        text = _("--{option} goes behind `{command}`", option=options[0], command=context.invoked_subcommand)
        raise typer.BadParameter(text, ctx=context)
