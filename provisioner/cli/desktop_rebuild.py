"""`bascule desktop rebuild`."""

from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption, daemon_socket
from provisioner.cli.desktop_orders import (
    EvenOption,
    ForceOption,
    OfArgument,
    WithdrawOption,
    desktop_meant,
    order,
    withdraw,
)
from provisioner.cli.output import CONFIG, ConfigOption, ReasonOption, say
from provisioner.cli.why_parts import Part
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _, plural


def rebuild(
    of: OfArgument,
    reason: ReasonOption = "",
    even_with_session: EvenOption = False,
    force: ForceOption = False,
    yes: YesOption = False,
    withdrawn: WithdrawOption = False,
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
) -> None:
    """Delete one desktop with everything on it, and make its agent a new one before all bulk work.

    Nothing on the old desktop can be brought back. Refused while somebody is logged on, except with --even-with-session and a
    reason; and where safety.max_deletes forbids deleting.
    """
    at = daemon_socket(socket, config)
    desktop = desktop_meant(at, of)
    name, login = desktop["name"], desktop["login"] or "-"
    if withdrawn:
        withdraw(at, IntentKind.REBUILD, name, reason=reason)
        return
    confirm(_question(desktop, login), yes=yes)
    order(at, IntentKind.REBUILD, name, reason=reason, even_with_session=even_with_session, by_force=force)
    say(
        _(
            "{name} is deleted, then {login} gets a new desktop; `bascule desktop show {login}` says how far it is",
            name=name,
            login=login,
        )
    )


def _question(desktop: Part, login: str) -> str:
    """What is lost, and who is there."""
    name, count = desktop["name"], desktop["session"]["count"]
    text = _(
        "everything on {name}, the desktop of {login}, is lost for good. Delete it and make a new one?", name=name, login=login
    )
    if count is None:
        return _("whether somebody is logged on to {name} is not known: {question}", name=name, question=text)
    if not count:
        return text
    return plural(
        "{count} session is open on {name}, and would end: {question}",
        "{count} sessions are open on {name}, and would end: {question}",
        count,
        name=name,
        question=text,
    )
