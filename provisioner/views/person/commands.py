"""What a help desk may order now: only what the daemon would take, and what would come to something."""

from collections.abc import Iterator
from dataclasses import dataclass
from shlex import quote

from provisioner.model.ids import DesktopName
from provisioner.model.intents import NO_TERMS, Intent, IntentKind, Terms
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import MAYBE_ON, Phase
from provisioner.model.session_rules import DESK_MINUTES
from provisioner.model.status import DesktopState
from provisioner.reasons import person
from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.views.person.clause import Basis, Clause, Standing
from provisioner.views.person.facts import Facts
from provisioner.views.published import last_heard
from provisioner.views.reasons import ReasonDocument, reason_document

WHY, TEXT = "WHY", "TEXT"
"""Stand in a command for the reason that the help desk has to give, and for what the person is to read."""
_ENDED_BY_RESTART = frozenset({Standing.READY, Standing.HANGS, Standing.FAILED, Standing.WAITS, Standing.LATER})
_LENT_MEANWHILE = frozenset({Standing.WAITS, Standing.HANGS, Standing.FAILED, Standing.UNKNOWN, Standing.LATER, Standing.NONE})
_KEPT = frozenset({Standing.HANGS, Standing.FAILED, Standing.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDocument:
    """An order that the daemon would take now."""

    command: str
    """As it is written in a shell; `WHY` in it stands for a reason, `TEXT` for a message, in the help desk's own words."""
    does: ReasonDocument
    """What comes of it."""


def commands_for(facts: Facts, clause: Clause) -> tuple[CommandDocument, ...]:
    """In the order in which they should be tried; none while nothing is known of the present."""
    state = facts.state
    cluster = None if state is None else state.reservation.cluster
    if facts.ages.hangs or facts.ages.unseen_since(cluster) is not None:
        return ()
    return tuple(_of_desktop(facts, clause, state)) + tuple(_of_pools(facts, clause))


def _of_desktop(facts: Facts, clause: Clause, state: DesktopState | None) -> Iterator[CommandDocument]:
    """Orders that write on the cluster: a freeze or a pause would keep them waiting."""
    clusters = facts.status.snapshot.clusters if state is None else (state.reservation.cluster,)
    stopped = any(intent.kind is IntentKind.FREEZE for intent in facts.status.intents)
    if stopped or all(cluster in facts.status.paused for cluster in clusters):
        return
    if state is not None:
        yield from _sessions(facts, state)
        yield from _power(facts, clause, state)
        if clause.standing in _KEPT and facts.lent is None and _is_taken(facts, state, IntentKind.QUARANTINE):
            yield _command(f"bascule desktop quarantine {_name(state)}", person.DOES_KEEP())
        yield from _back(facts, state)
    for kept in facts.earlier if state is None else ():
        if kept.quarantined and kept.superseded_by is None:
            says = person.DOES_RELEASE(desktop=kept.reservation.name)
            yield _command(f"bascule desktop release {_name(kept)}", says)


def _sessions(facts: Facts, state: DesktopState) -> Iterator[CommandDocument]:
    """To whoever is logged on: only where the desktop would ask for it."""
    if not state.sessions or state.phase is not Phase.READY:
        return
    if _is_taken(facts, state, IntentKind.MESSAGE, terms=Terms(text=TEXT)):
        yield _command(f"bascule desktop message {_name(state)} {TEXT}", person.DOES_SHOW())
    if _is_taken(facts, state, IntentKind.LOGOFF, terms=Terms(minutes=DESK_MINUTES)):
        does = person.DOES_LOG_OFF(minutes=DESK_MINUTES)
        yield _command(f"bascule desktop logoff {_name(state)} --reason {WHY}", does)


def _power(facts: Facts, clause: Clause, state: DesktopState) -> Iterator[CommandDocument]:
    """A restart, which also starts a desktop that is off and tries a failed one again; else another try."""
    restart = f"bascule desktop restart {_name(state)}"
    if clause.standing not in _ENDED_BY_RESTART or clause.ground is not Basis.CLUSTER:
        return
    if state.phase in (Phase.STOPPING, Phase.DELETING):
        return
    is_held = any(intent.kind is IntentKind.HOLD for intent in facts.status.intents) and state.phase in MAYBE_ON
    if is_held or facts.order(IntentKind.RESTART, state) is not None or not _wakes(facts, state):
        return
    if _is_taken(facts, state, IntentKind.RESTART):
        yield _command(restart, _restarting(facts, state))
    elif _is_taken(facts, state, IntentKind.RESTART, terms=Terms(even_with_session=True)):
        logins = join_reasons(facts.open_sessions(), ALSO)
        yield _command(f"{restart} --even-with-session --reason {WHY}", person.DOES_END(logins=logins))
    elif state.phase is Phase.FAILED and _is_taken(facts, state, IntentKind.RETRY):
        yield _command(f"bascule desktop retry {_name(state)}", person.DOES_RETRY())


def _back(facts: Facts, state: DesktopState) -> Iterator[CommandDocument]:
    """The way back to a desktop that this one was made instead of."""
    other = state.reservation.name
    for kept in facts.earlier:
        name, command = kept.reservation.name, f"bascule desktop restore {_name(kept)}"
        if kept.superseded_by != other:
            continue
        if _is_taken(facts, kept, IntentKind.RESTORE, reason=WHY):
            yield _command(f"{command} --reason {WHY}", person.DOES_RESTORE(desktop=name, other=other))
        elif _is_taken(facts, kept, IntentKind.RESTORE, terms=Terms(even_with_session=True)):
            says = person.DOES_RESTORE_EVEN(desktop=name, other=other)
            yield _command(f"{command} --even-with-session --reason {WHY}", says)


def _wakes(facts: Facts, state: DesktopState) -> bool:
    """Whether it is started by the order: it runs, or somebody is to have it now or later."""
    return state.phase in MAYBE_ON or facts.lent is not None or facts.want is not None


def _restarting(facts: Facts, state: DesktopState) -> Reason:
    if state.phase is Phase.STOPPED:
        return person.DOES_START()
    if state.phase is Phase.FAILED:
        return person.DOES_RETRY()
    heard = last_heard(state.reservation.name, facts.published.records, facts.published.heard)
    if state.sessions is None or heard is None:
        return person.DOES_RESTART_BLIND()
    return person.DOES_RESTART(at=facts.in_text(heard.at))


def _is_taken(facts: Facts, state: DesktopState, kind: IntentKind, *, terms: Terms = NO_TERMS, reason: str = "") -> bool:
    """Whether the daemon would take the order. Without a daemon nobody takes any."""
    judge = facts.published.refusal
    reason = reason if terms == NO_TERMS else WHY
    order = Intent(kind=kind, by="", at=facts.status.at, target=state.reservation.name, reason=reason, terms=terms)
    return judge is not None and not judge(order)


def _of_pools(facts: Facts, clause: Clause) -> Iterator[CommandDocument]:
    """A desktop of a pool, for whoever has none that can be used: the one that waits for the person, or any that is free."""
    agent, lease = facts.standing.agent, facts.lease
    lend = f"bascule pool lend {_word(agent.login)}"
    if not agent.enabled or facts.published.refusal is None:
        return
    if facts.lent is not None:
        if clause.standing in _KEPT and facts.free:
            yield _command(f"bascule pool return {_word(agent.login)}", person.DOES_GIVE_BACK(free=facts.free))
    elif lease is not None:
        yield from _of_lease(facts, lend, lease.desktop, lease.lease)
    elif clause.standing in _LENT_MEANWHILE and (free := facts.free):
        yield _command(lend, person.DOES_LEND(free=free))


def _of_lease(facts: Facts, lend: str, desktop: str, lease: str) -> Iterator[CommandDocument]:
    state = facts.status.desktops.get(DesktopName(desktop))
    if lease == LeaseState.IN_DOUBT.value:
        yield _command(f"{lend} --desktop {_word(desktop)}", person.DOES_LEND_IT())
    elif state is not None and not state.unused and state.phase not in (Phase.FAILED, Phase.DELETING, Phase.UNKNOWN):
        yield _command(lend, person.DOES_LEND_AGAIN())


def _command(command: str, does: Reason) -> CommandDocument:
    return CommandDocument(command=command, does=reason_document(does))


def _name(state: DesktopState) -> str:
    return _word(state.reservation.name)


def _word(text: str) -> str:
    """For a shell; a login that begins with a dash is not an option."""
    return f"-- {quote(text)}" if text.startswith("-") else quote(text)


__all__ = ["WHY", "CommandDocument", "commands_for"]
