"""Findings of `bascule check`, as lines for people."""

from rich.text import Text

from provisioner.cli.output import out, words
from provisioner.daemon.doctor.findings import Finding, Grade
from provisioner.texts.translate import N_, _

_MARKS = {Grade.GOOD: (N_("ok"), "green"), Grade.DOUBTFUL: ("?", "yellow"), Grade.BAD: (N_("BAD"), "bold red")}


def show_finding(finding: Finding) -> None:
    """One line with its grade, and the fix below it."""
    mark, style = _MARKS[finding.grade]
    line = _("{subject}: {text}", subject=finding.subject, text=finding.text)
    out.print(Text.assemble((f"{_(mark):3}", style), " ", words(line)), soft_wrap=True)
    if finding.fix:
        out.print(Text.assemble("      ", words(_("fix: {fix}", fix=finding.fix))), soft_wrap=True)
