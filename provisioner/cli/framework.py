"""Adapts typer. It translates what typer itself prints: help pages, and complaints about a wrong call.

Typer has no gettext. So help texts are replaced in the commands, `help_page` prints pages and complaints, and a complaint is
translated if its sentence is in `_COMPLAINTS`. No private name of typer is used: a test looks.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from provisioner.texts.translate import N_, _

WRONG_CALL = 2
"""The exit code."""
HELP = ["-h", "--help"]
"""The options that print a help page."""
_TEXTS = ("help", "short_help", "epilog", "rich_help_panel")
"""What a command's help page shows of its own."""
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
    context = typer.Context(command, help_option_names=HELP)
    for option in options_of(command, context):
        option.__class__ = _LIGHT[type(option)]  # typer makes options itself, and takes no other class for them
    for owner, attribute in help_texts(command, context):
        setattr(owner, attribute, _(getattr(owner, attribute)))
    return command


def run_app(app: typer.Typer, words: Sequence[str], *, name: str, complete_var: str) -> None:
    """Run the command line, and end the process with its exit code, if that is not 0."""
    try:
        code = command_of(app).main(list(words), prog_name=name, complete_var=complete_var, standalone_mode=False)
    except typer.TyperException as wrong:
        _complain(wrong)
        sys.exit(wrong.exit_code)
    except typer.Abort:
        from provisioner.cli.help_page import print_aborted

        print_aborted()
        sys.exit(1)
    sys.exit(code or 0)


def options_of(command: Any, context: typer.Context) -> Iterator[Any]:
    """All options and arguments, of commands inside too."""
    yield from command.get_params(context)
    for inner in getattr(command, "commands", {}).values():
        yield from options_of(inner, context)


class _AsWritten:
    """Takes texts, a path or a flag as written."""

    def __init__(self, kind: type) -> None:
        self._kind = kind

    def coerce(self, value: Any, **_: Any) -> Any:
        """The value for the command; None: the option was not given."""
        return None if value is None else self._kind(value)


class _Number:
    """Takes a default as it is: only a number that was written has to be checked. `checking`: gives typer's own way."""

    def __init__(self, checking: Callable[[], Any]) -> None:
        self._checking = checking

    def coerce(self, value: Any, **context: Any) -> Any:
        """The value for the command."""
        if value is None or isinstance(value, int | float):
            return value
        return self._checking().coerce(value, **context)


def _taking(option: Any, typers: Callable[[], Any]) -> Any:
    """What takes the option's value. Typer's own way loads pydantic, and `bascule freeze` must not wait."""
    kind, single = option.type_descriptor.annotation, not option.multiple and option.nargs == 1
    if kind in (str, Path, bool) and single:
        return _AsWritten(kind)
    if kind == list[str] and option.nargs == -1:
        return _AsWritten(list)
    return _Number(typers) if kind in (int, float) and single else typers()


class _LightOption(TyperOption):
    def get_runtime_param(self) -> Any:
        return _taking(self, super().get_runtime_param)


class _LightArgument(TyperArgument):
    def get_runtime_param(self) -> Any:
        return _taking(self, super().get_runtime_param)


_LIGHT: dict[Any, Any] = {TyperOption: _LightOption, TyperArgument: _LightArgument}


def help_texts(command: Any, context: typer.Context) -> Iterator[tuple[Any, str]]:
    """The texts of the help pages: objects, and the attribute that holds the text."""
    yield from ((command, name) for name in _TEXTS if getattr(command, name, None))
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


def _complain(wrong: typer.TyperException) -> None:
    """Show a wrong call in the language."""
    from provisioner.cli.help_page import print_complaint

    print_complaint(complaint(wrong.format_message()), getattr(wrong, "ctx", None))


class PagedCommand(TyperCommand):
    """A command with our help page."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print it."""
        _print_page(self, ctx, formatter)


class PagedGroup(TyperGroup):
    """A group with our help page. Called alone it shows the page, which is a wrong call."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words that are left for the command inside."""
        if not args and self.no_args_is_help and not ctx.resilient_parsing:
            _print_page(self, ctx, None)
            ctx.exit(WRONG_CALL)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print it."""
        _print_page(self, ctx, formatter)


def _print_page(command: Any, context: Any, formatter: Any) -> None:
    del formatter
    from provisioner.cli.help_page import print_page

    print_page(command, context)
