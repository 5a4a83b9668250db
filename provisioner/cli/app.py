"""The `bascule` command. Exit codes: 0 done; 1 something is not as it should be; 2 the configuration or the call is wrong;
3 a system outside (daemon, cluster, directory, store) could not be used; 130 interrupted."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from provisioner.cli.command_table import add_command, add_name, command_table, in_place
from provisioner.cli.completion import ASKED, PROGRAM, command_being_completed, know_shells
from provisioner.cli.framework import HELP, WRONG_CALL, PagedGroup, run_app
from provisioner.cli.grammar import ENTRIES, PANEL_OF, Noun, now_called
from provisioner.cli.output import complain_of, say_zone
from provisioner.cli.times import begin, for_programs
from provisioner.errors import BasculeError, SettingsError
from provisioner.texts.languages import OPTION, VARIABLE, catalogue_of, language_of, split_language
from provisioner.texts.translate import use_catalogue

VERSION = "--version"
EPILOG = (
    "Exit codes: 0 done; 1 something is not as it should be; 2 the configuration or the call is wrong; "
    "3 the daemon, a cluster, the directory or the store could not be used; 130 interrupted."
)


class _InOrder(PagedGroup):
    """Typer itself lists all groups behind all commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the help page."""
        del ctx
        return [name for name in ENTRIES if name in self.commands]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is called. An earlier name is a wrong call: the complaint says what it is called now."""
        if args[0] not in self.commands and (name := now_called(tuple(args))):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {name!r}?")  # as typer says it: `complaint` translates
        return super().resolve_command(ctx, args)


def app_of(*names: str) -> typer.Typer:
    """The command line with these commands only."""
    app = _bare_app()
    for name in names:
        add_command(app, name, command_table()[name], panel=PANEL_OF[name])
    return app


def app_naming_all(*names: str) -> typer.Typer:
    """The command line with these commands, and of every other its name and help text: for the page that lists them all."""
    app = _bare_app()
    for name, panel in PANEL_OF.items():
        if name in names:
            add_command(app, name, command_table()[name], panel=panel)
        else:
            add_name(app, name, panel=panel)
    return app


def whole_app() -> typer.Typer:
    """Every command, of the modules themselves: what the table of commands, the manual page and the catalogues are made of."""
    app = _bare_app()
    for name, entry in ENTRIES.items():
        if isinstance(entry, Noun):
            app.add_typer(_group(name, entry), name=name, rich_help_panel=PANEL_OF[name])
        else:
            app.command(name, rich_help_panel=PANEL_OF[name])(_function(entry))
    return app


def _group(name: str, noun: Noun) -> typer.Typer:
    from provisioner.cli.added import added_to

    if noun.alone:
        group = typer.Typer(invoke_without_command=True)
        group.callback()(_function(noun.alone))
    else:
        group = typer.Typer(help=noun.help, no_args_is_help=True)
    added = list(added_to(name))
    for each in filter(lambda each: each.first, added):
        group.command(each.verb)(each.run)
    for verb, place in noun.verbs.items():
        group.command(verb)(_function(place))
    for each in filter(lambda each: not each.first, added):
        group.command(each.verb)(each.run)
    return group


def _function(place: str) -> Any:
    return in_place(f"{__package__}.{place}")


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
        typer.Option(OPTION, envvar=VARIABLE, metavar="en|fr", help="The language of texts."),
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
            know_shells()
        app = app_of(name) if name in ENTRIES else app_naming_all(*words)
        run_app(app, words, name=PROGRAM, complete_var=ASKED)


@contextmanager
def _complaining() -> Iterator[None]:
    try:
        yield
    except BasculeError as error:
        complain_of(error)
        for_programs()
        sys.exit(2 if isinstance(error, SettingsError) else 3)
    except SystemExit as ended:
        if ended.code == WRONG_CALL:
            for_programs()
        raise
    finally:
        say_zone()
