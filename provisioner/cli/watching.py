"""`--watch`: shows the same again and again, until Ctrl-C."""

import sys
import threading
from collections.abc import Callable
from typing import Annotated

import typer

from provisioner.cli.output import complain_of, say_zone
from provisioner.cli.terminal import is_terminal
from provisioner.errors import BasculeError
from provisioner.texts.translate import _

WatchOption = Annotated[
    str,
    typer.Option(
        "--watch", "-w", metavar="SECONDS", help="Show it again after so many seconds, until Ctrl-C.", show_default=False
    ),
]
_SHORTEST_S = 1.0
"""The daemon makes a new document in each cycle, which is every few seconds."""


def repeated(show: Callable[[], None], watch: str) -> None:
    """Show it once, or with an interval until Ctrl-C. What fails is shown, and tried again."""
    if not watch:
        show()
        return
    every_s, pause = _interval(watch), threading.Event()
    while True:
        if is_terminal(sys.stdout):
            from provisioner.cli.styled import out

            out.clear()
        _try(show)
        say_zone()
        sys.stdout.flush()
        pause.wait(every_s)


def _try(show: Callable[[], None]) -> None:
    try:
        show()
    except typer.Exit:
        pass
    except BasculeError as error:
        complain_of(error)


def _interval(text: str) -> float:
    """In real seconds, of `10` or `10s`. Raises BadParameter."""
    from provisioner.settings.fields import seconds

    try:
        every_s = seconds(text if text[-1:].isalpha() else float(text))
    except ValueError:
        every_s = 0.0
    if not _SHORTEST_S <= every_s < threading.TIMEOUT_MAX:
        raise typer.BadParameter(_("must be a number of seconds, 1 at least"), param_hint="--watch")
    return every_s
