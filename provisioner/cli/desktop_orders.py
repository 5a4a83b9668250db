"""Orders of a help desk about one desktop. Somebody is asked first where people may be at work; the daemon judges."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from provisioner.cli.concerned import runs
from provisioner.cli.confirm import confirm
from provisioner.cli.daemon_client import DaemonSilent
from provisioner.cli.desktop_named import desktop_named, seat_named
from provisioner.cli.ordering import Desk
from provisioner.cli.why_parts import Part
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


def desktop_meant(desk: Desk, of: Sequence[str]) -> Part:
    """The one desktop that is meant. Raises SettingsError, and BasculeError if the daemon does not answer."""
    try:
        return desktop_named(desk.at, " ".join(of))
    except DaemonSilent as silent:
        raise BasculeError(NO_ORDER_WITHOUT_DAEMON(why=silent.reason)) from silent


def seat_meant(desk: Desk, of: str) -> Any:
    """The agent or desktop that is meant. Raises as `desktop_meant` does."""
    try:
        return seat_named(desk.at, of)["seat"]
    except DaemonSilent as silent:
        raise BasculeError(NO_ORDER_WITHOUT_DAEMON(why=silent.reason)) from silent


def confirm_with_session(desktop: Part, question: str, *, even_with_session: bool, yes: bool) -> None:
    """Ask first if somebody may be at work there. Whether the order may be given at all is the daemon's to say."""
    count = desktop["session"]["count"]
    if (count and even_with_session) or (count is None and runs(desktop)):
        confirm(about_sessions(desktop, question), yes=yes)


def about_sessions(desktop: Part, question: str) -> str:
    """The question, after who may be at work there."""
    name, count = desktop["name"], desktop["session"]["count"]
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


def withdraw(desk: Desk, kind: IntentKind, name: str) -> bool:
    """Withdraw the order, and tell so; whether there was one."""
    withdrawn = desk.withdraw(kind, name)
    if withdrawn:
        desk.tell(_("withdrawn: {order} of {name}", order=word(kind), name=name))
    else:
        desk.tell(_("there is no order {order} of {name}", order=word(kind), name=name))
    return withdrawn
