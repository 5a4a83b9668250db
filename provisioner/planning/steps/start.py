"""From cloned to ready: configured, started, and asked whether it is there."""

from provisioner.model.actions import Assign, CheckGuest, Configure, Start
from provisioner.model.demand import Want
from provisioner.model.desktops import Reservation
from provisioner.model.ids import NodeKey
from provisioner.model.intents import IntentKind
from provisioner.model.profiles import Profile
from provisioner.model.words import WaitsFor
from provisioner.pacing.probe_timing import ask_again_at, ask_first
from provisioner.planning.inputs import started_at, where
from provisioner.planning.steps.draft import Draft, slot
from provisioner.planning.steps.power import Desired, PowerFacts, desired_power
from provisioner.planning.survey.session_schedule import is_sweep_due

_DEADLINE_S = 60.0


def configure(draft: Draft, want: Want, reservation: Reservation, profile: Profile) -> None:
    """Give it its sizes, network and tags."""
    if lock := lock_of(draft, reservation):
        draft.defer(want, lock, binds=WaitsFor.RETRY)
        return
    node = where(draft.situation, reservation)
    if not slot(draft.configuring, node, draft.situation.config.budget.configures_per_node):
        draft.defer(want, f"node {node.node} is configuring as many desktops as its budget allows")
        return
    deadline = draft.now + _DEADLINE_S
    draft.order(Configure(reservation=reservation, because=want.because, deadline=deadline, node=node, profile=profile))


def start(draft: Draft, want: Want, reservation: Reservation, profile: Profile) -> None:
    """Power it on, where its node has a place for one more boot."""
    node = where(draft.situation, reservation)
    frozen, held = IntentKind.FREEZE in draft.standing, IntentKind.HOLD in draft.standing
    drained = draft.drained[node].reason if node in draft.drained else ""
    desired, why = desired_power(PowerFacts(frozen=frozen, sessions=None, running=False, held=held, drained=drained, want=want))
    if desired is not Desired.ON:
        draft.defer(want, why, binds=WaitsFor.OPERATOR)
        return
    if lock := lock_of(draft, reservation):
        draft.defer(want, lock, binds=WaitsFor.RETRY)
        return
    own = want.agent_id in draft.own
    limit = draft.situation.config.budget.boots_per_node if own else draft.boot_limit(node)
    if not slot(draft.booting, node, limit):
        reason = f"node {node.node} boots {limit} desktops already: the next start waits for one to be ready"
        draft.defer(want, reason, binds=WaitsFor.BOOTS)
        return
    deadline = draft.now + profile.start_timeout_s
    prove = reservation.name not in draft.situation.memory.proved
    draft.order(Start(reservation=reservation, because=why, deadline=deadline, node=node, profile=profile, prove=prove))


def lock_of(draft: Draft, reservation: Reservation) -> str:
    """Why its VM is not to be touched now: a backup, a restore or a migration goes first, however long; empty: it may be."""
    guest = draft.situation.snapshot.guest(reservation.key)
    if guest is None or guest.lock is None:
        return ""
    return f"its VM is locked ('{guest.lock}'): it waits until that is over, and never unlocks it"


def say_if_late(draft: Draft, want: Want, reservation: Reservation, profile: Profile) -> None:
    """A boot that takes too long is somebody's to look at."""
    if draft.now - started_at(draft.situation, reservation) > profile.ready_timeout_s:
        draft.defer(want, f"running, but not ready after {profile.ready_timeout_s:.0f} s: look at its console")


def check(draft: Draft, reservation: Reservation, profile: Profile) -> None:
    """Ask a starting desktop whether it is ready, once it should be."""
    node = where(draft.situation, reservation)
    if _is_due(draft, reservation, node) and slot(draft.checking, node, draft.situation.config.budget.checks_per_node):
        draft.order(_reading(draft, reservation, profile, node, sweep=False))


def _is_due(draft: Draft, reservation: Reservation, node: NodeKey) -> bool:
    began, checked = started_at(draft.situation, reservation), draft.situation.memory.checked.get(reservation.name)
    if checked is not None and checked >= began:
        pace = draft.situation.config.pace
        return draft.now >= ask_again_at(started_at=began, checked_at=checked, pace=pace)
    boots = draft.boots.get(node)  # None: nobody on that node has come up in time
    return boots is None or ask_first(boots.progress.get(reservation.name), boots)


def keep_ready(draft: Draft, want: Want, reservation: Reservation, profile: Profile) -> None:
    """Assign it once its agent's batch is open, and read its sessions from time to time."""
    memory = draft.situation.memory
    if want.level is None and memory.assignments.get(reservation.name) != want.agent_id:
        deadline = draft.now + _DEADLINE_S
        draft.order(Assign(reservation=reservation, because="ready", deadline=deadline, agent_id=want.agent_id))
    read_sessions(draft, reservation, profile)


def read_sessions(draft: Draft, reservation: Reservation, profile: Profile) -> None:
    """Ask a ready desktop who is logged on, when that is due."""
    if is_sweep_due(draft.situation, reservation.name):
        draft.sweeps.append(_reading(draft, reservation, profile, where(draft.situation, reservation), sweep=True))


def sweep(draft: Draft) -> None:
    """Session readings come after readiness checks, the longest unread first."""
    reports = draft.situation.memory.reports
    for reading in sorted(draft.sweeps, key=lambda one: (reports[one.desktop].read_at, one.desktop)):
        if slot(draft.checking, reading.node, draft.situation.config.budget.checks_per_node):
            draft.order(reading)


def _reading(draft: Draft, reservation: Reservation, profile: Profile, node: NodeKey, *, sweep: bool) -> CheckGuest:
    because = "its sessions are due to be read" if sweep else "it should be ready by now"
    deadline = draft.now + _DEADLINE_S
    return CheckGuest(
        reservation=reservation, because=because, deadline=deadline, node=node, profile=profile, sweep=sweep
    )  # fmt: skip
