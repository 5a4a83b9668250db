"""Writes the table of commands, of the commands' own signatures: `make schema`."""

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer
from typer.models import DefaultPlaceholder, OptionInfo

from provisioner.cli.app import whole_app
from provisioner.cli.command_table import FILE, KINDS, CommandEntry, ParameterEntry

_SHOWN = ("help", "metavar", "envvar", "show_default", "min", "max")
_WORDS = {str(kind): word for word, kind in KINDS.items()}


def table_text() -> str:
    """The file."""
    return _text(stated(whole_app())) + "\n"


def _text(value: object, indent: str = "") -> str:
    """JSON with a line for each parameter: a parameter that changes is a line that changes."""
    inner = f"{indent} "
    if isinstance(value, dict):
        members = ",\n".join(f"{inner}{json.dumps(key)}: {_text(member, inner)}" for key, member in value.items())
        return f"{{\n{members}\n{indent}}}"
    if isinstance(value, list):
        return "[" + ",".join(f"\n{inner}{json.dumps(member, ensure_ascii=False)}" for member in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def stated(app: typer.Typer) -> dict[str, CommandEntry]:
    """The commands and groups of a command line, by name."""
    commands = {_name(each): _command(each.callback) for each in app.registered_commands}
    return commands | {str(each.name): _group(each.typer_instance) for each in app.registered_groups}


def _name(command: Any) -> str:
    return str(command.name or command.callback.__name__.replace("_", "-"))


def _command(function: Any) -> CommandEntry:
    return {"help": inspect.getdoc(function) or "", "function": _place(function), "parameters": list(_parameters(function))}


def _group(group: Any) -> CommandEntry:
    """Its callback counts only if it is a command itself: typer would make a single command inside the whole group."""
    entry: CommandEntry = {"help": ""}
    if group.info.invoke_without_command is True:
        entry |= _command(group.registered_callback.callback)
    if not isinstance(group.info.help, DefaultPlaceholder):
        entry["help"] = group.info.help
    return {**entry, "commands": stated(group)}


def _place(thing: Any) -> str:
    return f"{thing.__module__}:{thing.__qualname__}"


def _parameters(function: Any) -> Iterator[ParameterEntry]:
    hints = get_type_hints(function, include_extras=True)
    for name, parameter in inspect.signature(function).parameters.items():
        assert get_origin(hints[name]) is Annotated, f"{_place(function)}: {name} has no help"
        yield _parameter(parameter, *get_args(hints[name]))


def _parameter(parameter: inspect.Parameter, kind: Any, declared: Any) -> ParameterEntry:
    kinds = [kind] if get_origin(kind) is list else get_args(kind) or [kind]
    entry: ParameterEntry = {"name": parameter.name, "kind": _kind(kinds[0])}
    if NoneType in kinds:
        entry["may_be_none"] = True
    if not isinstance(declared, OptionInfo):
        entry["argument"] = True
    if parameter.default is not inspect.Parameter.empty:
        entry["default"] = str(parameter.default) if isinstance(parameter.default, Path | str) else parameter.default
    if names := [name for name in (declared.default, *(declared.param_decls or ())) if name is not ...]:
        entry["declared"] = names
    entry["shown"] = _shown(declared)
    return entry


def _kind(kind: Any) -> str:
    return _WORDS.get(str(kind)) or _place(kind)


def _shown(declared: Any) -> dict[str, Any]:
    """What differs from typer's own."""
    plain = typer.Option() if isinstance(declared, OptionInfo) else typer.Argument()
    return {name: getattr(declared, name) for name in _SHOWN if getattr(declared, name) != getattr(plain, name)}


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else FILE).write_text(table_text(), encoding="utf-8")
