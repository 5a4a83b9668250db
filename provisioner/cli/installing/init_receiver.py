"""Whether, and where, the desktops of a new site report by themselves: an option, or a question."""

import grp
import re
import shlex
from contextlib import suppress

from provisioner.cli.installing.init_asking import Asking
from provisioner.cli.output import say
from provisioner.daemon.system_clock import SystemClock
from provisioner.errors import SettingsError
from provisioner.reasons.certificates import RECEIVER_FORM
from provisioner.setup.receiver_files import NewReceiver, installed_receiver, new_receiver, own_address
from provisioner.texts.translate import _

_PLACE = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9.-]+))(?::(?P<port>\d{1,5}))?|(?P<bare>[0-9A-Fa-f:.]+)")
_GROUP = "bascule-receiver"
"""Of the receiver's account, as the Ansible role makes it."""
_PORT, _HIGHEST_PORT = 9819, 65_535


def chosen_receiver(
    asking: Asking, wish: str, endpoint: str, *, own_places: bool, installed: bool = False
) -> NewReceiver | None:
    """None: the desktops are only read. `endpoint`: of the cluster, which this machine reaches.

    `installed`: on another machine. Raises SettingsError.
    """
    own = own_address(endpoint)
    answer = wish or asking.text(*(_asked_of_another() if installed else _asked_here(own)))
    if answer.lower() in {"none", *_("none no").split()}:
        return None
    found = _PLACE.fullmatch(answer)
    chosen = int((found and found["port"]) or _PORT)
    if found is None or not 0 < chosen <= _HIGHEST_PORT:
        raise SettingsError(RECEIVER_FORM())
    name = found["six"] or found["name"] or found["bare"]
    if installed:
        return installed_receiver(name, chosen, _GROUP)
    return new_receiver(name, chosen, own=own, group="" if own_places else _group(), now=SystemClock().now())


def _asked_here(own: str) -> tuple[str, str]:
    """The question, and the usual answer."""
    question = _(
        "Where desktops report who is logged on: a name or address of this machine, and a port; none: Bascule asks them"
    )
    return question, f"[{own}]:{_PORT}" if ":" in own else f"{own}:{_PORT}"


def _asked_of_another() -> tuple[str, str]:
    question = _(
        "Where desktops report who is logged on: a name or address of the daemon's machine, and a port; none: Bascule asks them"
    )
    return question, "none"


def show_receiver(receiver: NewReceiver, config: str) -> None:
    """What is still to be done for it."""
    say(
        _(
            "desktops report to {name}, port {port}: the first line lays out what the golden image needs, the second runs it",
            name=receiver.name,
            port=receiver.port,
        )
    )
    say(f"  {shlex.join(['bascule', 'guest', 'files', 'DIR', '--config', config])}")
    say(f"  {shlex.join(['bascule', 'guest', 'receiver', '--config', config])}")


def _group() -> str:
    """Empty: the receiver runs as the daemon's account."""
    with suppress(KeyError):
        return grp.getgrnam(_GROUP).gr_name
    return ""
