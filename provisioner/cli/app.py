"""The `bascule` command. Exit codes: 0 done; 1 something is not as it should be; 2 the configuration or the call is wrong;
3 a system outside (daemon, cluster, directory, store) could not be used; 130 interrupted."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Annotated, Any

import typer

from provisioner.cli.command_table import add_command, add_name, command_table
from provisioner.cli.completion import ASKED, PROGRAM, command_being_completed
from provisioner.cli.framework import HELP, PagedGroup, run_app
from provisioner.cli.output import complain_of, say_zone
from provisioner.cli.times import begin, for_programs
from provisioner.errors import BasculeError, SettingsError
from provisioner.texts.catalogue import catalogue_of
from provisioner.texts.language import OPTION, VARIABLE, language_of, split_language
from provisioner.texts.translate import N_, use_catalogue

VERSION = "--version"
_PANELS = {
    N_("Try"): {
        "demo": "demo",
        "twin": "twin",
    },
    N_("Install and run"): {
        "init": "init",
        "check": "check",
        "run": "service",
        "receiver": "receiver",
        "config": "config",
        "reload": "config_reload",
        "token": "config_token",
        "guest": "guest",
        "completion": "completion",
        "backup": "store_backup",
        "restore": "store_backup",
        "store": "store",
    },
    N_("Before a surge"): {
        "scenario": "scenario",
        "forecast": "forecast",
        "drill": "drill",
        "readiness": "readiness",
        "probe": "probe",
    },
    N_("Surge and pools"): {
        "surge": "surge",
        "rotation": "surge_rotation",
        "pool": "pool",
        "lend": "pool",
        "give-back": "pool",
    },
    N_("Look"): {
        "status": "status",
        "desktops": "desktop_list",
        "agents": "agent",
        "connections": "agent_connections",
        "plan": "report_plan",
        "person": "person",
        "why": "why",
        "journal": "report_journal",
        "reconcile": "report_drift",
        "report": "report",
    },
    N_("Order"): {
        "desktop": "desktop",
        "node": "node",
        "directory": "directory",
        "baseline": "store_accept",
        "vm": "store_retire",
    },
    N_("Stop and go on"): {
        "freeze": "freeze",
        "thaw": "freeze",
        "hold": "hold",
        "unhold": "hold",
    },
}
"""The parts of the help page: each command or group, and the module here that holds it under the same name."""
_COMMANDS = {name: module for panel in _PANELS.values() for name, module in panel.items()}
_PANEL_OF = {name: panel for panel, commands in _PANELS.items() for name in commands}

EPILOG = (
    "Exit codes: 0 done; 1 something is not as it should be; 2 the configuration or the call is wrong; "
    "3 the daemon, a cluster, the directory or the store could not be used; 130 interrupted."
)


class _InOrder(PagedGroup):
    """Typer itself lists all groups behind all commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the help page."""
        del ctx
        return [name for name in _COMMANDS if name in self.commands]


def app_of(*names: str) -> typer.Typer:
    """The command line with these commands only."""
    app = _bare_app()
    for name in names:
        add_command(app, name, command_table()[name], panel=_PANEL_OF[name])
    return app


def app_naming_all(*names: str) -> typer.Typer:
    """The command line with these commands, and of every other its name and help text: for the page that lists them all."""
    app = _bare_app()
    for name, panel in _PANEL_OF.items():
        if name in names:
            add_command(app, name, command_table()[name], panel=panel)
        else:
            add_name(app, name, panel=panel)
    return app


def whole_app() -> typer.Typer:
    """Every command, of the modules themselves: what the table of commands, the manual page and the catalogues are made of."""
    app = _bare_app()
    for name, module in _COMMANDS.items():
        command = getattr(import_module(f"provisioner.cli.{module}"), name.replace("-", "_"))
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=_PANEL_OF[name])
        else:
            app.command(name, rich_help_panel=_PANEL_OF[name])(command)
    return app


def _bare_app() -> typer.Typer:
    app = typer.Typer(
        name="bascule",
        cls=_InOrder,
        help="Puts a whole workforce on virtual desktops overnight, on Proxmox VE.",
        epilog=EPILOG,
        context_settings={"help_option_names": HELP},
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_bascule)
    return app


def _bascule(
    language: Annotated[
        str,
        typer.Option(
            OPTION, envvar=VARIABLE, metavar="en|fr", help="The language of texts; by default that of the environment."
        ),
    ] = "",
    version: Annotated[bool, typer.Option(VERSION, help="Print the version.")] = False,
) -> None:
    # Without a callback, typer makes a single command the whole command line.
    # The options are declared for the help page only: `main` has already read them.
    del language, version


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
    begin()
    with _complaining():
        if list(words) == [VERSION]:
            from provisioner.daemon.site_file import release

            typer.echo(release())
            return
        completed = command_being_completed(os.environ)
        name = completed or next(iter(words), "")
        if ASKED in os.environ:
            from typer._completion_classes import completion_init

            completion_init()
        app = app_of(name) if name in _COMMANDS else app_naming_all(*words)
        run_app(app, words, name=PROGRAM, complete_var=ASKED)


_WRONG_CALL = 2


@contextmanager
def _complaining() -> Iterator[None]:
    try:
        yield
    except BasculeError as error:
        complain_of(error)
        for_programs()
        sys.exit(2 if isinstance(error, SettingsError) else 3)
    except SystemExit as ended:
        if ended.code == _WRONG_CALL:
            for_programs()
        raise
    finally:
        say_zone()
