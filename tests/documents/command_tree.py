"""Calls of `bascule`, read as the command line itself reads them. Nothing is run."""

import re
from collections.abc import Sequence
from typing import Any

import typer

from provisioner.cli.app import VERSION, whole_app
from provisioner.cli.framework import HELP, command_of
from provisioner.errors import SettingsError
from provisioner.texts.languages import split_language

LEFT_OUT = "…"
"""Words that a page does not write out."""
_ANY = ("NOUN", "COMMAND")
"""Placeholders for every command."""
_TREE: Any = command_of(whole_app())
_UNFINISHED = re.compile(r"Missing |Option '.*' requires an argument")


def complaint(words: Sequence[str]) -> str:
    """What the command line says to this call before it does anything; empty: it takes it."""
    try:
        _, called = split_language(words)
        _parse(_TREE, called)
    except SettingsError as wrong:
        return str(wrong)
    except typer.TyperException as wrong:
        return str(wrong.format_message())
    return ""


def complaint_in_a_sentence(words: Sequence[str]) -> str:
    """As `complaint`, of a command that may be named without its arguments, or with `…` for any of them."""
    readings = [complaint(words), complaint([word for word in words if word != LEFT_OUT])]
    return "" if any(not said or _UNFINISHED.match(said) for said in readings) else readings[0]


def _parse(command: Any, called: Sequence[str]) -> None:
    name, context, words = "bascule", None, [word for word in called if word not in (*HELP, VERSION)]
    if words[:1] and words[0] in _ANY:
        return
    while words or context is None:
        context = command.make_context(name, words, parent=context) if words else typer.Context(command)
        if not hasattr(command, "commands"):
            return
        words = [*getattr(context, "_protected_args", ()), *context.args]
        if words:
            name, command, words = command.resolve_command(context, words)
            if not words and not hasattr(command, "commands"):
                command.make_context(name, words, parent=context)
