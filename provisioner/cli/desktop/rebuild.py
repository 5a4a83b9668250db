"""`bascule desktop rebuild`."""

from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.desktop.orders import (
    EvenOption,
    ForceOption,
    OfArgument,
    WithdrawOption,
    desktop_meant,
    with_sessions,
    withdraw,
)
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _


def rebuild(
    of: OfArgument,
    reason: ReasonOption = "",
    even_with_session: EvenOption = False,
    force: ForceOption = False,
    yes: YesOption = False,
    withdrawn: WithdrawOption = False,
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Delete one desktop with everything on it, and make its agent a new one before all bulk work.

    Nothing on the old desktop can be brought back. Refused while somebody is logged on, except with --even-with-session and a
    reason; and where safety.max_deletes forbids deleting.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    desktop = desktop_meant(daemon.at, of)
    name, login = desktop["name"], desktop["login"] or "-"
    if withdrawn:
        withdraw(daemon, IntentKind.REBUILD, name)
        return
    question = _(
        "everything on {name}, the desktop of {login}, is lost for good. Delete it and make a new one?", name=name, login=login
    )
    confirm(with_sessions(desktop, question), yes=yes)
    daemon.give(IntentKind.REBUILD, name, even_with_session=even_with_session, by_force=force)
    daemon.tell(
        _(
            "{name} is deleted, then {login} gets a new desktop; `bascule desktop show {login}` says how far it is",
            name=name,
            login=login,
        )
    )
