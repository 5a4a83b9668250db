"""The manual page, made of the tree of commands: `make schema` writes config/man/bascule.1."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.main import get_command

from provisioner.cli.app import EPILOG, whole_app

FILE = Path(__file__).parents[2] / "config" / "man" / "bascule.1"
_ENVIRONMENT = (
    ("BASCULE_CONFIG", "The configuration file, instead of /etc/bascule/bascule.yaml."),
    ("BASCULE_SOCKET", "The daemon's socket, instead of the one that it names itself."),
    ("BASCULE_PATIENCE", "Whole seconds that a command waits for the daemon's answer, instead of 5."),
    ("BASCULE_LANG", "The language of texts: en or fr."),
)
_ROFF = {"\\": "\\e", "-": "\\-"}
_FILES = (
    ("/etc/bascule/bascule.yaml", "The configuration."),
    ("/run/bascule/api.sock", "The daemon's socket."),
    ("/run/bascule/site.json", "What the running daemon says of itself: commands find it by this file."),
)


def manual_page() -> str:
    """The page, in man(7)."""
    return "".join(f"{line}\n" for line in _lines())


def _lines() -> Iterator[str]:
    root = get_command(whole_app())
    yield '.TH BASCULE 1 "" "Bascule" "Commands"'
    yield from (".SH NAME", "bascule \\- virtual desktops for a whole workforce, on Proxmox VE")
    yield from (".SH SYNOPSIS", ".B bascule", r"[\-\-lang en|fr] \fICOMMAND\fR [\fIARGUMENTS\fR]")
    yield from (".SH DESCRIPTION", *_text(root.help or ""))
    yield ".SH COMMANDS"
    for path, command in commands(root, ()):
        yield from _command(path, command)
    yield from (".SH EXIT STATUS", *_text(EPILOG.removeprefix("Exit codes: ")))
    yield from (".SH ENVIRONMENT", *_items(_ENVIRONMENT), ".SH FILES", *_items(_FILES))


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, in the order of the help page."""
    inner = getattr(command, "commands", {})
    if path and (not inner or command.invoke_without_command):
        yield path, command
    for name, each in inner.items():
        yield from commands(each, (*path, name))


def _command(path: tuple[str, ...], command: Any) -> Iterator[str]:
    context = typer.Context(command, info_name=" ".join(path))
    arguments = [option for option in command.get_params(context) if option.param_type_name == "argument"]
    usage = " ".join(argument_name(option) for option in arguments)
    yield f".SS bascule {_plain(' '.join(path))} {_plain(usage)}".rstrip()
    yield from _text(command.help or "")
    yield from _items((argument_name(option), option.help or "") for option in arguments)
    shown = [option for option in command.get_params(context) if option.param_type_name == "option" and not option.hidden]
    yield from _items((_written(option, context), option.help or "") for option in shown if "--help" not in option.opts)


def argument_name(option: Any) -> str:
    """As it is written in a call: `NODE`."""
    return str(option.metavar or option.name.upper())


def _written(option: Any, context: typer.Context) -> str:
    """`--config, -c PATH`."""
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {option.metavar or option.display_type(context)}"


def _items(items: Any) -> Iterator[str]:
    for name, text in items:
        yield from (".TP", f"\\fB{_plain(name)}\\fR", *_text(text))


def _text(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        yield _plain(" ".join(paragraph.split()))


def _plain(text: str) -> str:
    """Printed as it is written: a line must not begin with a dot or an apostrophe."""
    escaped = "".join(_ROFF.get(char, char) if char.isascii() else f"\\[u{ord(char):04X}]" for char in text)
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def write_page(file: Path = FILE) -> None:
    """Write it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(manual_page(), encoding="utf-8")


if __name__ == "__main__":
    write_page(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE)
