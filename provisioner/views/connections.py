"""Connections: for each agent where to connect to, or why nobody can connect yet."""

from dataclasses import dataclass

from provisioner.model.ids import DesktopName
from provisioner.model.lending import LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.people.profiles import Connection
from provisioner.model.status import DesktopState
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.views import LENT_NOT_SEEN, NO_DESKTOP_YET, NOT_ASSIGNED
from provisioner.views.agents import AgentStanding, agents_in
from provisioner.views.lent import LentDocument
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionDocument:
    """One agent."""

    login: str
    desktop: str | None
    """Its name; None: there is none yet."""
    pool: str | None
    """The pool that it is lent from: it comes before the person's own desktop. None: it is their own."""
    profile: str | None
    address: str | None
    """The reserved IP address; None: by DHCP, or there is no desktop yet."""
    host: str | None
    """What to connect to: the address, or with DHCP the desktop's name. None: there is no desktop yet."""
    port: int | None
    """The log-on port; None: there is no desktop yet."""
    gateway: str | None
    """The Remote Desktop gateway that connections go through; None: none."""
    redirect: tuple[str, ...]
    """What of the person's own computer the desktop may use."""
    ready: bool
    """Whether the desktop is ready, and the agent's: people can log on."""
    because: ReasonDocument | None
    """Why nobody can connect now; None: they can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionsDocument:
    """Every agent of the roster in force, by login."""

    at: str
    connections: tuple[ConnectionDocument, ...] | None
    """None: no roster has been accepted yet."""


def connections_document(published: Published) -> ConnectionsDocument:
    """Every agent, by login."""
    found = tuple(connection_document(published, standing) for standing in agents_in(published))
    return ConnectionsDocument(at=stamp(published.status.at), connections=found if published.status.roster else None)


def connection_document(published: Published, standing: AgentStanding) -> ConnectionDocument:
    """One agent: to the desktop of a pool that is lent, else to the agent's own."""
    lent = standing.lent if standing.lent is not None and standing.lent.lease == LeaseState.LENT.value else None
    state = published.status.desktops.get(DesktopName(standing.desktop if lent is None else lent.desktop))
    because = _why_not(published, standing, state) if lent is None else _why_not_lent(lent, state)
    return _document(standing.agent.login, state, because, published, pool=None if lent is None else lent.pool)


def _document(
    login: str, state: DesktopState | None, because: Reason, published: Published, *, pool: str | None
) -> ConnectionDocument:  # fmt: skip
    reservation = state.reservation if state is not None else None
    connection = published.connections.get(reservation.profile, Connection()) if reservation is not None else None
    return ConnectionDocument(
        login=login,
        desktop=reservation.name if reservation else None,
        pool=pool,
        profile=reservation.profile if reservation else None,
        address=(reservation.address or None) if reservation else None,
        host=(reservation.address or reservation.name) if reservation else None,
        port=connection.port if connection else None,
        gateway=(connection.gateway or None) if connection else None,
        redirect=tuple(sorted(connection.redirect)) if connection else (),
        ready=not because,
        because=reason_or_none(because),
    )


def _why_not_lent(lent: LentDocument, state: DesktopState | None) -> Reason:
    """Empty: the desktop is ready."""
    if state is None:
        return LENT_NOT_SEEN(desktop=lent.desktop, pool=lent.pool)
    return NONE if state.phase is Phase.READY else state.because


def _why_not(published: Published, standing: AgentStanding, state: DesktopState | None) -> Reason:
    """Empty: the desktop is ready, and the agent's."""
    if state is None:
        return standing.because or NO_DESKTOP_YET()
    if state.phase is not Phase.READY:
        return standing.because or state.because
    if state.leaving is not None:
        return standing.because
    record = published.records.get(state.reservation.name)
    given = record is not None and record.assigned_to == state.reservation.agent_id
    return NONE if given else standing.because or NOT_ASSIGNED()
