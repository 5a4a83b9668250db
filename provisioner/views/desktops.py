"""Desktops: the words of their tables, and their documents."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from provisioner.model.demand import Want
from provisioner.model.departures import LeaverState
from provisioner.model.ids import DesktopName
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Phase, Session, SessionState
from provisioner.model.machines.seats import SeatKind
from provisioner.model.scenario.scenarios import PreparationLevel
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.reason import ALSO, NONE, Reason, join_reasons
from provisioner.reasons.views import IN_QUARANTINE, LEAVING, LEAVING_OVERDUE, NO_REPORT, STRANGERS, SUPERSEDED_BY
from provisioner.views.clusters import unseen_since
from provisioner.views.published import Published, last_heard
from provisioner.views.reasons import ReasonDocument, reason_document, reason_or_none
from provisioner.views.times import in_text, stamp, stamp_or_none

UNKNOWN, NOBODY = "unknown", "none"
"""States of a desktop's session besides those of a session itself."""
_STATES = (SessionState.CONNECTED, SessionState.DISCONNECTED)
"""The state of a desktop with several sessions is the first of these."""
_DUE = {"stopped": "off", "deleted": "absent"}
"""What becomes of a leaver's desktop when its next step is due."""
READY, OFF = "ready", "off"
"""The level of a target: its agent's batch is open."""
_LEVELS = {PreparationLevel.STOPPED: "made", PreparationLevel.RUNNING: "running"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatDocument:
    """What a desktop is for."""

    kind: str
    """`agent`, `pool`, `trial` or `probe`."""
    id: str
    """The agent's id in the directory, or the name of another seat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDocument:
    """What is wanted of a desktop. A freeze, a hold or a session may stand against it."""

    level: str
    """`ready`: the agent's batch is open. `running`, `made`: made ahead of need. `off`: it rests, or the agent has left, and it
    is to be shut down; `absent`: it is to be deleted. `as_is`: the agent has left, and no step is due."""
    because: ReasonDocument
    opens_at: str | None
    """When the agent's batch opens or opened; None: not foreseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDocument:
    """Who is logged on."""

    state: str
    """`connected`, `disconnected`, `none`; `unknown`: nobody may conclude that there is none."""
    source: str | None
    """The way of the desktop's last document: `push`, `guest_agent`, `ssh`, or `report` if nobody tells which. None: it is
    unknown, or the desktop is off."""
    age_s: float | None
    """Seconds from that document to the time of this one; None: there was none."""
    count: int | None
    """Open sessions; None: unknown."""
    strangers: int | None
    """Of them, of people other than the agent; None: unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopDocument:
    """One desktop."""

    name: str
    cluster: str
    vmid: int
    node: str
    profile: str
    address: str | None
    """The reserved IP address; None: by DHCP."""
    seat: SeatDocument | None
    """None: released from its agent."""
    login: str | None
    """The agent's login; None: unknown, or no single agent."""
    site: str | None
    """Where the agent works; None: the directory does not say, or no single agent."""
    wave: str | None
    """That the agent is in now; None: in none, or no single agent."""
    lent_to: str | None
    """The login of the person who has this desktop of a pool; None: nobody has it, or it is of no pool."""
    phase: str
    """docs/en/lifecycle.md."""
    since: str
    """When the phase was first seen."""
    because: ReasonDocument
    """The reason for the phase."""
    target: TargetDocument | None
    """None: nothing is wanted of it."""
    session: SessionDocument
    remark: ReasonDocument | None
    """What people should know: superseded, strangers, no report, its step as a leaver's; None: it is well."""
    quarantined: bool
    """Whether an operator keeps it as it is: nothing is written to it, and its agent gets another."""
    superseded_by: str | None
    """The desktop that its agent has instead."""
    sessions_unknown_since: str | None
    """When its sessions were last known; None: they are known."""
    unseen_since: str | None
    """When its cluster was seen last, if that is too long ago: phase and node are as they were then. None: it is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopsDocument:
    """Every desktop, by name."""

    at: str
    desktops: tuple[DesktopDocument, ...]


def desktops_document(published: Published) -> DesktopsDocument:
    """Every desktop, by name."""
    status, published = published.status, replace(published, wrong=published.listed)
    states = sorted(status.desktops.values(), key=lambda state: state.reservation.name)
    return DesktopsDocument(at=stamp(status.at), desktops=tuple(desktop_document(published, state) for state in states))


def desktop_document(published: Published, state: DesktopState) -> DesktopDocument:
    """One desktop."""
    reservation = state.reservation
    roster, want = published.status.roster, published.status.demand.want_of(reservation.seat)
    agent = None if roster is None or reservation.agent_id is None else roster.agents.get(reservation.agent_id)
    return DesktopDocument(
        name=reservation.name,
        cluster=reservation.cluster,
        vmid=reservation.vmid,
        node=state.node,
        profile=reservation.profile,
        address=reservation.address or None,
        seat=_seat(reservation.seat),
        login=state.agent_login or None,
        site=(agent and agent.site) or None,
        wave=(want and want.wave) or None,
        lent_to=_lent_to(published, reservation.name),
        phase=state.phase.value,
        since=stamp(state.since),
        because=reason_document(state.because),
        target=_target(state, published.status),
        session=_session(published, state),
        remark=reason_or_none(remark_on(state)) if remark_on(state) is not state.because else None,
        quarantined=state.quarantined,
        superseded_by=state.superseded_by,
        sessions_unknown_since=stamp_or_none(state.unknown_since),
        unseen_since=stamp_or_none(unseen_since(published.listed, published.status.at, reservation.cluster)),
    )


def want_document(want: Want) -> TargetDocument:
    """What a scenario wants of a seat, whether there is a desktop or not."""
    level = READY if want.level is None else _LEVELS[want.level] if want.rest is None else OFF
    return TargetDocument(level=level, because=reason_document(want.because), opens_at=stamp(want.opens_at))


def remark_on(state: DesktopState) -> Reason:
    """Empty for a desktop that is ready and well: most of 1,700 rows stay short."""
    if state.quarantined:
        return IN_QUARANTINE(why=state.because)
    if state.superseded_by is not None:
        return SUPERSEDED_BY(name=state.superseded_by, why=state.because)
    if state.leaving is not None:
        return leaving_remark(state.leaving)
    if state.phase is not Phase.READY:
        return state.because
    if state.strangers:
        return STRANGERS(logins=join_reasons((session.login for session in state.strangers), ALSO))
    return NO_REPORT(why=state.unheard.text) if state.unheard is not None else NONE


def leaving_remark(leaving: LeaverState) -> Reason:
    """`suspended (gone since 2026-11-24T09:00:00Z), stopped from 2026-11-25T09:00:00Z on: the account is disabled`."""
    return (LEAVING_OVERDUE if leaving.overdue else LEAVING)(
        step=leaving.step.value,
        since=in_text(leaving.since),
        next_step=leaving.next_step,
        at=in_text(leaving.next_at),
        why=leaving.reason,
    )


def is_made_ahead(state: DesktopState) -> bool:
    """Whether it is off or ready, and its agent's batch is not open."""
    return bool(state.ahead) and state.phase in (Phase.STOPPED, Phase.READY)


def _seat(seat: str | None) -> SeatDocument | None:
    kind, _, name = (seat or "").partition(":")
    return SeatDocument(kind=SeatKind(kind).value, id=name) if seat else None


def _lent_to(published: Published, name: DesktopName) -> str | None:
    record, roster = published.records.get(name), published.status.roster
    lease = None if record is None else record.lease
    if lease is None or lease.agent_id is None or lease.state is not LeaseState.LENT:
        return None
    agent = None if roster is None else roster.agents.get(lease.agent_id)
    return lease.agent_id if agent is None else agent.login


def _target(state: DesktopState, status: Status) -> TargetDocument | None:
    if (leaving := state.leaving) is not None:
        level = _DUE.get(leaving.next_step, "as_is") if status.at >= leaving.next_at else "as_is"
        return TargetDocument(level=level, because=reason_document(leaving.reason), opens_at=None)
    want = status.demand.want_of(state.reservation.seat)
    if want is None or state.unused:
        return None
    return want_document(want)


def _session(published: Published, state: DesktopState) -> SessionDocument:
    heard, sessions = last_heard(state.reservation.name, published.records, published.heard), state.sessions
    return SessionDocument(
        state=UNKNOWN if sessions is None else next(_states_of(sessions), NOBODY),
        source=None if heard is None or sessions is None else heard.source,
        age_s=None if heard is None else max(0.0, round(published.status.at - heard.at, 3)),
        count=None if sessions is None else len(sessions),
        strangers=None if sessions is None else len(state.strangers),
    )


def _states_of(sessions: tuple[Session, ...]) -> Iterator[str]:
    present = {session.state for session in sessions}
    return (state.value for state in _STATES if state in present)
