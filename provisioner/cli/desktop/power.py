"""`bascule desktop restart` and `bascule desktop stop`."""

from provisioner.cli.confirm import YesOption
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.desktop.orders import (
    EvenOption,
    ForceOption,
    OfArgument,
    WithdrawOption,
    confirm_with_session,
    desktop_meant,
    withdraw,
)
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _


def restart(
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
    """Restart one desktop, before all bulk work: shut down, started, ready again. One that is off or has failed is started.

    Refused while somebody is logged on, except with --even-with-session and a reason.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    name = (desktop := desktop_meant(daemon.at, of))["name"]
    if withdrawn:
        withdraw(daemon, IntentKind.RESTART, name)
        return
    confirm_with_session(desktop, _("restart it?"), even_with_session=even_with_session, yes=yes)
    daemon.give(IntentKind.RESTART, name, even_with_session=even_with_session, by_force=force)
    daemon.tell(_("{name} is restarted now, before bulk work; `bascule desktop show {name}` says how far it is", name=name))


def stop(
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
    """Shut one desktop down once, also if its sessions are unknown. Bascule starts it again if its agent is to have it now.

    Refused while somebody is logged on, except with --even-with-session and a reason.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    name = (desktop := desktop_meant(daemon.at, of))["name"]
    if withdrawn:
        withdraw(daemon, IntentKind.STOP, name)
        return
    confirm_with_session(desktop, _("shut it down?"), even_with_session=even_with_session, yes=yes)
    daemon.give(IntentKind.STOP, name, even_with_session=even_with_session, by_force=force)
    if desktop["target"] is not None and desktop["target"]["level"] in ("ready", "running"):
        daemon.tell(_("{name} is shut down now, and started again: its agent is to have it", name=name))
    else:
        daemon.tell(_("{name} is shut down now", name=name))
