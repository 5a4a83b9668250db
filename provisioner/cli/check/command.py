"""`bascule check`: everything that a switch needs, each fault with its fix."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.check.trial import MOST, try_desktops
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.finding_lines import show_findings
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import endpoints_of, outside_of
from provisioner.doctor.clone_trials import examine_clones
from provisioner.doctor.cluster import examine, examine_offline
from provisioner.doctor.endpoints import examine_endpoints
from provisioner.doctor.entitlement import profiles_used
from provisioner.doctor.findings import Finding, doubtful, good, is_bad
from provisioner.doctor.store import examine_store_folder
from provisioner.model.ids import Instant
from provisioner.model.trials import places_of
from provisioner.reasons import subjects
from provisioner.reasons.cluster import FILE_VALID, TRIAL_LEFT_OUT
from provisioner.settings.values import Settings

OfflineOption = Annotated[bool, typer.Option("--offline", help="Check the configuration alone, without any other system.")]
TrialOption = Annotated[bool, typer.Option("--trial", help="Make a trial desktop of each profile, unless a fault was found.")]
NumberOption = Annotated[int, typer.Option("--number", min=1, max=MOST, help="Trial desktops of each profile.")]


def check(
    config: ConfigOption = CONFIG,
    json: JsonOption = False,
    offline: OfflineOption = False,
    trial: TrialOption = False,
    number: NumberOption = 1,
    socket: SocketOption = None,
) -> None:
    """Check everything that a switch needs; each fault has its fix.

    Configuration, store, directory, clusters, permissions and templates. With --trial the running daemon makes a desktop of
    each profile, boots it, reads its report and deletes it: that takes some minutes, and measures what a forecast needs. Exit
    code 1 when a fault would prevent a switch.
    """
    settings = settings_of(config)
    findings = _of_file(config, settings) if offline else _examined(settings)
    if trial and is_bad(findings):
        findings = (*findings, doubtful(subjects.TRIAL(), TRIAL_LEFT_OUT()))
    elif trial:
        began_at = clock_of_commands().now()
        findings = (*findings, *try_desktops(desk(socket, config, json=json), _tried(settings), number))
        findings = (*findings, *_storages_shown(settings, since=began_at))
    if json:
        print_json(findings)
    else:
        show_findings(findings)
    raise typer.Exit(1 if is_bad(findings) else 0)


def _tried(settings: Settings) -> Iterator[str]:
    """Each profile that somebody may get, on each of its storages."""
    for name in sorted(profiles_used(settings)):
        places = places_of(settings.profiles[name])
        yield from ("/".join((name, *place)) for place in places) if len(places) > 1 else (name,)


def _storages_shown(settings: Settings, *, since: Instant) -> Sequence[Finding]:
    used = [settings.profiles[name] for name in sorted(profiles_used(settings))]
    with closing(outside_of(settings, clock=clock_of_commands(), on_call=lambda _: None)) as outside:
        clients = [client for _, client in sorted(outside.hypervisors.items())]
        return [finding for client in clients for finding in examine_clones(client, used, since=since)]


def _of_file(config: Path, settings: Settings) -> Sequence[Finding]:
    valid = good(subjects.SETTINGS(), FILE_VALID(path=str(config)))
    return (valid, *examine_store_folder(settings), *examine_offline(settings, now=clock_of_commands().now()))


def _examined(settings: Settings) -> Sequence[Finding]:
    clock = clock_of_commands()
    with ExitStack() as stack:
        outside = stack.enter_context(closing(outside_of(settings, clock=clock, on_call=lambda _: None)))
        endpoints = endpoints_of(settings, clock=clock)
        for client in (client for of_cluster in endpoints.values() for client in of_cluster.values()):
            stack.callback(client.close)
        return (*examine(settings, outside, now=clock.now()), *examine_endpoints(endpoints))
