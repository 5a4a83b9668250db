"""The people of the hostile recording: they log on to the desktops that they have, and off again."""

from collections.abc import Iterable

from provisioner.model.ids import AgentId
from provisioner.model.kept.records import Records
from provisioner.model.lending import LeaseState
from provisioner.model.people.agents import Agent
from provisioner.twin.model.guests import TwinGuest, TwinSession
from provisioner.twin.twin import Twin

_COMES_S = 240.0
"""People log on within this time after their desktop was seen to be ready."""
COLLAPSE = 0.9
"""Share of the sessions that end at once."""


class Crowd:
    """Each person of a desktop that is ready logs on once; after the collapse nobody comes any more."""

    def __init__(self, twin: Twin, everybody: Iterable[Agent]) -> None:
        self._twin, self._people = twin, {agent.agent_id: agent for agent in everybody}
        self._comes: dict[tuple[int, int, AgentId], float] = {}
        self._over = False

    def live(self, records: Records) -> None:
        """Whoever comes now, comes; whoever's desktop of a pool is no longer lent goes."""
        for record in records.desktops.values():
            guest = self._twin.cluster.guests.get(record.reservation.vmid)
            if guest is None or not guest.ready or guest.hung or not self._twin.cluster.nodes[guest.node].alive:
                continue
            person = record.assigned_to
            if record.lease is not None:
                person = record.lease.agent_id if record.lease.state is LeaseState.LENT else None
            if person is None:
                self._go([guest])
            elif not guest.sessions and not self._over:
                self._come(guest, person)

    def _come(self, guest: TwinGuest, person: AgentId) -> None:
        now, visit = self._twin.events.now, (guest.vmid, guest.boots, person)
        delay_s = self._twin.cluster.draws.share(guest.vmid, "comes", guest.boots) * _COMES_S
        if now >= self._comes.setdefault(visit, now + delay_s):
            guest.log_on(TwinSession(login=self._people[person].login, since=now, came_at=now))
            self._comes[visit] = float("inf")

    def collapse(self) -> None:
        """Nine in ten lose their session, and nobody comes back."""
        self._over, share = True, self._twin.cluster.draws.share
        self._go(guest for guest in self._twin.cluster.guests.values() if share(guest.vmid, "collapse") < COLLAPSE)

    def _go(self, guests: Iterable[TwinGuest]) -> None:
        """Who is at a desktop that hangs stays there."""
        for guest in guests:
            for session in () if guest.hung else tuple(guest.sessions):
                guest.log_off(session)


__all__ = ["COLLAPSE", "Crowd"]
