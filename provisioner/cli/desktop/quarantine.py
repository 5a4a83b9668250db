"""`bascule desktop quarantine` and `bascule desktop release`."""

from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.desktop.orders import EvenOption, OfArgument, desktop_meant
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _


def quarantine(
    of: OfArgument,
    reason: ReasonOption = "",
    even_with_session: EvenOption = False,
    yes: YesOption = False,
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Keep one desktop as it is, for somebody to look at it: nothing is written to it, and its agent gets another.

    Refused while somebody is logged on, except with --even-with-session and a reason. `release` ends it.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    desktop = desktop_meant(daemon.at, of)
    name, login = desktop["name"], desktop["login"]
    if login:
        text = _("{login} gets another desktop, without what is on {name}: quarantine {name}?", login=login, name=name)
        confirm(text, yes=yes)
    daemon.give(IntentKind.QUARANTINE, name, even_with_session=even_with_session)
    daemon.tell(_("{name} is in quarantine: kept as it is; `bascule desktop release {name}` ends it", name=name))


def release(
    of: OfArgument,
    reason: ReasonOption = "",
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """End a quarantine. The agent keeps the other desktop, if there is one by now; else this one is the agent's again."""
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    desktop = desktop_meant(daemon.at, of)
    daemon.end(IntentKind.QUARANTINE, desktop["name"])
    if other := desktop["superseded_by"]:
        daemon.tell(_("released: its agent keeps {other}; {name} is kept, and not used", other=other, name=desktop["name"]))
    else:
        daemon.tell(_("released: {name} is its agent's desktop again", name=desktop["name"]))
