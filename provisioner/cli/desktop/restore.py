"""`bascule desktop restore`."""

from typing import Annotated

import typer

from provisioner.cli.confirm import YesOption, confirm
from provisioner.cli.daemon_client import SocketOption
from provisioner.cli.desktop.orders import desktop_meant
from provisioner.cli.documents import DesktopDocument
from provisioner.cli.ordering import desk
from provisioner.cli.output import CONFIG, ByOption, ConfigOption, JsonOption, ReasonOption
from provisioner.model.intents import IntentKind
from provisioner.texts.translate import _, plural

EarlierArgument = Annotated[
    list[str],
    typer.Argument(metavar="DESKTOP", help="The desktop that the person had before: its name, or a part of it."),
]
EvenOption = Annotated[
    bool, typer.Option("--even-with-session", help="Although somebody is logged on to the newer desktop; the session goes on.")
]


def restore(
    of: EarlierArgument,
    reason: ReasonOption = "",
    even_with_session: EvenOption = False,
    yes: YesOption = False,
    config: ConfigOption = CONFIG,
    by: ByOption = "",
    socket: SocketOption = None,
    json: JsonOption = False,
) -> None:
    """Give a superseded desktop back to its person, with everything on it. The newer one is kept as it is, and not used.

    Needs a reason. Nobody is logged off. Refused while the desktop cannot be used.
    """
    daemon = desk(socket, config, reason=reason, by=by, json=json)
    desktop = desktop_meant(daemon.at, of)
    name, login, other = desktop["name"], desktop["login"] or "", desktop["superseded_by"]
    if other is not None:  # else the daemon says why not
        confirm(_question(desktop, desktop_meant(daemon.at, [other])), yes=yes)
    daemon.give(IntentKind.RESTORE, name, even_with_session=even_with_session)
    daemon.tell(
        _("{name} is the desktop of {login} again; {other} is kept, and not used", name=name, login=login, other=other or "")
    )


def _question(desktop: DesktopDocument, newer: DesktopDocument) -> str:
    """What happens to whom, after who is logged on to the newer one."""
    name, other, count = desktop["name"], newer["name"], newer["session"]["count"]
    login = desktop["login"] or newer["login"] or ""
    question = _(
        "{login} has {other}, which stays as it is and is not used any more: give {name} back to {login}?",
        login=login, other=other, name=name,
    )  # fmt: skip
    if count is None:
        return _("whether somebody is logged on to {name} is not known: {question}", name=other, question=question)
    if not count:
        return question
    return plural(
        "{count} session is open on {name}, and goes on: {question}",
        "{count} sessions are open on {name}, and go on: {question}",
        count,
        name=other,
        question=question,
    )
