"""When an operator's order about desktops has ended, and how: a restart, a rebuild, another configuration. Pure."""

from dataclasses import replace

from provisioner.model.demand import Demand
from provisioner.model.ids import DesktopName
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.kept.records import Records
from provisioner.model.machines.desktops import Phase
from provisioner.model.machines.seats import seat_of
from provisioner.model.people.agents import agent_named
from provisioner.model.site_config import SiteConfig
from provisioner.planning.survey.survey import Survey

_NOT_MADE = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.DELETING})
_OFF = (Phase.STOPPED, Phase.FAILED)


def end_of_restart(intent: Intent, survey: Survey, records: Records) -> str:
    """The end of the order, for log and journal; empty: it is not done yet."""
    name = DesktopName(intent.target)
    record = records.desktops.get(name)
    if record is None:
        return "not restarted: there is no such desktop any more"
    phase, why = survey.phases[name]
    seat = record.reservation.seat
    if seat is None or survey.of_seat.get(seat) is not record.reservation:
        return "not restarted: its agent has another desktop"
    if phase is Phase.FAILED:
        return f"not restarted: {why}"
    return "ready again" if phase is Phase.READY and record.was_started_since(intent.at) else ""


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


def end_of_reconfiguration(intent: Intent, survey: Survey, records: Records, config: SiteConfig) -> str:
    """The end of the order, for the log; empty: it is not done yet."""
    if not intent.target:
        return _end_for_all(intent, survey, records)
    name, ordered = DesktopName(intent.target), f"as {intent.by} has ordered"
    tried, record = records.reconfigured.get(name), records.desktops.get(name)
    if tried is not None and tried.at >= intent.at:
        return f"not configured again, {ordered}: {tried.failure}" if tried.failure else f"configured again, {ordered}"
    why = "there is no such desktop any more" if record is None else _why_not(name, survey)
    if record is not None and record.reservation.profile not in config.profiles:
        why = f"its profile {record.reservation.profile} is no longer configured"
    return f"not configured again, {ordered}: {why}" if why else ""


def _why_not(name: DesktopName, survey: Survey) -> str:
    """Why the desktop cannot be configured again; empty: it can."""
    phase, _ = survey.phases[name]
    if phase in _NOT_MADE:
        return f"it is {phase}, and is configured as its profile says when it is made"
    return "its agent has another desktop" if name in _others(survey) else ""


def _end_for_all(intent: Intent, survey: Survey, records: Records) -> str:
    """It is done when none is off that does not follow its profile and was not tried since the order."""
    off = {name for phase in _OFF for name in survey.not_ready.get(phase, ())}
    tries = {name for name, tried in records.reconfigured.items() if tried.at >= intent.at}
    if (survey.outdated.keys() & off) - _others(survey) - tries:
        return ""
    return f"those that are off follow their profiles, or could not be configured again, as {intent.by} has ordered"


def _others(survey: Survey) -> set[DesktopName]:
    """Desktops that no agent uses."""
    return survey.superseded.keys() | {desktop.name for desktop in survey.doubled}
