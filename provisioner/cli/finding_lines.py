"""Findings of `bascule check`, as lines for people."""

from collections import Counter
from collections.abc import Iterable

from rich.text import Text

from provisioner.cli.output import say
from provisioner.cli.styled import print_text, words
from provisioner.doctor.findings import Finding, Grade
from provisioner.texts.translate import N_, _, plural

_MARKS = {Grade.GOOD: (N_("ok"), "green"), Grade.DOUBTFUL: ("?", "yellow"), Grade.BAD: (N_("BAD"), "bold red")}


def show_finding(finding: Finding) -> None:
    """One line with its grade, and the fix below it."""
    mark, style = _MARKS[finding.grade]
    line = _("{subject}: {text}", subject=finding.subject, text=finding.text)
    print_text(Text.assemble((f"{_(mark):3}", style), " ", words(line)), indent=4)
    if finding.fix:
        print_text(Text.assemble("      ", words(_("fix: {fix}", fix=finding.fix))), indent=8)


def show_findings(findings: Iterable[Finding]) -> None:
    """All findings, then how many are faults or doubts: the list may be longer than the screen."""
    grades: Counter[Grade] = Counter()
    for finding in findings:
        show_finding(finding)
        grades[finding.grade] += 1
    faults = plural("{count} fault (BAD)", "{count} faults (BAD)", grades[Grade.BAD])
    doubts = plural("{count} doubt", "{count} doubts", grades[Grade.DOUBTFUL])
    say(_("result: {faults}, {doubts}", faults=faults, doubts=doubts))
