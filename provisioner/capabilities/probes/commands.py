"""`bascule desktop probe`: the way of a person to a desktop, tried from here."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from provisioner.capabilities.probes.reasons import SAY_WHICH_OR_SAMPLE
from provisioner.cli.added import AddedCommand
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import DaemonSilent, SocketOption, ask_daemon, daemon_socket
from provisioner.cli.desktop.named import desktop_named
from provisioner.cli.documents import DESKTOPS, DesktopDocument
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, complain, print_json, print_table, say
from provisioner.cli.site import settings_of
from provisioner.daemon.reaching import Reaching, reaching_of
from provisioner.errors import BasculeError, SettingsError
from provisioner.model.probes import ProbeResult, ProbeStep, StepEnd, StepResult
from provisioner.reasons.commands import NOT_WITHOUT_DAEMON
from provisioner.reasons.reason import Reason
from provisioner.texts.languages import ENGLISH, catalogue_of
from provisioner.texts.translate import N_, _, decimal, headings, use_catalogue

MOST = 200
"""Desktops of a sample: at a second or two each, some minutes."""
_STEPS = {
    ProbeStep.RESOLVE: N_("resolves its name"),
    ProbeStep.CONNECT: N_("connects to its port"),
    ProbeStep.GREET: N_("answers RDP"),
    ProbeStep.AUTHENTICATE: N_("lets the robot in"),
    ProbeStep.DESKTOP: N_("shows a desktop"),
}
_ENDS = {StepEnd.DONE: N_("ok"), StepEnd.FAILED: N_("FAILED"), StepEnd.SKIPPED: N_("not tried")}
_COLUMNS = headings("step", "result", "took", "why")
_ROWS = headings("desktop", "node", "profile", "result", "took", "why")

OfArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="LOGIN|DESKTOP", help="A desktop's name, its agent's login or name, or a part of one."),
]
SampleOption = Annotated[
    int,
    typer.Option(
        "--sample",
        metavar="N",
        min=0,
        max=MOST,
        show_default=False,
        help="So many desktops that are ready, chosen so that failures show what they have in common: node, storage, image.",
    ),
]


def probe(
    of: OfArgument = None,
    sample: SampleOption = 0,
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    socket: SocketOption = None,
) -> None:
    """Go the way of a person to a desktop: resolve its name, connect, greet, log on, and see the desktop; each step timed.

    With a robot account (`probes:` in bascule.yaml) it logs on, unless somebody is logged on there or may be; without, it ends
    when the desktop answers RDP. Exit code 1 when a step failed.
    """
    if bool(of) == bool(sample):
        raise SettingsError(SAY_WHICH_OR_SAMPLE())
    if json:  # the same for programs in every language
        use_catalogue(catalogue_of(ENGLISH))
    reaching = reaching_of(settings_of(config), clock=clock_of_commands())
    desktops = _chosen(daemon_socket(socket, config), " ".join(of or ()), sample, reaching)
    results = _probed(reaching, desktops)
    if json:
        print_json(document_of(results, reaching.summary(results)))
    elif sample:
        _show_sample(desktops, results, reaching.summary(results))
    else:
        _show(results)
    raise typer.Exit(1 if any(result.failed for result in results) else 0)


def _chosen(at: Path | None, of: str, count: int, reaching: Reaching) -> Sequence[DesktopDocument]:
    try:
        if of:
            return [desktop_named(at, of)]
        every = ask_daemon(at, DESKTOPS)["desktops"]
    except DaemonSilent as error:
        raise BasculeError(NOT_WITHOUT_DAEMON(why=error.reason)) from error
    return reaching.sample(every, count)


def _probed(reaching: Reaching, desktops: Sequence[DesktopDocument]) -> list[ProbeResult]:
    results = []
    for number, row in enumerate(desktops, 1):
        if len(desktops) > 1:
            complain(_("probe {number} of {count}: {name}", number=number, count=len(desktops), name=row["name"]))
        results.append(reaching.probe(row))
    return results


def document_of(results: Sequence[ProbeResult], together: Reason) -> dict[str, Any]:
    """For programs. Times in milliseconds."""
    return {
        "probes": [
            {
                "desktop": result.target.desktop,
                "host": result.target.host,
                "port": result.target.port,
                "gateway": result.target.gateway or None,
                "failed_at": None if result.failed is None else result.failed.step,
                "took_ms": round(1000 * result.took_s),
                "steps": [_step_document(step) for step in result.steps],
            }
            for result in results
        ],
        "summary": _words(together),
    }


def _step_document(step: StepResult) -> dict[str, Any]:
    why = _words(step.why) if step.why else None
    return {"step": step.step, "end": step.end, "took_ms": round(1000 * step.took_s), "why": why}


def _words(reason: Reason) -> dict[str, str]:
    return {"text": str(reason), "code": reason.code}


def _show_sample(desktops: Sequence[DesktopDocument], results: Sequence[ProbeResult], together: Reason) -> None:
    print_table("", _ROWS, _rows(desktops, results), numbers=("took",))
    say(_("result: {what}", what=together))


def _show(results: Sequence[ProbeResult]) -> None:
    for result in results:
        where = f"{result.target.host}:{result.target.port}"
        say(_("desktop {name}, at {where}", name=result.target.desktop, where=where))
        print_table("", _COLUMNS, map(_line, result.steps), numbers=("took",))


def _rows(desktops: Iterable[DesktopDocument], results: Iterable[ProbeResult]) -> Iterator[tuple[object, ...]]:
    for row, result in zip(desktops, results, strict=True):
        last = result.failed or result.steps[-1]
        end = _(_ENDS[StepEnd.FAILED] if result.failed else _ENDS[StepEnd.DONE])
        yield row["name"], row["node"], row["profile"], end, milliseconds(result.took_s), last.why


def _line(step: StepResult) -> tuple[object, ...]:
    took = "" if step.end is StepEnd.SKIPPED else milliseconds(step.took_s)
    return _(_STEPS[step.step]), _(_ENDS[step.end]), took, step.why


def milliseconds(seconds: float) -> str:
    """`42 ms`, or `2.1 s`."""
    return f"{decimal(seconds, '.1f')} s" if seconds >= 1 else f"{1000 * seconds:.0f} ms"


COMMANDS = (AddedCommand(noun="desktop", verb="probe", run=probe),)
