"""`bascule desktop restart` and `bascule desktop stop`."""

from provisioner.cli.confirm import YesOption
from provisioner.cli.daemon_client import SocketOption, daemon_socket
from provisioner.cli.desktop_orders import (
    EvenOption,
    ForceOption,
    OfArgument,
    WithdrawOption,
    confirm_with_session,
    desktop_meant,
    order,
    withdraw,
)
from provisioner.cli.output import CONFIG, ConfigOption, ReasonOption, say
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
    socket: SocketOption = None,
) -> None:
    """Restart one desktop, before all bulk work: shut down, started, ready again. One that is off or has failed is started.

    Refused while somebody is logged on, except with --even-with-session and a reason.
    """
    at = daemon_socket(socket, config)
    name = (desktop := desktop_meant(at, of))["name"]
    if withdrawn:
        withdraw(at, IntentKind.RESTART, name, reason=reason)
        return
    confirm_with_session(desktop, _("restart it?"), even_with_session=even_with_session, yes=yes)
    order(at, IntentKind.RESTART, name, reason=reason, even_with_session=even_with_session, by_force=force)
    say(_("{name} is restarted now, before bulk work; `bascule desktop show {name}` says how far it is", name=name))


def stop(
    of: OfArgument,
    reason: ReasonOption = "",
    even_with_session: EvenOption = False,
    force: ForceOption = False,
    yes: YesOption = False,
    withdrawn: WithdrawOption = False,
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
) -> None:
    """Shut one desktop down once, also if its sessions are unknown. Bascule starts it again if its agent is to have it now.

    Refused while somebody is logged on, except with --even-with-session and a reason.
    """
    at = daemon_socket(socket, config)
    name = (desktop := desktop_meant(at, of))["name"]
    if withdrawn:
        withdraw(at, IntentKind.STOP, name, reason=reason)
        return
    confirm_with_session(desktop, _("shut it down?"), even_with_session=even_with_session, yes=yes)
    order(at, IntentKind.STOP, name, reason=reason, even_with_session=even_with_session, by_force=force)
    if desktop["target"] is not None and desktop["target"]["level"] in ("ready", "running"):
        say(_("{name} is shut down now, and started again: its agent is to have it", name=name))
    else:
        say(_("{name} is shut down now", name=name))
