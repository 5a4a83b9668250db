"""Everything that the last cycle knew of one person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from provisioner.model.demand import NotWanted, Want
from provisioner.model.ids import DesktopName, Instant, Seat
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import LeaseState
from provisioner.model.machines.seats import seat_of
from provisioner.model.pools import Lend
from provisioner.model.status import DesktopState, Status
from provisioner.reasons.person import WHERE
from provisioner.views.agents import AgentStanding
from provisioner.views.connections import ConnectionDocument, connection_document
from provisioner.views.lent import LentDocument
from provisioner.views.person.ages import Ages
from provisioner.views.published import Published
from provisioner.views.rotation import PersonRotationDocument, person_rotation
from provisioner.views.times import in_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One person, and the desktop that they use: one that is lent to them, else their own."""

    published: Published
    standing: AgentStanding
    ages: Ages
    """How old all of it is."""

    @property
    def status(self) -> Status:
        """At the last cycle's end."""
        return self.published.status

    @property
    def seat(self) -> Seat:
        """The person's own."""
        return seat_of(self.standing.agent.agent_id)

    @property
    def lease(self) -> LentDocument | None:
        """The desktop of a pool that is lent, or kept for the person, or in doubt; None: there is none."""
        return self.standing.lent

    @property
    def lent(self) -> LentDocument | None:
        """The desktop of a pool that the person has now."""
        return self.lease if self.lease is not None and self.lease.lease == LeaseState.LENT.value else None

    @property
    def state(self) -> DesktopState | None:
        """The desktop that the person uses; None: there is none, or no cycle has seen it."""
        name = self.standing.desktop if self.lent is None else self.lent.desktop
        return self.status.desktops.get(DesktopName(name))

    @property
    def record(self) -> DesktopRecord | None:
        """The record of that desktop."""
        return None if self.state is None else self.published.records.get(self.state.reservation.name)

    @property
    def connection(self) -> ConnectionDocument:
        """The address to connect to."""
        return connection_document(self.published, self.standing)

    @property
    def want(self) -> Want | None:
        """What the scenario wants for the person now, or ahead of need."""
        return self.status.demand.want_of(self.seat)

    @property
    def not_wanted(self) -> NotWanted | None:
        """Why the person is to have none now; None: is to have one."""
        agent_id = self.standing.agent.agent_id
        return next((entry for entry in self.status.demand.not_wanted if entry.agent_id == agent_id), None)

    @property
    def half_days(self) -> PersonRotationDocument | None:
        """The person's part of a rotation."""
        return person_rotation(self.status, self.standing.agent.agent_id)

    @property
    def earlier(self) -> tuple[DesktopState, ...]:
        """Desktops of the person that are not used any more, by name."""
        same = (state for state in self.status.desktops.values() if state.reservation.seat == self.seat and state.unused)
        return tuple(sorted(same, key=lambda state: state.reservation.name))

    @property
    def lends_on_request(self) -> bool:
        """Whether a pool lends to whoever asks, and the person may have one."""
        on_request = any(each.pool.lend is Lend.ON_REQUEST for each in self.status.pools)
        roster, agent = self.status.roster, self.standing.agent
        return on_request and agent.enabled and roster is not None and agent.agent_id in roster.agents

    @property
    def free(self) -> int:
        """How many desktops of pools an order to lend could have."""
        return sum(self.published.lendable.values()) if self.lends_on_request else 0

    def order(self, kind: IntentKind, state: DesktopState) -> Intent | None:
        """An order of this kind about this desktop that is in force."""
        name = state.reservation.name
        return next((intent for intent in self.status.intents if intent.kind is kind and intent.target == name), None)

    def unused_since(self, state: DesktopState) -> Instant | None:
        """Since when a desktop is not used any more: its quarantine's order, or the making of the other.

        None: not known. The other is older if it was given back.
        """
        if state.quarantined:
            order = self.order(IntentKind.QUARANTINE, state)
            return None if order is None else order.at
        other = None if state.superseded_by is None else self.published.records.get(state.superseded_by)
        given_back = other is not None and other.reservation.reserved_at < state.reservation.reserved_at
        return None if other is None or given_back else other.reservation.reserved_at

    def in_text(self, at: Instant | str) -> str:
        """A time in a text; `at` may be a stamp."""
        return in_text(datetime.fromisoformat(at).timestamp() if isinstance(at, str) else at)

    @property
    def where(self) -> str:
        """What to connect to, in words."""
        connection = self.connection
        if connection.address is None:
            return connection.desktop or ""
        return WHERE(desktop=connection.desktop or "", address=connection.address)

    def open_sessions(self) -> Iterator[str]:
        """Who is logged on to the desktop, as far as known."""
        sessions = () if self.state is None else self.state.sessions or ()
        return iter(dict.fromkeys(session.login for session in sessions))


__all__ = ["Facts"]
