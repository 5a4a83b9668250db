"""`bascule check directory`: its servers and its people, each fault with its fix."""

from contextlib import closing

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.finding_lines import show_findings
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, print_json
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.doctor.directory import examine_directory
from provisioner.doctor.findings import is_bad


def check_directory(config: ConfigOption = CONFIG, json: JsonOption = False) -> None:
    """Check the directory closely: servers, TLS, bind, bases, pages, clocks; people, duplicates, attributes, profiles.

    Nothing is changed. Exit code 1 when a fault would prevent a switch.
    """
    settings, clock = settings_of(config), clock_of_commands()
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        findings = examine_directory(settings, outside, clock=clock)
    if json:
        print_json(findings)
    else:
        show_findings(findings)
    raise typer.Exit(1 if is_bad(findings) else 0)
