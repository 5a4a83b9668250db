"""A status as rows of tables, as lines for people and as documents for programs.

Rows and lines that programs get too hold reasons and words of the model: `output` translates them where it prints a table.
"""

import enum
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from provisioner.cli.output import pairs
from provisioner.cli.store_status import clock_time
from provisioner.daemon.offline_status import OfflineStatus
from provisioner.model.actions import Action, Result
from provisioner.model.ids import Instant, ProfileName
from provisioner.model.intents import IntentKind
from provisioner.model.status import DesktopState, Preparation, Status
from provisioner.model.words import JournalWord
from provisioner.ports import JournalEntry
from provisioner.reasons.grouping import sort_of
from provisioner.reasons.reason import join_reasons
from provisioner.texts.translate import _, headings, term, word
from provisioner.views.agents import agents_in
from provisioner.views.capacity import capacity_documents
from provisioner.views.desktops import remark_on, unknown_for
from provisioner.views.figures import ready_in, session_figures, unheard_in
from provisioner.views.findings import wrong_in

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


def phase_rows(status: Status) -> list[tuple[object, ...]]:
    """Desktops by profile and phase; wanted desktops that do not exist yet come last, so that none is missing from the sum."""
    states = status.desktops.values()
    phases = Counter((state.reservation.profile, state.phase) for state in states)
    made = {state.reservation.seat for state in states if state.wanted}
    to_make = Counter(want.profile for seat, want in status.demand.wants.items() if seat not in made)
    waiting = [(profile, _("not created yet"), count) for profile, count in sorted(to_make.items())]
    return [*((*key, count) for key, count in sorted(phases.items())), *waiting]


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
    what = _word_of(entry.what, JournalWord, IntentKind)
    result = _word_of(entry.result, Result, JournalWord)
    return (clock_time(entry.at), what, entry.subject or "-", result, entry.reason or entry.because)


def _word_of(text: str, *kinds: type[enum.StrEnum]) -> str:
    """A word that the store keeps as text, in the language: of the first of these kinds that has it, or an action."""
    return next((word(kind(text)) for kind in kinds if text in kind.__members__.values()), term("order", text))


def preparation_row(preparation: Preparation) -> tuple[object, ...]:
    """A row of what is made ahead of need."""
    return (
        preparation.wave,
        preparation.profile,
        clock_time(preparation.opens_at),
        preparation.level,
        preparation.stopped,
        preparation.running,
        preparation.missing,
    )


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


def status_document(offline: OfflineStatus) -> dict[str, object]:
    """The document of `status --json`."""
    status = offline.status
    desktops, sessions = status.desktops.values(), session_figures(status)
    return {
        "at": status.at,
        "quarantine": status.guard.quarantine,
        "wanted": len(status.demand.wants),
        "ready": ready_in(status),
        "ahead": status.preparations,
        "not_wanted": Counter(agent.reason for agent in status.demand.not_wanted),
        "leaving": Counter(state.leaving.step.value for state in desktops if state.leaving is not None),
        "desktops": Counter(state.phase.value for state in desktops),
        "sessions": sessions.open,
        "sessions_of_strangers": sessions.of_strangers,
        "sessions_unknown": sessions.unknown,
        "guest_unknown": Counter(word.value for word in unheard_in(status)),
        "capacity": {
            document.profile: {
                "free": document.free,
                "binds": status.capacity[ProfileName(document.profile)].binds,
                "after_loss": document.after_loss,
                "gains": document.gains,
            }
            for document in capacity_documents(status)
        },
        "intents": status.intents,
        "cordoned": {str(key): cordon.reason for key, cordon in status.cordons.items()},
        "deferred": Counter(deferral.reason for deferral in status.plan.deferred),
        "blocked": status.blocked,
        "baseline_accepted": status.baseline_accepted,
        "wrong": wrong_in(status),
        **_unusable(offline),
    }


def _unusable(offline: OfflineStatus) -> dict[str, object]:
    return {"unseen": offline.unseen, "directory_error": offline.status.directory_error}
