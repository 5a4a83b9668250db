"""Asks before an order that may end people's work: first it is shown whom it concerns, then somebody has to say yes."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from provisioner.cli.output import complain
from provisioner.cli.styled import err, print_text, words
from provisioner.texts.translate import _

YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: you have seen whom it concerns.")]


def confirm(question: str, *, yes: bool, first: Sequence[str] = ()) -> None:
    """Return if it is to be done. `question`: to how many people what would be done, and a question; `first`: lines before it.

    Exit code 1: the answer was not yes; 2: there is no terminal to ask at. Nothing may be ordered before.
    """
    if yes:
        return
    for line in first:
        complain(line)
    if sys.stdin is None or not sys.stdin.isatty():
        complain(question)
        complain(_("nothing was ordered: there is nobody here to answer; `--yes` orders it without a question"))
        raise typer.Exit(2)
    print_text(words(_("{question} [y/N]", question=question)), to=err, end=" ")
    if sys.stdin.readline().strip().lower() not in _("y yes").split():
        complain(_("nothing was ordered"))
        raise typer.Exit(1)
