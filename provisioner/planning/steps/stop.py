"""Shutting a desktop down, whoever wants it: only once it is certain that nobody is logged on, and a few at a time.

A session that begins between the reading and the shutdown would be cut. So a desktop is read once more before its stop is
ordered, and whoever carries the stop out reads it a last time, right before the shutdown is sent.
"""

from dataclasses import dataclass, replace

from provisioner.model.actions import CheckGuest, Deferral, Stop
from provisioner.model.desktops import Phase, Reservation
from provisioner.model.intents import IntentKind
from provisioner.model.profiles import Profile
from provisioner.model.words import WaitsFor
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.planning.inputs import where
from provisioner.planning.safety import ready_or_stopping, stops_at_once
from provisioner.planning.steps.draft import Draft
from provisioner.planning.steps.power import Desired, PowerFacts, desired_power
from provisioner.planning.steps.start import lock_of

FRESH_S = 10.0
"""A reading older than this is repeated before a stop is ordered: the pace of cycles, and of the guest's own report."""
_STOP_DEADLINE_S = 120.0
"""Proxmox VE waits 60 s for a guest to shut down; reading before and the listing's staleness take the rest."""
_CHECK_DEADLINE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a desktop is to be off: its node is drained, or its agent is not wanted any more."""

    drained: str = ""
    left: str = ""
    ordered: str = ""
    """By whom and why: then nobody has to be able to say that nobody is logged on, as long as nobody says that somebody is."""
    binds: WaitsFor
    """What it waits for meanwhile."""

    @property
    def reason(self) -> str:
        """In words."""
        return self.ordered or self.drained or self.left


def shut_down(draft: Draft, one: Reservation, profile: Profile, cause: Cause, *, may_stop: bool) -> int:
    """The next step for one desktop that is to be off; how many of the stops it takes."""
    phase, _ = draft.seen.phases[one.name]
    if one.key in draft.situation.in_flight:
        return 0
    if phase is Phase.STARTING and not cause.ordered:
        _wait(draft, one, cause, "it still starts, and is shut down once it is ready and nobody is logged on")
        return 0
    if phase not in (Phase.STARTING, Phase.READY):
        return 0
    desired, why = _desired(draft, one, cause)
    if desired is not Desired.OFF:
        _wait(draft, one, cause, f"not shut down, {why}")
        if phase is Phase.READY:
            _read(draft, one, profile, within_s=_again_after_s(draft, one))
        return 0
    if not may_stop:
        _wait(draft, one, cause, "shut down after others (safety.max_stops_percent)")
        return 0
    if reason := lock_of(draft, one) or tried_lately(draft, one):
        _wait(draft, one, cause, f"not shut down, {reason}")
        return 0
    if cause.ordered:
        _stop(draft, one, profile, cause)
        return 1
    if draft.now - draft.situation.memory.reports[one.name].read_at > FRESH_S:
        _wait(draft, one, cause, "its sessions are read once more before it is shut down")
        _read(draft, one, profile, within_s=FRESH_S)
        return 1
    _stop(draft, one, profile, cause)
    return 1


def stops_left(draft: Draft) -> int:
    """Stops that may still be ordered in this plan."""
    allowed = stops_at_once(ready_or_stopping(draft.seen), draft.situation.config.safety.max_stops_percent)
    under_way = sum(isinstance(one, Stop) for one in draft.situation.in_flight.values())
    return allowed - under_way - sum(isinstance(one, Stop) for one in draft.actions)


def tried_lately(draft: Draft, one: Reservation) -> str:
    """What went wrong the last time, until it is due again; empty: it is, or nothing did."""
    attempts = draft.situation.memory.attempts.get(one.name)
    return "" if attempts is None or draft.now >= attempts.retry_at else attempts.reason


def _desired(draft: Draft, one: Reservation, cause: Cause) -> tuple[Desired, str]:
    orders = {intent.kind for intent in draft.situation.memory.intents}
    report, sessions = draft.situation.memory.reports.get(one.name), _sessions(draft, one)
    desired, why = desired_power(
        PowerFacts(
            frozen=IntentKind.FREEZE in orders,
            sessions=_known(draft, one) if cause.ordered else sessions,
            running=True,
            held=IntentKind.HOLD in orders,
            drained=cause.drained,
            left=cause.ordered or cause.left,
            want=None,
        )
    )
    doubt = report.doubt(report.read_at) if report is not None and sessions is None else ""
    return desired, f"{why}: {doubt}" if doubt and desired is Desired.KEEP else why


def _known(draft: Draft, reservation: Reservation) -> int:
    """Sessions that it has told of lately: what nobody knows any more is left to whoever ordered the stop."""
    report, pace = draft.situation.memory.reports.get(reservation.name), draft.situation.config.pace
    if report is None or draft.now - report.read_at > sessions_known_for_s(pace):
        return 0
    return len(report.sessions)


def _again_after_s(draft: Draft, reservation: Reservation) -> float:
    """A dated document has a successor soon, which may prove more; of the others nothing is to be had in a hurry."""
    report = draft.situation.memory.reports[reservation.name]
    dated = report.written_at is not None and not report.sessions and report.doubt(report.read_at)
    return FRESH_S if dated else draft.situation.config.pace.session_first_s


def _sessions(draft: Draft, one: Reservation) -> int | None:
    """As last read; unknown once a question was not answered, and where the answer did not prove that nobody is there."""
    memory = draft.situation.memory
    report, checked = memory.reports.get(one.name), memory.checked.get(one.name)
    if report is None:
        return None
    if checked is not None and checked > report.read_at + FRESH_S:
        return None
    if report.doubt(report.read_at) and not report.sessions:
        return None
    return len(report.sessions)


def _read(draft: Draft, one: Reservation, profile: Profile, *, within_s: float) -> None:
    """Have its sessions read, unless that was tried within the time, or is ordered already."""
    memory = draft.situation.memory
    asked = max(memory.reports[one.name].read_at, memory.checked.get(one.name, 0.0))
    if draft.now - asked <= within_s or any(reading.desktop == one.name for reading in draft.sweeps):
        return
    draft.sweeps.append(
        CheckGuest(
            reservation=one,
            because="it is to be shut down: is anybody logged on?",
            deadline=draft.now + _CHECK_DEADLINE_S,
            node=where(draft.situation, one),
            profile=profile,
            sweep=True,
        )
    )


def _stop(draft: Draft, one: Reservation, profile: Profile, cause: Cause) -> None:
    node, deadline = where(draft.situation, one), draft.now + _STOP_DEADLINE_S
    draft.sweeps = [reading for reading in draft.sweeps if reading.desktop != one.name]  # the stop reads by itself
    stop = Stop(reservation=one, because=cause.reason, deadline=deadline, node=node, profile=profile)
    draft.order(replace(stop, though_unknown=bool(cause.ordered)))


def _wait(draft: Draft, one: Reservation, cause: Cause, text: str) -> None:
    draft.deferred.append(Deferral(what=one.name, agent_id=None, reason=f"{text}: {cause.reason}", binds=cause.binds))
