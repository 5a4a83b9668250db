"""The `bascule` command. Exit codes: 0 done; 1 something is not as it should be; 2 the configuration or the call is wrong;
3 a system outside (cluster, directory, store) could not be used; 130 interrupted."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated

import typer

from provisioner.cli.framework import command_of
from provisioner.cli.output import complain_of
from provisioner.errors import BasculeError, SettingsError
from provisioner.texts.catalogue import catalogue_of
from provisioner.texts.language import OPTION, VARIABLE, language_of, split_language
from provisioner.texts.translate import use_catalogue

_COMMANDS = {
    "demo": "demo",
    "twin": "twin",
    "init": "init",
    "run": "service",
    "check": "check",
    "plan": "plan",
    "forecast": "forecast",
    "status": "status",
    "desktops": "desktops",
    "agents": "agents",
    "why": "why",
    "journal": "journal",
    "config": "config",
    "freeze": "freeze",
    "thaw": "freeze",
    "hold": "intents",
    "unhold": "intents",
    "baseline": "intents",
    "directory": "directory",
    "node": "node",
    "desktop": "desktop",
    "vm": "vm",
    "reconcile": "reconcile",
    "token": "token",
    "backup": "backup",
    "restore": "backup",
}
"""Each command or group, and the module here that holds it under the same name. In the order of the help page."""


def app_of(*names: str) -> typer.Typer:
    """The command line with these commands only, and only their modules imported: `freeze` must not wait for a twin."""
    app = typer.Typer(
        name="bascule",
        help="Puts a whole workforce on virtual desktops overnight, on Proxmox VE.",
        epilog="Exit codes: 0 done; 1 something is not as it should be; 2 the configuration or the call is wrong; "
        "3 a cluster, the directory or the store could not be used; 130 interrupted.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_bascule)
    for name in names:
        command = getattr(import_module(f"provisioner.cli.{_COMMANDS[name]}"), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def whole_app() -> typer.Typer:
    """Every command."""
    return app_of(*_COMMANDS)


def _bascule(
    language: Annotated[
        str,
        typer.Option(
            OPTION, envvar=VARIABLE, metavar="en|fr", help="The language of texts; by default that of the environment."
        ),
    ] = "",
) -> None:
    # Without a callback, typer makes a single command the whole command line.
    # The option is declared for the help page only: `main` has already read it.
    del language


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command, by default from the process's own arguments. Language: `--lang` anywhere in them, else the environment."""
    with _complaining():
        use_catalogue(catalogue_of(language_of(os.environ)))
        language, words = split_language(sys.argv[1:] if arguments is None else arguments)
        if language is not None:
            use_catalogue(catalogue_of(language))
        run(words)


def run(words: Sequence[str]) -> None:
    """Run a command in the current language. An error is one message, never a traceback."""
    with _complaining():
        app = app_of(words[0]) if words and words[0] in _COMMANDS else whole_app()
        command_of(app)(args=list(words), prog_name="bascule")


@contextmanager
def _complaining() -> Iterator[None]:
    try:
        yield
    except SettingsError as error:
        complain_of(error)
        sys.exit(2)
    except BasculeError as error:
        complain_of(error)
        sys.exit(3)
