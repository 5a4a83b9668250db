"""The commands as they describe themselves: `make texts` rewrites docs/en/commands.md."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer.main

from provisioner.cli.app import whole_app
from provisioner.cli.man import argument_name, commands

PAGE = Path(__file__).parents[2] / "docs" / "en" / "commands.md"
_HEAD = """\
# Commands

Every command with its arguments and options, as `bascule COMMAND --help` shows them; [which command?](which-command.md) lists
them by purpose. **This page is generated** from the commands (`make texts`). `--lang fr`, anywhere: texts in French.
"""
_KINDS = {str: "TEXT", list[str]: "TEXT", int: "NUMBER", float: "NUMBER", Path: "FILE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """An argument or an option."""

    names: tuple[str, ...]
    """`--config`, `-c`; of an argument its word in capitals."""
    value: str
    """What is to be given; empty: nothing, it is a switch."""
    help: str
    default: str
    """Empty: none, or it says nothing."""
    environment: str
    """A variable that stands for it."""
    required: bool
    is_argument: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPage:
    """A command that does something: groups alone have none."""

    words: tuple[str, ...]
    """After `bascule`."""
    help: tuple[str, ...]
    """Paragraphs."""
    parameters: tuple[Parameter, ...]

    @property
    def usage(self) -> str:
        """As on its help page."""
        arguments = (parameter for parameter in self.parameters if parameter.is_argument)
        options = any(not parameter.is_argument for parameter in self.parameters)
        shown = [*(["[OPTIONS]"] if options else []), *(_argument(argument) for argument in arguments)]
        return " ".join(("bascule", *self.words, *shown))


def command_pages() -> Iterator[CommandPage]:
    """Every command, in the order of the help page and of the manual page."""
    for words, command in commands(typer.main.get_command(whole_app()), ()):
        yield CommandPage(
            words=words,
            help=tuple(" ".join(part.split()) for part in (command.help or "").split("\n\n")),
            parameters=tuple(_parameter(found) for found in command.params if found.name != "help"),
        )


def write_page() -> None:
    """Write docs/en/commands.md."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """docs/en/commands.md."""
    return "\n".join([_HEAD, *map(_section, command_pages())])


def _parameter(found: Any) -> Parameter:
    is_argument = found.param_type_name == "argument"
    is_switch = bool(getattr(found, "is_flag", False))
    variable = found.envvar or ""
    return Parameter(
        names=(argument_name(found),) if is_argument else tuple(sorted(found.opts, key=lambda name: (-len(name), name))),
        value="" if is_argument or is_switch else _value(found),
        help=" ".join((getattr(found, "help", "") or "").split()),
        default="" if is_switch else _default(found),
        environment=variable if isinstance(variable, str) else ", ".join(variable),
        required=bool(found.required),
        is_argument=is_argument,
    )


def _value(found: Any) -> str:
    kind = found.type_descriptor.annotation
    return str(found.metavar or _KINDS.get(kind) or getattr(kind, "__name__", "TEXT").upper())


def _default(found: Any) -> str:
    shown = getattr(found, "show_default", True)
    if isinstance(shown, str):
        return shown
    plain = isinstance(found.default, str | int | float | Path)
    return str(found.default) if shown and plain and found.default not in ("", None) else ""


def _argument(argument: Parameter) -> str:
    name = argument.names[0]
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _section(command: CommandPage) -> str:
    lines = [f"## bascule {' '.join(command.words)}", "", f"`{command.usage}`", ""]
    for paragraph in command.help:
        lines += [paragraph, ""]
    if command.parameters:
        lines += ["| | |", "| --- | --- |", *map(_row, command.parameters), ""]
    return "\n".join(lines)


def _row(parameter: Parameter) -> str:
    names = ", ".join(f"`{name}`" for name in parameter.names)
    value = f" `{parameter.value}`" if parameter.value else ""
    notes = [f"Default: `{parameter.default}`."] if parameter.default else []
    notes += [f"Variable: `{parameter.environment}`."] if parameter.environment else []
    notes += ["Required."] if parameter.required and not parameter.is_argument else []
    text = " ".join(filter(None, [parameter.help, *notes]))
    return f"| {names}{value} | {re.sub(r'(?<!`)[|]', chr(92) + '|', text)} |"
