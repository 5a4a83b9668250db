"""`bascule desktop quarantine` and `bascule desktop release`."""

from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption, daemon_socket
from provisioner.cli.desktop_orders import EvenOption, OfArgument, desktop_meant, order, withdraw
from provisioner.cli.output import CONFIG, ConfigOption, ReasonOption, say
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _


def quarantine(
    of: OfArgument,
    reason: ReasonOption = "",
    even_with_session: EvenOption = False,
    yes: YesOption = False,
    config: ConfigOption = CONFIG,
    socket: SocketOption = None,
) -> None:
    """Keep one desktop as it is, for somebody to look at it: nothing is written to it, and its agent gets another.

    Refused while somebody is logged on, except with --even-with-session and a reason. `release` ends it.
    """
    at = daemon_socket(socket, config)
    desktop = desktop_meant(at, of)
    name, login = desktop["name"], desktop["login"]
    if login:
        text = _("{login} gets another desktop, without what is on {name}: quarantine {name}?", login=login, name=name)
        confirm(text, yes=yes)
    order(at, IntentKind.QUARANTINE, name, reason=reason, even_with_session=even_with_session)
    say(_("{name} is in quarantine: kept as it is; `bascule desktop release {name}` ends it", name=name))


def release(of: OfArgument, reason: ReasonOption = "", config: ConfigOption = CONFIG, socket: SocketOption = None) -> None:
    """End a quarantine. The agent keeps the other desktop, if there is one by now; else this one is the agent's again."""
    at = daemon_socket(socket, config)
    desktop = desktop_meant(at, of)
    withdraw(at, IntentKind.QUARANTINE, desktop["name"], reason=reason)
    if other := desktop["superseded_by"]:
        say(_("its agent keeps {other}; {name} is kept, and not used", other=other, name=desktop["name"]))
    else:
        say(_("{name} is its agent's desktop again", name=desktop["name"]))
