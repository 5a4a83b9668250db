"""`bascule report`: what came of a surge; peaks of sessions; capacity."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from provisioner.cli.choices import CsvStyle
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import CAPACITY, REPORTS_PEAK, REPORTS_SURGE, CapacitiesDocument
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.report.capacity import capacity_report, peak_report
from provisioner.cli.report.files import OutputOption, StyleOption, TableOption, hand_out, kind_of
from provisioner.cli.report.kept import had_document
from provisioner.cli.report.surge import surge_report
from provisioner.errors import SettingsError
from provisioner.model.ids import Instant
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.reasons.surges import NO_RUN, NO_SUCH_RUN

if TYPE_CHECKING:
    from provisioner.ports import Store

StoredOption = Annotated[bool, typer.Option("--offline", help="Read it from the store, without the daemon.")]


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
    query = ({"names": "true"} if names else {}) | ({} if run is None else {"run": str(run)})
    document, away = had_document(
        REPORTS_SURGE, query, Look(config=config, socket=socket, offline=offline, json=json), partial(_run, run, names)
    )
    hand_out(document, partial(surge_report, document), output=output, json=json, style=csv_style, table=table)
    raise typer.Exit(3 if away else 0)


def peak(
    days: Annotated[int | None, typer.Option("--days", min=1, max=366, help="Only the last so many days, with today.")] = None,
    output: OutputOption = None,
    csv_style: StyleOption = CsvStyle.RFC,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: StoredOption = False,
) -> None:
    """The most sessions that were open at once: on each day of the last year, together and by profile.

    Exit code 3 without a daemon: then it is what the store keeps.
    """
    kind_of(output)
    query = {} if days is None else {"days": str(days)}
    document, away = had_document(
        REPORTS_PEAK, query, Look(config=config, socket=socket, offline=offline, json=json), partial(_peaks, days)
    )
    hand_out(document, partial(peak_report, document), output=output, json=json, style=csv_style)
    raise typer.Exit(3 if away else 0)


def capacity(
    output: OutputOption = None,
    csv_style: StyleOption = CsvStyle.RFC,
    table: TableOption = "",
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
) -> None:
    """How many more desktops fit now, with each node lost, what runs out first, and what would add most."""
    kind_of(output)

    def show(document: CapacitiesDocument) -> None:
        hand_out(document, partial(capacity_report, document), output=output, json=json, style=csv_style, table=table)

    show_document(CAPACITY, Look(config=config, socket=socket, offline=offline, json=json), show)


def _run(number: int | None, names: bool, store: "Store", now: Instant) -> object:
    from provisioner.daemon.report_facts import report_facts
    from provisioner.views.surge_report.document import surge_report_document

    facts = report_facts(store, number, now=now)
    if facts is None:
        numbers = [str(run.number) for run in store.runs()]
        raise SettingsError(NO_SUCH_RUN(number=number or 0, numbers=join_reasons(numbers, ALSO)) if numbers else NO_RUN())
    return surge_report_document(facts, names=names)


def _peaks(days: int | None, store: "Store", now: Instant) -> object:
    from provisioner.views.peaks import PEAK_LINES, peaks_document

    lines = store.journal(limit=PEAK_LINES, subject="")
    return peaks_document(store.session_counts(), lines, now=now, days=days)


__all__ = ["capacity", "peak", "surge"]
