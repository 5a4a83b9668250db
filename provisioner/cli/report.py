"""`bascule report`: what came of a surge."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import DaemonSilent, SocketOption, ask_daemon, daemon_socket
from provisioner.cli.liveness import say_kept, say_stored
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, plain
from provisioner.cli.report_csv import CsvStyle
from provisioner.cli.report_files import OutputOption, StyleOption, TableOption, hand_out, kind_of
from provisioner.cli.report_surge import surge_report
from provisioner.errors import SettingsError
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.reasons.report import NO_RUN, NO_SUCH_RUN
from provisioner.texts.catalogue import catalogue_of
from provisioner.texts.language import ENGLISH
from provisioner.texts.translate import use_catalogue

report = typer.Typer(help="Reports, for people and for spreadsheets.", no_args_is_help=True)
StoredOption = Annotated[bool, typer.Option("--offline", help="Read it from the store, without the daemon.")]


@report.command("surge")
def surge(
    run: Annotated[int | None, typer.Option("--run", min=1, metavar="N", help="Which run; by default the newest.")] = None,
    output: OutputOption = None,
    csv_style: StyleOption = CsvStyle.RFC,
    table: TableOption = "",
    names: Annotated[bool, typer.Option("--names", help="Name desktops and operators; otherwise it names nobody.")] = False,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: StoredOption = False,
) -> None:
    """What came of a surge: plan against actual, what happened, what bound, what failed, forecasts with their scores.

    Exit code 3 without a daemon: then it is what the store keeps.
    """
    kind_of(output)
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    silent = None
    try:
        document = None if offline else _asked(daemon_socket(socket, config), run, names=names)
    except DaemonSilent as error:
        silent, document = error.reason, None
    if document is None:
        document, newest = _stored(config, run, names=names)
        say_stored(newest) if silent is None else say_kept(silent, newest)
    hand_out(document, partial(surge_report, document), output=output, json=json, style=csv_style, table=table)
    if silent is not None:
        raise typer.Exit(3)


def _asked(at: Path | None, run: int | None, *, names: bool) -> Any:
    query = {"names": "true"} if names else {}
    return ask_daemon(at, "reports/surge", **query, **({} if run is None else {"run": str(run)}))


def _stored(config: Path, run: int | None, *, names: bool) -> tuple[Any, float | None]:
    """The report, and when the newest line of the journal was written. Raises SettingsError and StoreError."""
    from provisioner.cli.intents import access_to_store
    from provisioner.daemon.keeping import store_of
    from provisioner.daemon.report_facts import report_facts
    from provisioner.views.surge_report.document import surge_report_document

    clock = clock_of_commands()
    with closing(store_of(access_to_store(config), clock=clock)) as store:
        store.demand()
        newest = next((line.at for line in store.journal(limit=1)), None)
        facts = report_facts(store, run, now=clock.now())
        numbers = [str(each.number) for each in store.runs()]
    if facts is None:
        raise SettingsError(NO_SUCH_RUN(number=run or 0, numbers=join_reasons(numbers, ALSO)) if numbers else NO_RUN())
    return plain(surge_report_document(facts, names=names)), newest


__all__ = ["report"]
