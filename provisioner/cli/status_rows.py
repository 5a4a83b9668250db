"""A status as rows of tables, as lines for people and as documents for programs.

Rows and lines that programs get too hold reasons and words of the model: `output` translates them where it prints a table.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from provisioner.cli.output import pairs
from provisioner.cli.store_status import clock_time
from provisioner.daemon.offline_status import OfflineStatus
from provisioner.model.actions import Action, Result
from provisioner.model.ids import Instant
from provisioner.model.intents import IntentKind
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import JournalWord
from provisioner.ports import JournalEntry
from provisioner.reasons.grouping import sort_of
from provisioner.reasons.reason import join_reasons
from provisioner.texts.translate import _, headings, kept_word, term
from provisioner.views.agents import agents_in
from provisioner.views.desktops import remark_on, unknown_for

AGENT_COLUMNS = headings("login", "name", "wave", "desktop", "phase", "because")


def action_row(action: Action) -> tuple[object, ...]:
    """A row of `plan`."""
    return (term("order", action.word), action.desktop, action.key, action.because)


def action_kind_rows(actions: Iterable[Action]) -> Iterator[tuple[object, ...]]:
    """Rows of `plan` for many actions: for each action and kind of reason the number, and the first as an example."""
    kinds: defaultdict[tuple[str, str], list[Action]] = defaultdict(list)
    for action in actions:
        kinds[action.word, sort_of(action.because)].append(action)
    return ((len(alike), *action_row(alike[0])) for alike in kinds.values())


def desktop_row(state: DesktopState, *, now: Instant) -> tuple[object, ...]:
    """A row of `desktops`."""
    sessions = _("unknown") if state.sessions is None else len(state.sessions)
    reservation = state.reservation
    agent = state.agent_login or reservation.agent_id or reservation.seat or "-"
    why = join_reasons(filter(None, (remark_on(state), unknown_for(state, now))))
    return (reservation.name, reservation.key, agent, state.node, state.phase, sessions, why)


def agent_rows(status: Status) -> Iterator[tuple[str, ...]]:
    """The rows of `agents`, by login."""
    for standing in agents_in(status):
        agent, phase = standing.agent, standing.phase or "-"
        yield (agent.login, agent.display_name, standing.wave or "-", standing.desktop or "-", phase, standing.because)


def journal_row(entry: JournalEntry) -> tuple[object, ...]:
    """A row of `journal`."""
    what = kept_word(entry.what, JournalWord, IntentKind)
    result = kept_word(entry.result, Result, JournalWord)
    return (clock_time(entry.at), what, entry.subject or "-", result, entry.reason or entry.because)


def plan_document(offline: OfflineStatus) -> dict[str, object]:
    """The document of `plan --json`."""
    plan = offline.status.plan
    return {
        "actions": [
            {
                "action": action.word,
                "desktop": action.desktop,
                "vm": str(action.key),
                **dict(pairs("because", action.because)),
            }
            for action in plan.actions
        ],
        "deferred": plan.deferred,
        "leftovers": plan.leftovers,
        "blocked": offline.status.blocked,
        **_unusable(offline),
    }


def _unusable(offline: OfflineStatus) -> dict[str, object]:
    return {"unseen": offline.unseen, "directory_error": offline.status.directory_error}
