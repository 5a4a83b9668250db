"""`bascule agents forget`: find the person, check that nothing is left, and erase the history."""

from collections.abc import Iterable

from provisioner.daemon.composition import naming_of
from provisioner.errors import SettingsError
from provisioner.model.agents import Agent, Roster
from provisioner.model.erasure import ErasureRequest, ErasureResult, everyone_in, forms_of, names_of, people_called
from provisioner.model.ids import AgentId, Instant
from provisioner.model.names import NameTable, folded
from provisioner.model.records import DesktopRecord, Records
from provisioner.ports import Store
from provisioner.reasons.commands import MOVED_LATELY, SEVERAL_PEOPLE, STILL_IN_FORCE, STILL_LISTED, STILL_SERVED
from provisioner.reasons.reason import ALSO, join_reasons
from provisioner.settings.values import Settings


def forget(settings: Settings, store: Store, who: str, *, by: str, at: Instant, reason: str = "") -> tuple[str, ErasureResult]:
    """The pseudonym that replaces the names, and how much was erased; `who` is a login or an id.

    Raises SettingsError, with the next step, while the person is still there; StoreError.
    """
    records, kept = store.load(), tuple(store.rosters())
    people = people_called(who, kept)
    if len(people) > 1:
        raise SettingsError(SEVERAL_PEOPLE(person=who, ids=join_reasons(sorted(agent.agent_id for agent in people), ALSO)))
    agent = people[0] if people else None
    agent_id = agent.agent_id if agent else AgentId(who)
    _check_gone(who, agent_id, records)
    pseudonym = naming_of(settings).of(agent_id)
    names = NameTable()
    names.enter(pseudonym, *_own_names(who, agent, kept, records))
    order = ErasureRequest(pseudonym=pseudonym, agent_id=agent_id, names=names, by=by, at=at, reason=reason)
    return pseudonym, store.forget(order)


def _check_gone(who: str, agent_id: AgentId, records: Records) -> None:
    roster = records.roster
    if roster is not None:
        if any(folded(who) in (folded(listed.agent_id), folded(listed.login)) for listed in roster.agents.values()):
            raise SettingsError(STILL_IN_FORCE(person=who))
        if agent_id in roster.agents or any(entry.agent_id == agent_id for entry in roster.rejected):
            raise SettingsError(STILL_LISTED(person=who))
    owned = sorted(reservation.name for reservation in records.reservations if reservation.agent_id == agent_id)
    lent = (name for name, record in records.desktops.items() if agent_id in (record.assigned_to, _lessee(record)))
    owned += sorted(name for name in lent if name not in owned)
    if owned:
        raise SettingsError(STILL_SERVED(person=who, desktops=join_reasons(owned, ALSO)))
    if agent_id in records.guard.left or agent_id in records.guard.joined:
        raise SettingsError(MOVED_LATELY(person=who))


def _lessee(record: DesktopRecord) -> AgentId | None:
    return None if record.lease is None else record.lease.agent_id


def _own_names(who: str, agent: Agent | None, kept: Iterable[Roster], records: Records) -> set[str]:
    """All stored names and ids of the person, except names that another person in the roster in force has now."""
    now = records.roster
    known = {agent.agent_id} if agent else set()
    earlier = {old for old, new in records.rekeyed.items() if new in known}
    forms = {
        form for roster in kept for key in known & everyone_in(roster).keys() for form in forms_of(everyone_in(roster)[key])
    }
    others = {folded(name) for other in (now.agents.values() if now else ()) for name in names_of(other)}
    return {name for name in {who, *earlier, *forms} if name and folded(name) not in others}
