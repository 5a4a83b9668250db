"""A status as rows of tables and as documents for programs. Pure."""

from collections import Counter
from collections.abc import Iterator

from provisioner.cli.directory_rows import moment
from provisioner.cli.output import counted, pairs
from provisioner.daemon.offline_status import OfflineStatus
from provisioner.model.actions import Action, Clone
from provisioner.model.departures import DAY_S, LeaverState
from provisioner.model.desktops import Phase
from provisioner.model.erasure import everyone_in
from provisioner.model.guard import HeldInput
from provisioner.model.ids import Instant
from provisioner.model.seats import seat_of
from provisioner.model.status import DesktopState, Status
from provisioner.model.words import GuestWord

AGENT_COLUMNS = ("login", "name", "wave", "desktop", "phase", "because")


def action_row(action: Action) -> tuple[object, ...]:
    """Of `plan`."""
    return (action.word, action.desktop, action.key, action.because)


def desktop_row(state: DesktopState, *, now: Instant) -> tuple[object, ...]:
    """Of `desktops`."""
    sessions = "unknown" if state.sessions is None else len(state.sessions)
    reservation = state.reservation
    agent = state.agent_login or reservation.agent_id or reservation.seat or "-"
    why = _why(state) + _unknown(state, now)
    return (reservation.name, reservation.key, agent, state.node, state.phase.value, sessions, why)


def agent_rows(status: Status) -> Iterator[tuple[str, ...]]:
    """Of `agents`, by login."""
    of_agent = {one.reservation.agent_id: one for one in status.desktops.values() if one.superseded_by is None}
    ordered = {one.reservation.agent_id for one in status.plan.actions if isinstance(one, Clone)}
    waiting = {one.agent_id: one.reason for one in status.plan.deferred}
    left_out = {one.agent_id: one.reason for one in status.demand.not_wanted}
    for agent in sorted(everyone_in(status.roster).values() if status.roster else (), key=lambda one: one.login):
        key = agent.agent_id
        if status.roster and key in status.roster.departed and key not in of_agent:
            continue  # it is over, and the next reading drops the name
        seat, state = seat_of(key), of_agent.get(key)
        want = status.demand.wants.get(seat) or status.demand.ahead.get(seat)
        concluded = _why(state) if state else "its clone comes next" if key in ordered else ""
        because = (
            (_leaving(state.leaving) if state and state.leaving else "")
            or left_out.get(key)
            or waiting.get(key)
            or (_made_ahead(state) if state else "")
            or concluded
        )
        desktop, phase = (state.reservation.name, state.phase.value) if state else ("-", "-")
        yield (agent.login, agent.display_name, want.wave if want else "-", desktop, phase, because)


def plan_document(seen: OfflineStatus) -> dict[str, object]:
    """Of `plan --json`."""
    plan = seen.status.plan
    return {
        "actions": [
            {"action": one.word, "desktop": one.desktop, "vm": str(one.key), **dict(pairs("because", one.because))}
            for one in plan.actions
        ],
        "deferred": plan.deferred,
        "leftovers": plan.leftovers,
        "blocked": seen.status.blocked,
        **_unusable(seen),
    }


def status_document(seen: OfflineStatus) -> dict[str, object]:
    """Of `status --json`."""
    status = seen.status
    return {
        "at": status.at,
        "quarantine": status.guard.quarantine,
        "wanted": len(status.demand.wants),
        "ready": sum(one.wanted and one.phase is Phase.READY for one in status.desktops.values()),
        "ahead": status.preparations,
        "not_wanted": Counter(one.reason for one in status.demand.not_wanted),
        "leaving": Counter(one.leaving.step.value for one in status.desktops.values() if one.leaving is not None),
        "desktops": Counter(one.phase.value for one in status.desktops.values()),
        "sessions": sum(len(one.sessions or ()) for one in status.desktops.values()),
        "sessions_of_strangers": _strangers(status),
        "sessions_unknown": sum(one.sessions is None for one in status.desktops.values()),
        "guest_unknown": Counter(word.value for word in _unheard(status)),
        "capacity": status.capacity,
        "intents": status.intents,
        "cordoned": {str(key): one.reason for key, one in status.cordons.items()},
        "deferred": Counter(one.reason for one in status.plan.deferred),
        "blocked": status.blocked,
        "baseline_accepted": status.baseline_accepted,
        "wrong": wrong_in_words(status),
        **_unusable(seen),
    }


_HELD = {
    HeldInput.DIRECTORY: ("the directory is", "an earlier roster is"),
    HeldInput.CONFIGURATION: ("the changed configuration is", "the earlier one is"),
    HeldInput.BOTH: ("directory and configuration are", "what was before is"),
}


def wrong_in_words(status: Status) -> tuple[str, ...]:
    """What waits for a person, each with what to do; nothing goes on by itself there."""
    wrong = []
    if (held := status.guard.quarantine) is not None:
        what, instead = _HELD[held.of]
        wrong.append(f"{what} quarantined since {moment(held.since)}, {instead} in force: {held.words}")
        wrong.append("`bascule directory diff` names them; `bascule directory accept` lets them through")
    if again := sum(bool(one.same_as) for one in status.roster.rejected) if status.roster else 0:
        people = counted(again, "person is", "people are")
        wrong.append(
            f"{people} there under a new id: `bascule directory diff` names them, `bascule directory rekey` carries them over"
        )
    failed = sum(one.phase is Phase.FAILED and one.superseded_by is None for one in status.desktops.values())
    if failed:
        have = "has" if failed == 1 else "have"
        says = "`bascule desktops` says why; `bascule desktop retry` tries again"
        wrong.append(f"{counted(failed, 'desktop')} {have} failed: {says}")
    if not status.baseline_accepted and status.desktops:
        wrong.append("the store was rebuilt from the desktops' notes: `bascule baseline accept` lets stops and deletes go on")
    return tuple(wrong)


def rekeyed_in_words(status: Status) -> Iterator[str]:
    """`12 desktops' notes name an earlier id of their agents: …`, until all are written."""
    if count := sum(bool(one.reservation.noted_as) for one in status.desktops.values()):
        yield (
            f"the notes of {counted(count, 'desktop')} name an earlier id of the agent, and are written anew: until then "
            "only the store knows whose they are"
        )


def sessions_in_words(status: Status) -> str:
    """`12 open sessions, 1 of strangers (…); sessions of 3 desktops unknown`."""
    known = sum(len(one.sessions or ()) for one in status.desktops.values())
    unknown = sum(one.sessions is None for one in status.desktops.values())
    strange = _strangers(status)
    text = counted(known, "open session") + (f", {strange} of strangers (`bascule desktops` names them)" if strange else "")
    return f"{text}; sessions of {counted(unknown, 'desktop')} unknown" if unknown else text


def unheard_in_words(status: Status) -> Iterator[str]:
    """`12 desktops give no report (no_file): is bascule-report in the image …`, a line for each reason."""
    counts = Counter(_unheard(status))
    for word in GuestWord:
        if counts[word]:
            gives = "gives" if counts[word] == 1 else "give"
            yield f"{counted(counts[word], 'desktop')} {gives} no report ({word}): {_LOOK_AT[word]}"


def _unheard(status: Status) -> Iterator[GuestWord]:
    for state in status.desktops.values():
        if state.unheard is not None:
            yield state.unheard.word


def _strangers(status: Status) -> int:
    return sum(len(state.strangers) for state in status.desktops.values())


_LOOK_AT = {
    GuestWord.NO_AGENT: "the guest agent does not answer; look at the desktop's console, or restart qemu-guest-agent there",
    GuestWord.NO_ANSWER: "nobody answers over SSH as expected; `bascule desktops` says what came instead",
    GuestWord.NO_FILE: "the status document is not there; bascule-report.timer has to run in the image",
    GuestWord.VERSION: "the image's bascule-report is of another version than this Bascule",
    GuestWord.UNREADABLE: "the status document is not as its format says; `bascule desktops` says what is wrong",
    GuestWord.CROWDED: "more sessions than a desktop can hold (max_sessions of its profile): made up, or lent to many",
    GuestWord.OUTDATED: "the status document is not kept current; look at bascule-report.timer and at the desktop's clock",
    GuestWord.CONNECTIONS: "somebody is at the log-on mask, or something else connects to the log-on port",
    GuestWord.OFF: "the VM does not run, and the listing does not show it yet",
    GuestWord.NOT_ASKED: "Proxmox VE did not pass the question on; `bascule check` says whether a right is missing",
    GuestWord.OTHER: "`bascule desktops` says why",
}
"""What an operator does about it."""


def _why(state: DesktopState) -> str:
    """Of 1,700 rows those that are as they should be stay short."""
    if state.superseded_by is not None:
        return f"superseded by {state.superseded_by}; {state.because}"
    if state.leaving is not None:
        return _leaving(state.leaving)
    if state.phase is not Phase.READY:
        return state.because
    if state.strangers:
        return f"strangers are logged on: {', '.join(session.login for session in state.strangers)}"
    return f"gave no report when it was asked last: {state.unheard.text}" if state.unheard is not None else ""


def _unknown(state: DesktopState, now: Instant) -> str:
    """`; sessions unknown for 2 days`, once it is for days."""
    days = 0 if state.unknown_since is None else int((now - state.unknown_since) / DAY_S)
    return f"; sessions unknown for {counted(days, 'day')}" if days else ""


def _leaving(leaving: LeaverState) -> str:
    """`suspended (gone since 2026-11-24 09:00), stopped from 2026-11-25 09:00 on: the account is disabled`."""
    step = f"{leaving.step} (gone since {moment(leaving.since)})"
    due = f"{leaving.next_step} overdue since" if leaving.overdue else f"{leaving.next_step} from"
    return f"{step}, {due} {moment(leaving.next_at)}{'' if leaving.overdue else ' on'}: {leaving.reason}"


def _made_ahead(state: DesktopState) -> str:
    """A desktop that is off or ready, and whose agent's turn has not come."""
    made = state.ahead and state.phase in (Phase.STOPPED, Phase.READY)
    return "made ahead of need: the agent's batch is not open yet" if made else ""


def _unusable(seen: OfflineStatus) -> dict[str, object]:
    return {"unseen": seen.unseen, "directory_error": seen.status.directory_error}
