"""`bascule check`: everything that a switch needs, each fault with its fix."""

import os
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.check_directory import check_directory
from provisioner.cli.check_storage import check_storage
from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.finding_lines import show_findings
from provisioner.cli.groups import refuse_options
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json
from provisioner.daemon.composition import endpoints_of, outside_of
from provisioner.daemon.doctor.cluster import examine, examine_offline
from provisioner.daemon.doctor.endpoints import examine_endpoints
from provisioner.daemon.doctor.findings import Finding, good, is_bad
from provisioner.reasons import subjects
from provisioner.reasons.cluster import FILE_VALID
from provisioner.settings.bascule import load_settings
from provisioner.settings.values import Settings

check = typer.Typer(invoke_without_command=True)
check.command("directory")(check_directory)
check.command("storage")(check_storage)

OfflineOption = Annotated[bool, typer.Option("--offline", help="Check the configuration alone, without any other system.")]


@check.callback()
def doctor(
    context: typer.Context, config: ConfigOption = CONFIG, json: JsonOption = False, offline: OfflineOption = False
) -> None:
    """Check configuration, store, directory, clusters, permissions and templates; each fault comes with its fix.

    Exit code 1 when a fault would prevent a switch.
    """
    if context.invoked_subcommand is not None:
        refuse_options(context)
        return
    settings = load_settings(config, environment=os.environ)
    findings = _of_file(config, settings) if offline else _examined(settings)
    if json:
        print_json(findings)
    else:
        show_findings(findings)
    raise typer.Exit(1 if is_bad(findings) else 0)


def _of_file(config: Path, settings: Settings) -> Sequence[Finding]:
    valid = good(subjects.SETTINGS(), FILE_VALID(path=str(config)))
    return (valid, *examine_offline(settings, now=clock_of_commands().now()))


def _examined(settings: Settings) -> Sequence[Finding]:
    clock = clock_of_commands()
    with ExitStack() as stack:
        outside = stack.enter_context(closing(outside_of(settings, clock=clock, on_call=lambda _: None)))
        endpoints = endpoints_of(settings, clock=clock)
        for client in (client for of_cluster in endpoints.values() for client in of_cluster.values()):
            stack.callback(client.close)
        return (*examine(settings, outside, now=clock.now()), *examine_endpoints(endpoints))
