"""A status as rows of tables, as lines for people and as documents for programs.

Rows and lines that programs get too hold reasons and words of the model: `output` translates them where it prints a table.
"""

import enum
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from provisioner.cli.moments import moment
from provisioner.cli.output import pairs
from provisioner.cli.status_lines import unheard_in, wrong_in_words
from provisioner.cli.store_status import clock_time
from provisioner.daemon.offline_status import OfflineStatus
from provisioner.model.actions import Action, Clone, Result
from provisioner.model.departures import DAY_S, LeaverState
from provisioner.model.desktops import Phase
from provisioner.model.erasure import everyone_in
from provisioner.model.ids import Instant
from provisioner.model.intents import IntentKind
from provisioner.model.seats import seat_of
from provisioner.model.status import DesktopState, Preparation, Status
from provisioner.model.words import JournalWord
from provisioner.ports import JournalEntry
from provisioner.reasons.grouping import sort_of
from provisioner.reasons.reason import ALSO, NONE, Reason, join_reasons
from provisioner.reasons.views import (
    CLONE_NEXT,
    LEAVING,
    LEAVING_OVERDUE,
    MADE_AHEAD,
    NO_REPORT,
    STRANGERS,
    SUPERSEDED_BY,
)
from provisioner.texts.translate import _, headings, plural, term, word

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
    why = join_reasons(filter(None, (_why(state), _unknown_for(state, now))))
    return (reservation.name, reservation.key, agent, state.node, state.phase, sessions, why)


def agent_rows(status: Status) -> Iterator[tuple[str, ...]]:
    """The rows of `agents`, by login."""
    of_agent = {state.reservation.agent_id: state for state in status.desktops.values() if state.superseded_by is None}
    ordered = {action.reservation.agent_id for action in status.plan.actions if isinstance(action, Clone)}
    waiting = {deferral.agent_id: deferral.reason for deferral in status.plan.deferred}
    left_out = {agent.agent_id: agent.reason for agent in status.demand.not_wanted}
    for agent in sorted(everyone_in(status.roster).values() if status.roster else (), key=lambda agent: agent.login):
        key = agent.agent_id
        if status.roster and key in status.roster.departed and key not in of_agent:
            continue  # the desktop is gone too, and the next reading drops the name
        seat, state = seat_of(key), of_agent.get(key)
        want = status.demand.wants.get(seat) or status.demand.ahead.get(seat)
        concluded = _why(state) if state else CLONE_NEXT() if key in ordered else NONE
        because = (
            (_leaving(state.leaving) if state and state.leaving else NONE)
            or left_out.get(key)
            or waiting.get(key)
            or (MADE_AHEAD() if state and _is_made_ahead(state) else NONE)
            or concluded
        )
        desktop, phase = (state.reservation.name, state.phase) if state else ("-", "-")
        yield (agent.login, agent.display_name, want.wave if want else "-", desktop, phase, because)


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
    desktops = status.desktops.values()
    return {
        "at": status.at,
        "quarantine": status.guard.quarantine,
        "wanted": len(status.demand.wants),
        "ready": sum(state.wanted and state.phase is Phase.READY for state in desktops),
        "ahead": status.preparations,
        "not_wanted": Counter(agent.reason for agent in status.demand.not_wanted),
        "leaving": Counter(state.leaving.step.value for state in desktops if state.leaving is not None),
        "desktops": Counter(state.phase.value for state in desktops),
        "sessions": sum(len(state.sessions or ()) for state in desktops),
        "sessions_of_strangers": sum(len(state.strangers) for state in desktops),
        "sessions_unknown": sum(state.sessions is None for state in desktops),
        "guest_unknown": Counter(word.value for word in unheard_in(status)),
        "capacity": status.capacity,
        "intents": status.intents,
        "cordoned": {str(key): cordon.reason for key, cordon in status.cordons.items()},
        "deferred": Counter(deferral.reason for deferral in status.plan.deferred),
        "blocked": status.blocked,
        "baseline_accepted": status.baseline_accepted,
        "wrong": wrong_in_words(status),
        **_unusable(offline),
    }


def _why(state: DesktopState) -> Reason:
    """Empty for a desktop that is ready and well: most of 1,700 rows stay short."""
    if state.superseded_by is not None:
        return SUPERSEDED_BY(name=state.superseded_by, why=state.because)
    if state.leaving is not None:
        return _leaving(state.leaving)
    if state.phase is not Phase.READY:
        return state.because
    if state.strangers:
        return STRANGERS(logins=join_reasons((session.login for session in state.strangers), ALSO))
    return NO_REPORT(why=state.unheard.text) if state.unheard is not None else NONE


def _unknown_for(state: DesktopState, now: Instant) -> str:
    """`sessions unknown for 2 days`; empty before a whole day has passed."""
    days = 0 if state.unknown_since is None else int((now - state.unknown_since) / DAY_S)
    return plural("sessions unknown for {count} day", "sessions unknown for {count} days", days) if days else ""


def _leaving(leaving: LeaverState) -> Reason:
    """`suspended (gone since 2026-11-24 09:00), stopped from 2026-11-25 09:00 on: the account is disabled`."""
    return (LEAVING_OVERDUE if leaving.overdue else LEAVING)(
        step=leaving.step.value,
        since=moment(leaving.since),
        next_step=leaving.next_step,
        at=moment(leaving.next_at),
        why=leaving.reason,
    )


def _is_made_ahead(state: DesktopState) -> bool:
    """Whether it is off or ready, and its agent's batch is not open."""
    return bool(state.ahead) and state.phase in (Phase.STOPPED, Phase.READY)


def _unusable(offline: OfflineStatus) -> dict[str, object]:
    return {"unseen": offline.unseen, "directory_error": offline.status.directory_error}
