"""The `bascule` command. Exit codes: 0 done; 1 something is not as it should be; 2 the configuration or the call is wrong;
3 a system outside (cluster, directory, store) could not be used; 130 interrupted."""

import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from provisioner.cli.output import complain_of
from provisioner.errors import BasculeError, SettingsError

_COMMANDS = {
    "demo": "demo",
    "run": "service",
    "check": "check",
    "plan": "status",
    "forecast": "forecast",
    "status": "status",
    "desktops": "status",
    "agents": "agents",
    "journal": "status",
    "freeze": "intents",
    "thaw": "intents",
    "hold": "intents",
    "unhold": "intents",
    "baseline": "intents",
    "directory": "directory",
    "node": "node",
    "desktop": "desktop",
    "vm": "vm",
    "reconcile": "reconcile",
    "backup": "backup",
    "restore": "backup",
}
"""Each command or group of commands, and the module here in which something of that name is it. In the order of the help."""


def app_of(*names: str) -> typer.Typer:
    """The command line with these commands only. Modules are imported for them alone: `freeze` must not wait for a twin."""
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
        found = getattr(import_module(f"provisioner.cli.{_COMMANDS[name]}"), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def whole_app() -> typer.Typer:
    """Every command."""
    return app_of(*_COMMANDS)


def _bascule() -> None:
    """Without it, typer would take an only command for the whole."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command, by default the process's own; what goes wrong is one message, never a traceback."""
    words = sys.argv[1:] if arguments is None else arguments
    app = app_of(words[0]) if words and words[0] in _COMMANDS else whole_app()
    try:
        app(args=words, prog_name="bascule")
    except SettingsError as error:
        complain_of(error)
        sys.exit(2)
    except BasculeError as error:
        complain_of(error)
        sys.exit(3)
