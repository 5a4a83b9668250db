"""`bascule surge`: start, status, pause, resume, go, abort, finish, extend, diff, accept."""

from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.choices import CsvStyle, Split
from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.documents import SURGE
from provisioner.cli.ordering import Desk, desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption, print_json, say
from provisioner.cli.reading import Look, OfflineOption, show_document
from provisioner.cli.report.files import StyleOption
from provisioner.cli.surge.lines import show_moves, show_surge
from provisioner.cli.surge.terms import (
    AtOption,
    BatchOption,
    DayOption,
    EveryOption,
    KeepOption,
    SheetOption,
    UntilOption,
    end_lines,
    first_day,
    refuse_start,
    return_terms,
    show_forecast,
    start_lines,
    time_of,
)
from provisioner.cli.watching import WatchOption
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _


def start(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The scenario; refused if another is configured.")] = "",
    at: AtOption = "",
    day_1: DayOption = "",
    until: UntilOption = "",
    forecast: Annotated[bool, typer.Option(help="Show first what it would come to.")] = True,
    yes: YesOption = False,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Start the configured scenario, now or at a time. First the forecast is shown, and you are asked.

    The same scenario again is a new run. Two surges at once are refused.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    terms = {
        "scenario": name,
        "starts_at": time_of(at, daemon),
        "first_day": first_day(day_1, daemon),
        "ends_at": time_of(until, daemon),
    }
    if not yes:
        document = daemon.ask(SURGE)
        refuse_start(document, name)
        foreseen = show_forecast(config) if forecast else None
        confirm(_("start it?"), yes=yes, first=start_lines(document, foreseen))
    _order(daemon, "start", **terms)


def status(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
    watch: WatchOption = "",
) -> None:
    """The run, by whom and since when, each wave, and what desktops wait for."""
    show_document(SURGE, Look(config=config, socket=socket, offline=offline, json=json, watch=watch), show_surge)


def pause(
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Begin nothing new. What was begun is finished, repairs go on, and nobody loses a desktop."""
    _order(desk(socket, config, reason=reason, by=by, json=json), "pause")


def resume(
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Go on: after a pause, an abort or a return. What would have opened meanwhile opens now."""
    _order(desk(socket, config, reason=reason, by=by, json=json), "resume")


def go(
    wave: Annotated[str, typer.Argument(metavar="WAVE", help="Its name.")],
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Let a wave go whose gate waits for an operator."""
    _order(desk(socket, config, reason=reason, by=by, json=json), "go", wave=wave)


def abort(
    then: Annotated[str, typer.Option("--then", metavar="keep|return", help="What becomes of the desktops.")] = "",
    batch: BatchOption = None,
    every: EveryOption = "",
    keep: KeepOption = "",
    yes: YesOption = False,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Serve nobody new. Who was served stays served; --then says whether the desktops go back after that.

    During a return it ends the return: what is on stays on.
    """
    if then not in ("keep", "return"):
        raise typer.BadParameter(_("say what becomes of the desktops: keep or return"), param_hint="--then")
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    question = _("serve nobody new, and then let the desktops go back?") if then == "return" else _("serve nobody new?")
    confirm(question, yes=yes, first=end_lines(daemon.ask(SURGE)) if not yes else ())
    _order(daemon, "abort", then_returns=then == "return", **return_terms(batch, every, keep))


def finish(
    batch: BatchOption = None,
    every: EveryOption = "",
    keep: KeepOption = "",
    yes: YesOption = False,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """End it: the desktops that it made go back, the last wave first. Each is shut down once nobody is logged on."""
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    confirm(_("let them go back?"), yes=yes, first=end_lines(daemon.ask(SURGE)) if not yes else ())
    _order(daemon, "finish", **return_terms(batch, every, keep))


def extend(
    until: Annotated[str, typer.Option("--until", metavar="TIME", help="The new end: 'tomorrow 18:00', '2026-12-18 18:00'.")],
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Let the return begin by itself at another time."""
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    _order(daemon, "extend", ends_at=time_of(until, daemon))


def diff(
    before: Annotated[Path | None, typer.Argument(metavar="[A]", help="A scenario's file.", show_default=False)] = None,
    after: Annotated[Path | None, typer.Argument(metavar="[B]", help="Another one.", show_default=False)] = None,
    start: Annotated[
        str, typer.Option("--start", metavar="TIME", help="Of two files: when both start: 'tomorrow 20:00'; left out: now.")
    ] = "",
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """What accepting the configured scenario would change, for the people of each wave; of two files, what B does otherwise.

    Exit code 1 if there is anything.
    """
    if before is not None:
        if after is None:
            raise typer.BadParameter(_("name two files, or none"), param_hint="B")
        from provisioner.cli.surge.comparison import compare

        raise typer.Exit(1 if compare(before, after, start=start, config=config, json=json) else 0)
    daemon = desk(socket, config, json=json)
    document = daemon.ask(SURGE)
    if json:
        print_json({key: document[key] for key in ("changed", "edits", "moves")})
    elif document["changed"]:
        show_moves(document)
    else:
        daemon.tell(_("the scenario in force is the configured one"))
    raise typer.Exit(1 if document["changed"] else 0)


def sheet(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="The scenario's file.", show_default=False)],
    twin: Annotated[Path | None, typer.Option("--twin", help="A twin file, instead of the clusters as they are now.")] = None,
    drill: Annotated[
        Path | None,
        typer.Option("--drill", help="Another drill than the last one kept: what `bascule scenario drill --json` printed."),
    ] = None,
    output: SheetOption = None,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
) -> None:
    """One page for those who decide: will it hold, who gets a desktop by when, who gets none and why, and what is unsure.

    The scenario is rehearsed as if it started now. Changes nothing. Exit code 1 when somebody has no desktop in time.
    """
    from provisioner.cli.surge.sheet import hand_out_sheet

    holds = hand_out_sheet(scenario, config=config, twin=twin, drill=drill, output=output, json=json)
    raise typer.Exit(0 if holds else 1)


def people(
    scenario: Annotated[Path, typer.Argument(metavar="SCENARIO", help="The scenario's file.", show_default=False)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PATH", help="A .csv file; with --split, a folder.")
    ] = None,
    split: Annotated[Split | None, typer.Option("--split", help="A file for each department, or each site.")] = None,
    start: Annotated[
        str,
        typer.Option(
            "--start", metavar="TIME", help="When it starts: 'tomorrow 20:00'; left out: now, or as the run that goes on."
        ),
    ] = "",
    csv_style: StyleOption = CsvStyle.RFC,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
) -> None:
    """Who gets a desktop when, as a spreadsheet: login, name, department, site, wave, desktop, opens, ready by.

    The files can be read by their owner alone. They name people: delete them when they are no longer needed.
    """
    from provisioner.cli.surge.people import People, people_document, write_people

    if output is None and not json:
        raise typer.BadParameter(_("say where it is written to, or --json"), param_hint="--output")
    found = People.of(scenario, config=config, start=start)
    if json:
        print_json(people_document(found))
    if output is not None:
        write_people(found, output=output, split=split, style=csv_style)


def accept(
    yes: YesOption = False,
    config: ConfigOption = CONFIG,
    reason: ReasonOption = "",
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Take up the scenario as it was edited. Who is served stays served."""
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    if not yes:
        show_moves(daemon.ask(SURGE))
    confirm(_("take it up?"), yes=yes)
    _order(daemon, "accept")


def _order(daemon: Desk, event: str, **terms: object) -> None:
    """Give the order, and show the run that came of it."""
    terms = {name: value for name, value in terms.items() if value is not None}
    document, is_after = daemon.surge_after(daemon.give(IntentKind.SURGE, event, surge=terms))
    if daemon.json:
        print_json(document)
        return
    if not is_after:
        say(
            _("The order is taken. No cycle has ended since: this is how it was before; `bascule surge status` shows it later.")
        )
    show_surge(document)
