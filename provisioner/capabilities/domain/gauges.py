"""Computer accounts in the domain that desktops join."""

from monitors.metric import Instants, Room, Rows, View
from provisioner.capabilities.domain.model import STATE

ROOM = Room("Domain", after="The daemon's API, journal, certificates and forecasts")


@ROOM.gauge(
    "computer_accounts",
    "state",
    help="Computer accounts of desktops: kept; gone (its desktop is gone); not_made (its desktop asks for it).",
    query='bascule_computer_accounts{state="not_made"} > 0',
)
def accounts(view: View) -> Rows:
    if (state := view.status.parts[STATE]) is None:
        return {}
    return {("kept",): state.accounts - state.gone, ("gone",): state.gone, ("not_made",): len(state.not_made)}


@ROOM.gauge("domain_failing", "realm", help="1 when the last round over the domain's computer accounts failed.")
def failing(view: View) -> Rows:
    return {} if (state := view.status.parts[STATE]) is None else {(state.realm,): int(bool(state.failing))}


@ROOM.age(
    "domain",
    "realm",
    help="Time since the domain's computer accounts were last read; before the first time, since the start of the daemon.",
)
def read_at(view: View) -> Instants:
    if (state := view.status.parts[STATE]) is None:
        return {}
    return {(state.realm,): view.started_at if state.read_at is None else state.read_at}
