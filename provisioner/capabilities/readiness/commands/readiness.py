"""`bascule surge readiness`: which part of the people would have their desktop in time if the surge began now."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from provisioner.capabilities.readiness.asking import inputs_of
from provisioner.capabilities.readiness.commands.history import show_history
from provisioner.capabilities.readiness.documents import readiness_document
from provisioner.capabilities.readiness.history import ANSWERS
from provisioner.capabilities.readiness.model import Readiness
from provisioner.capabilities.readiness.rule import readiness_of
from provisioner.cli.check.trial_round import TrialRound, wanted_of
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.forecast.runs import reading, results_of
from provisioner.cli.ordering import Desk, desk
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, print_json, print_table, say
from provisioner.cli.reading import Look
from provisioner.cli.site import settings_of
from provisioner.cli.store_access import access_to_store
from provisioner.daemon.composition import outside_of
from provisioner.daemon.keeping import store_of
from provisioner.daemon.reaching import reaching_of
from provisioner.doctor.findings import Finding, doubtful
from provisioner.errors import BasculeError
from provisioner.model.ids import ProfileName
from provisioner.reasons import subjects
from provisioner.reasons.commands import NO_ORDER_WITHOUT_DAEMON, UNCONFIRMED
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.trials import NOT_TRIED
from provisioner.rehearsal.forecast import Forecast
from provisioner.settings.scenario import load_scenario
from provisioner.settings.values import Settings
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import N_, _, headings, use_catalogue

_COLUMNS = headings("people", "because")
_BY = "readiness"
_PATIENCE = 12
"""Times five seconds: on a busy machine a night is not lost because the daemon was late once."""
_AWAY = frozenset({NO_ORDER_WITHOUT_DAEMON.code, UNCONFIRMED.code})
KeepOption = Annotated[bool, typer.Option("--keep", help="Keep the answer in the history, as the nightly run does.")]
HistoryOption = Annotated[bool, typer.Option("--history", help="Ask nothing anew: show the answers that are kept.")]
OfflineOption = Annotated[bool, typer.Option("--offline", help="With --history: read it from the store, without the daemon.")]
ScenarioArgument = Annotated[
    Path | None,
    typer.Argument(metavar="SCENARIO", help="The scenario's file; by default the configured one.", show_default=False),
]
TrialOption = Annotated[
    bool,
    typer.Option(
        "--trial",
        help="Also have the daemon make a desktop of each profile on each storage, go to it as a person would, and delete it.",
    ),
]


def readiness(
    scenario: ScenarioArgument = None,
    trial: TrialOption = False,
    keep: KeepOption = False,
    history: HistoryOption = False,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
    offline: OfflineOption = False,
) -> None:
    """Which part of the people would have their desktop in time if the surge began now: one number, with its causes.

    Everything of `bascule check`, a rehearsal on the clusters as they are, and with --trial real desktops. With `readiness:`
    in bascule.yaml the daemon asks each night by itself: docs/en/readiness.md. Exit code 1 below 100; 3 if --keep kept nothing,
    because the daemon was away during the trial.
    """
    if history:
        show_history(Look(config=config, socket=socket, offline=offline, json=json))
        return
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    settings = settings_of(config)
    if scenario is not None:
        settings = replace(settings, scenario=load_scenario(scenario))
    now, away = clock_of_commands().now(), NONE
    with closing(outside_of(settings, clock=clock_of_commands(), on_call=lambda _: None)) as outside:
        inputs = inputs_of(settings, outside, now=now, reading=reading, run=_with_a_bar)
    if trial and not inputs.against:
        daemon = replace(desk(socket, config, by=_BY, json=json), patience=_PATIENCE)
        tried, away = _tried(settings, daemon, inputs.profiles)
        inputs = replace(inputs, trial=tried)
    answer = readiness_of(inputs)
    if keep and not away:
        _keep(answer, config)
    if json:
        print_json(readiness_document(answer))
    else:
        _show(answer)
    if keep and away:
        complain(_("the trial was broken off, and the answer is not kept: {why}", why=away))
        raise typer.Exit(3)
    raise typer.Exit(0 if answer.percent == 100 else 1)


def _with_a_bar(run: Callable[[int], Forecast]) -> Forecast:
    return results_of(run, 1)[0]


def _tried(settings: Settings, daemon: Desk, people: Mapping[ProfileName, int]) -> tuple[Sequence[Finding], Reason]:
    """A desktop of each profile on each storage; and why, if the daemon was away: then nobody knows what it would have shown.
    Anything else that cannot be tried is a doubt, and holds up no answer."""
    try:
        wanted, left_out = wanted_of(daemon, settings.profiles, dict.fromkeys(people, 1))
        reach = reaching_of(settings, clock=clock_of_commands()).probe
        tried = TrialRound(daemon=daemon, profiles=settings.profiles, reach=reach).run(wanted)
    except BasculeError as error:
        away = error.reason if error.reason.code in _AWAY else NONE
        return [doubtful(subjects.SCENARIO(), NOT_TRIED(why=error.reason))], away
    return [*left_out, *(each.finding for each in tried)], NONE


def _keep(answer: Readiness, config: Path) -> None:
    """Not with the settings that were asked about: those of a faulty configuration have no store."""
    with closing(store_of(access_to_store(config), clock=clock_of_commands())) as store:
        if not store.add(ANSWERS, answer):
            complain(_("there is no store yet: the answer is not kept"))


def _show(answer: Readiness) -> None:
    counts = {"percent": answer.percent, "ready": answer.ready, "wanted": answer.wanted}
    if answer.untried:
        say(_("readiness not known: {why}", why=answer.untried))
        say(_("otherwise {ready} of {wanted} people would have their desktop in time", **counts))
    else:
        say(_("readiness {percent} of 100: {ready} of {wanted} people would have their desktop in time", **counts))
    print_table(N_("what does not hold"), _COLUMNS, _rows(answer), numbers=("people",))
    for trial in answer.trials:
        say(_("tried: {what}", what=trial))
    for doubt in answer.doubts:
        say(_("doubtful: {what}", what=doubt))


def _rows(answer: Readiness) -> Iterable[tuple[object, ...]]:
    return ((cause.people, cause.what) for cause in answer.causes)


__all__ = ["readiness"]
