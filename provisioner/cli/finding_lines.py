"""What the doctor found, as lines for people."""

from rich.text import Text

from provisioner.cli.output import out, words
from provisioner.daemon.doctor.findings import Finding, Grade

_MARKS = {Grade.GOOD: ("ok ", "green"), Grade.DOUBTFUL: ("?  ", "yellow"), Grade.BAD: ("BAD", "bold red")}


def show_finding(finding: Finding) -> None:
    """What the doctor found, and the fix below it."""
    mark, style = _MARKS[finding.grade]
    out.print(Text.assemble((mark, style), words(f" {finding.subject}: {finding.text}")), soft_wrap=True)
    if finding.fix:
        out.print(words(f"      fix: {finding.fix}"), soft_wrap=True)
