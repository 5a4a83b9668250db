"""`bascule check`: the doctor."""

import os
from collections.abc import Sequence
from contextlib import closing
from typing import Annotated

import typer
from rich.text import Text

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import CONFIG, ConfigOption, JsonOption, out, print_json
from provisioner.daemon.composition import outside_of
from provisioner.daemon.doctor import examine
from provisioner.daemon.findings import Finding, Grade, good, is_bad
from provisioner.settings.bascule import load_settings
from provisioner.settings.values import Settings

_MARKS = {Grade.GOOD: ("ok ", "green"), Grade.DOUBTFUL: ("?  ", "yellow"), Grade.BAD: ("BAD", "bold red")}

OfflineOption = Annotated[bool, typer.Option("--offline", help="The configuration alone; no other system is asked.")]


def check(config: ConfigOption = CONFIG, json: JsonOption = False, offline: OfflineOption = False) -> None:
    """Look at configuration, store, directory, clusters, rights and templates; each fault comes with its fix.

    Exit code 1 when anything stands in the way of a switch.
    """
    settings = load_settings(config, environment=os.environ)
    findings = [good("settings", f"{config}: valid")] if offline else _examined(settings)
    if json:
        print_json(findings)
    else:
        for one in findings:
            _show(one)
    raise typer.Exit(1 if is_bad(findings) else 0)


def _examined(settings: Settings) -> Sequence[Finding]:
    with closing(outside_of(settings, clock=clock_of_commands(), on_call=lambda _: None)) as outside:
        return examine(settings, outside)


def _show(finding: Finding) -> None:
    mark, style = _MARKS[finding.grade]
    out.print(Text.assemble((mark, style), f" {finding.subject}: {finding.text}"), soft_wrap=True)
    if finding.fix:
        out.print(Text(f"      fix: {finding.fix}"), soft_wrap=True)
