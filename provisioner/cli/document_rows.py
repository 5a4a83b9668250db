"""Documents as rows of tables: of the daemon's answers, and of what is computed without it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from provisioner.cli.documents import (
    ActionDocument,
    AgentDocument,
    DesktopDocument,
    JournalLine,
    LeftoverDocument,
    LentDocument,
    NodeDocument,
    PoolDesktopDocument,
    PoolDocument,
    SeatDocument,
)
from provisioner.cli.phases import phase_now, phase_then
from provisioner.cli.reason_lines import example_in, reason_in
from provisioner.cli.times import instant
from provisioner.cli.why_parts import clock, journal_result
from provisioner.model.departures import DAY_S
from provisioner.model.intents import IntentKind
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import SeatKind
from provisioner.model.order_words import NotedWord
from provisioner.model.words import JournalWord
from provisioner.reasons.grouping import sort_of
from provisioner.reasons.pools import INSTEAD
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.reasons.views import (
    LEASE_FREE,
    LEASE_IN_DOUBT,
    LEASE_KEPT,
    LEASE_LENT,
    LEASE_TO_RESET,
    STATE_CORDONED,
    STATE_DRAINED,
    STATE_EVACUATED,
    STATE_OFFLINE,
    STATE_ONLINE,
)
from provisioner.texts.translate import _, headings, kept_word, plural, term, translated

ACTION_COLUMNS = headings("action", "desktop", "VM", "because")
KIND_COLUMNS = headings("count", "action", "for example", "VM", "because")
DESKTOP_COLUMNS = headings("desktop", "VM", "agent", "node", "phase", "sessions", "because")
AGENT_COLUMNS = headings("login", "name", "wave", "desktop", "phase", "because")
NODE_COLUMNS = headings("node", "state", "desktops", "running", "sessions", "unknown", "why")
"""`running` counts desktops; `unknown` counts desktops whose sessions are unknown."""
JOURNAL_COLUMNS = headings("at", "what", "desktop", "result", "reason")
POOL_COLUMNS = headings("pool", "size", "ready", "lendable", "off", "coming", "lent", "waiting", "kept", "resetting", "failed")
"""`waiting` counts lent desktops that are not ready yet."""
POOL_DESKTOP_COLUMNS = headings("desktop", "phase", "lent to", "since", "state")
Row = tuple[object, ...]


def action_row(action: ActionDocument) -> Row:
    """A row of `plan`."""
    return (term("order", action["action"]), action["desktop"] or "-", vm_in(action), reason_in(action["because"]))


def action_kind_rows(actions: Iterable[ActionDocument]) -> Iterator[Row]:
    """Rows of `plan` for many actions: for each action and kind of reason the number, and the first as an example."""
    kinds: defaultdict[tuple[str, str], list[ActionDocument]] = defaultdict(list)
    for action in actions:
        kinds[action["action"], sort_of(reason_in(action["because"]))].append(action)
    return ((len(alike), *action_row(alike[0])) for alike in kinds.values())


def desktop_row(desktop: DesktopDocument, *, at: str) -> Row:
    """A row of `desktops`; `at`: the time of the document."""
    count = desktop["session"]["count"]
    agent, sessions = desktop["login"] or _holder(desktop), _("unknown") if count is None else count
    phase = (desktop["phase"], desktop["unseen_since"])
    remarks = (phase_then(*phase), _remark(desktop), _unknown_for(desktop["sessions_unknown_since"], at))
    because = join_reasons(filter(None, remarks))
    return (desktop["name"], vm_in(desktop), agent, desktop["node"], phase_now(*phase), sessions, because)


def agent_row(agent: AgentDocument) -> Row:
    """A row of `agents`."""
    phase = (agent["phase"], agent["unseen_since"])
    wave, desktop = agent["wave"] or "-", agent["desktop"] or "-"
    because = join_reasons(filter(None, (phase_then(*phase), _lent(agent["lent"]), reason_in(agent["because"]))))
    return (agent["login"], agent["name"], wave, desktop, phase_now(*phase), because)


def node_row(node: NodeDocument) -> Row:
    """A row of `node list`. Of a node that is to become empty, what most of its desktops wait for."""
    states = [STATE_ONLINE() if node["online"] else STATE_OFFLINE()]
    if node["cordoned"]:
        evacuated = STATE_EVACUATED() if node["evacuated"] else STATE_CORDONED()
        states.append(STATE_DRAINED() if node["drained"] else evacuated)
    figures = (node[name] for name in ("desktops", "running", "sessions", "sessions_unknown"))
    stay = (f"{count['count']} × {example_in(count)}" for count in node["stay"][:1])
    because = join_reasons(filter(None, (reason_in(node["because"]), *stay)))
    return (f"{node['cluster']}/{node['node']}", join_reasons(states, ALSO), *figures, because)


def pool_row(pool: PoolDocument) -> Row:
    """A row of `pool list`."""
    figures = (
        pool[name] for name in ("size", "ready", "lendable", "off", "coming", "lent", "waiting", "kept", "to_reset", "failed")
    )
    return (pool["name"], *figures)


def pool_desktop_row(desktop: PoolDesktopDocument) -> Row:
    """A row of `pool show`."""
    since = "-" if desktop["since"] is None else clock(desktop["since"])
    lease = LEASE_FREE() if desktop["lease"] == "free" else _LEASES[LeaseState(desktop["lease"])]()
    phase = phase_now(desktop["phase"], desktop["unseen_since"])
    return (desktop["name"], phase, desktop["login"] or "-", since, lease)


_LEASES = {
    LeaseState.LENT: LEASE_LENT,
    LeaseState.KEPT: LEASE_KEPT,
    LeaseState.TO_RESET: LEASE_TO_RESET,
    LeaseState.IN_DOUBT: LEASE_IN_DOUBT,
}


def journal_row(line: JournalLine) -> Row:
    """A row of `journal`."""
    what, result = kept_word(line["what"], JournalWord, IntentKind, NotedWord), journal_result(line)
    reason = reason_in(line["reason"] or line["because"])
    return (clock(line["at"]), what, line["subject"] or "-", result, reason)


def vm_in(part: DesktopDocument | ActionDocument | LeftoverDocument) -> str:
    """`cluster/vmid`."""
    return f"{part['cluster']}/{part['vmid']}"


def _lent(lent: LentDocument | None) -> str:
    if lent is None or lent["lease"] != LeaseState.LENT.value:
        return ""
    return translated(INSTEAD(desktop=lent["desktop"], pool=lent["pool"], since=clock(lent["since"])))


def _holder(desktop: DesktopDocument) -> str:
    """`zmartin (pool:desk/1)`, or the seat alone."""
    seat = _seat(desktop["seat"])
    return f"{desktop['lent_to']} ({seat})" if desktop["lent_to"] else seat


def _seat(seat: SeatDocument | None) -> str:
    if seat is None:
        return "-"
    return str(seat["id"]) if seat["kind"] == SeatKind.AGENT.value else f"{seat['kind']}:{seat['id']}"


def _remark(desktop: DesktopDocument) -> str:
    """Empty for a desktop that is ready and well: most of 1,700 rows stay short."""
    remark = desktop["remark"]
    if remark is None and desktop["phase"] != Phase.READY.value:
        remark = desktop["because"]
    return reason_in(remark)


def _unknown_for(since: str | None, at: str) -> str:
    """`sessions unknown for 2 days`; empty before a whole day has passed."""
    days = 0 if since is None else int((instant(at) - instant(since)) / DAY_S)
    return plural("sessions unknown for {count} day", "sessions unknown for {count} days", days) if days else ""
