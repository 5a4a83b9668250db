"""`bascule check image`: what all clones of a golden image would share, and what they would lack."""

from pathlib import Path
from typing import Annotated

import typer

from provisioner.adapters.images.looking import look_at
from provisioner.cli.finding_lines import show_findings
from provisioner.cli.output import JsonOption, print_json
from provisioner.doctor.findings import is_bad
from provisioner.doctor.image import QUESTION, examine_image

ImageArgument = Annotated[
    Path, typer.Argument(metavar="FILE|DIR", help="A disk image (raw, qcow2), a tar, or the folder where its root is mounted.")
]


def check_image(image: ImageArgument, json: JsonOption = False) -> None:
    """Check a golden image before it becomes a template: what all clones would share, and what they would lack.

    Needs no configuration. Nothing is mounted or changed. Exit code 1 when a fault would reach every desktop.
    """
    findings = examine_image(str(image), look_at(image, QUESTION))
    if json:
        print_json(findings)
    else:
        show_findings(findings)
    raise typer.Exit(1 if is_bad(findings) else 0)
