"""When an operator's order to delete a desktop and make it anew has ended, and how. Pure."""

from dataclasses import replace

from provisioner.model.agents import agent_named
from provisioner.model.demand import Demand
from provisioner.model.desktops import Phase
from provisioner.model.ids import DesktopName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.records import Records
from provisioner.model.seats import seat_of
from provisioner.planning.survey.survey import Survey


def for_agent(intent: Intent, records: Records) -> Intent:
    """The order with the id of its agent.

    Of a rebuild it is the desktop's agent: once the desktop is gone, nothing else says who waits for a new one. A
    reassignment may name a login.
    """
    if intent.kind is IntentKind.REASSIGN:
        agent = agent_named(intent.terms.agent or "", records.roster)
    elif intent.kind is IntentKind.REBUILD:
        record = records.desktops.get(DesktopName(intent.target))
        agent = None if record is None else record.reservation.agent_id
    else:
        return intent
    return replace(intent, terms=replace(intent.terms, agent=agent))


def end_of_rebuild(intent: Intent, survey: Survey, records: Records, demand: Demand) -> str:
    """The end of the order, for log and journal; empty: it is not done yet."""
    record = records.desktops.get(DesktopName(intent.target))
    if record is not None and record.reservation.reserved_at < intent.at:
        return ""
    seat = None if intent.terms.agent is None else seat_of(intent.terms.agent)
    if seat is None or seat not in demand.wants:
        return "deleted; nobody is to have a new one now"
    new = survey.of_seat.get(seat)
    ready = new is not None and survey.phases[new.name][0] is Phase.READY
    return f"deleted; {new.name} is ready instead" if new is not None and ready else ""
