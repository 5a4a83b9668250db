"""Adapts typer. It translates what typer itself prints: help pages, and complaints about a wrong call.

Typer has no gettext and no hook for this. So help texts are replaced in the commands, headings in typer's module, and a
complaint is translated if its sentence is in `_COMPLAINTS`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.rich_utils
from typer.main import get_command

from provisioner.texts.translate import N_, _

_HEADINGS = {
    "DEFAULT_STRING": N_("[default: {}]"),
    "ENVVAR_STRING": N_("[env var: {}]"),
    "REQUIRED_LONG_STRING": N_("[required]"),
    "ARGUMENTS_PANEL_TITLE": N_("Arguments"),
    "OPTIONS_PANEL_TITLE": N_("Options"),
    "COMMANDS_PANEL_TITLE": N_("Commands"),
    "ERRORS_PANEL_TITLE": N_("Error"),
    "ABORTED_TEXT": N_("Aborted."),
    "RICH_HELP": N_("Try [blue]'{command_path} {help_option}'[/] for help."),
}
_COMPLAINTS = (
    N_("Invalid value for {what}: {why}"),
    N_("Invalid value: {why}"),
    N_("Missing command."),
    N_("Missing argument {what}."),
    N_("Missing option {what}."),
    N_("No such command {what}. {why}"),
    N_("No such command {what}."),
    N_("No such option: {what} (Possible options: {known})"),
    N_("No such option: {what}"),
    N_("Did you mean {known}?"),
    N_("Option {what} does not take a value."),
    N_("Option {what} requires an argument."),
    N_("Got unexpected extra argument(s) ({what})"),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be greater than or equal to {known}"),
    N_("Input should be less than or equal to {known}"),
    N_("Input should be {known}"),
)
"""The first match counts. `{why}` is a complaint itself and is translated too."""


def command_of(app: typer.Typer) -> Any:
    """The command line as typer runs it, with its texts translated."""
    command = get_command(app)
    context = typer.Context(command)
    for option in options_of(command, context):
        kind = getattr(getattr(option, "type_descriptor", None), "annotation", None)
        if kind in (str, Path, bool) and not option.multiple and option.nargs == 1:
            option._runtime_param = _AsWritten(kind)
    for owner, attribute in help_texts(command, context):
        setattr(owner, attribute, _(getattr(owner, attribute)))
    for name, text in _HEADINGS.items():
        setattr(typer.rich_utils, name, _(text))
    typer.rich_utils.rich_format_error = _show_complaint  # type: ignore[assignment]
    return command


def options_of(command: Any, context: typer.Context) -> Iterator[Any]:
    """All options and arguments, of commands inside too."""
    yield from command.get_params(context)
    for inner in getattr(command, "commands", {}).values():
        yield from options_of(inner, context)


class _AsWritten:
    """Takes a text, a path or a flag as it was written. Typer's own way loads pydantic, and `bascule freeze` must not wait."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def coerce(self, value: Any, **_: Any) -> Any:
        """The value for the command; None: the option was not given."""
        return None if value is None else self._kind(value)


def help_texts(command: Any, context: typer.Context) -> Iterator[tuple[Any, str]]:
    """The texts of the help pages: objects, and the attribute that holds the text."""
    yield from ((command, name) for name in ("help", "short_help", "epilog") if getattr(command, name))
    yield from ((option, "help") for option in command.get_params(context) if getattr(option, "help", None))
    for inner in getattr(command, "commands", {}).values():
        yield from help_texts(inner, context)


def complaint(text: str) -> str:
    """A sentence of typer's, translated if it is in the list."""
    for sentence in _COMPLAINTS:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(sentence))
        if match := re.fullmatch(pattern, text, re.DOTALL):
            parts = match.groupdict()
            return _(sentence, **parts | ({"why": complaint(parts["why"])} if "why" in parts else {}))
    return text


_format_error = typer.rich_utils.rich_format_error


def _show_complaint(error: Any) -> None:
    text = complaint(error.format_message())
    error.format_message = lambda: text
    _format_error(error)
