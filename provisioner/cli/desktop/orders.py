"""Orders of a help desk about one desktop. Somebody is asked first where people may be at work; the daemon judges."""

from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.confirm import confirm
from provisioner.cli.daemon_client import DaemonSilent
from provisioner.cli.desktop.named import desktop_named
from provisioner.cli.documents import DesktopDocument
from provisioner.cli.ordering import Desk
from provisioner.errors import BasculeError
from provisioner.model.intents import IntentKind
from provisioner.reasons.commands import NO_ORDER_WITHOUT_DAEMON
from provisioner.texts.translate import _, plural, word

OfArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="NAME|LOGIN", help="The desktop's name, its agent's login or name, or a part of one; accents do not count."
    ),
]
EvenOption = Annotated[
    bool, typer.Option("--even-with-session", help="Also while somebody is logged on there. Needs a reason.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Power it off if it does not shut down within Proxmox VE's 60 s.")]
WithdrawOption = Annotated[bool, typer.Option("--withdraw", help="Withdraw the order, as long as it is not done.")]


def desktop_meant(at: Path | None, of: list[str]) -> DesktopDocument:
    """The one desktop that is meant. Raises SettingsError, and BasculeError if the daemon does not answer."""
    try:
        return desktop_named(at, " ".join(of))
    except DaemonSilent as error:
        raise BasculeError(NO_ORDER_WITHOUT_DAEMON(why=error.reason)) from error


def confirm_with_session(desktop: DesktopDocument, question: str, *, even_with_session: bool, yes: bool) -> None:
    """Ask first if somebody may be at work there. Whether the order may be given at all is the daemon's to say."""
    count = desktop["session"]["count"]
    if (count and even_with_session) or (count is None and may_be_at_work(desktop)):
        confirm(with_sessions(desktop, question), yes=yes)


def may_be_at_work(desktop: DesktopDocument) -> bool:
    """Whether it runs, as far as is known."""
    return desktop["phase"] in ("ready", "silent", "starting", "unknown")


def with_sessions(desktop: DesktopDocument, question: str) -> str:
    """The question, after who is logged on there; alone if nobody is."""
    count, name = desktop["session"]["count"], desktop["name"]
    if count is None:
        return _("whether somebody is logged on to {name} is not known: {question}", name=name, question=question)
    if not count:
        return question
    return plural(
        "{count} session is open on {name}, and would end: {question}",
        "{count} sessions are open on {name}, and would end: {question}",
        count,
        name=name,
        question=question,
    )


def withdraw(daemon: Desk, kind: IntentKind, name: str) -> None:
    """Withdraw the order, and say so. Raises OrderRefused if there is none."""
    daemon.end(kind, name)
    daemon.tell(_("withdrawn: {order} of {name}", order=word(kind), name=name))
