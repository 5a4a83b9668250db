"""Orders about whoever is logged on to a desktop: refused where the desktop would not ask, or would get no answer. Pure."""

from provisioner.model.ids import DesktopName
from provisioner.model.intents import MOST_TEXT, OF_SESSIONS, Intent, IntentKind, Terms, is_message
from provisioner.model.machines.desktops import RUNNING
from provisioner.model.session_rules import MOST_WARN_MINUTES
from provisioner.planning.orders.desktops import OrderFacts
from provisioner.reasons.commands import UNKNOWN_DESKTOP
from provisioner.reasons.orders import (
    DOES_NOT_PUSH,
    IN_QUARANTINE_BY,
    MESSAGE_WAITS,
    MINUTES_WANTED,
    NO_RECEIVER,
    NOBODY_LOGGED_ON,
    NOT_RUNNING,
    OTHER_TERMS,
    REASON_WANTED,
    STOPPED_BY,
    TEXT_WANTED,
)
from provisioner.reasons.reason import NONE, Reason

_STOPS = (IntentKind.FREEZE, IntentKind.HOLD)
"""As the rules' log-offs and messages."""


def is_of_others(order: Intent) -> bool:
    """Whether it says something that only orders about sessions take."""
    terms = order.terms
    return order.kind not in OF_SESSIONS and (terms.text, terms.minutes, terms.logins) != ("", None, ())


def why_not_to_sessions(order: Intent, facts: OrderFacts) -> Reason:
    """Why nothing could come of the order; empty: it can be given."""
    name = DesktopName(order.target)
    if name not in facts.records.desktops:
        return UNKNOWN_DESKTOP(name=name)
    if (standing := facts.records.quarantines.get(name)) is not None:
        return IN_QUARANTINE_BY(name=name, by=standing.by)
    return _terms(order) or _stopped(facts) or _out_of_reach(name, facts) or _waits(order, facts)


def _terms(order: Intent) -> Reason:
    terms, shows = order.terms, order.kind is IntentKind.MESSAGE
    if terms != Terms(text=terms.text, minutes=terms.minutes) or (terms.text != "" if not shows else terms.minutes is not None):
        return OTHER_TERMS(kind=order.kind.value)
    if shows:
        return NONE if is_message(terms.text) else TEXT_WANTED(most=MOST_TEXT)
    if terms.minutes is None or not 0 <= terms.minutes <= MOST_WARN_MINUTES:
        return MINUTES_WANTED(most=MOST_WARN_MINUTES)
    return NONE if order.reason.strip() else REASON_WANTED()


def _stopped(facts: OrderFacts) -> Reason:
    stops = next((intent for intent in facts.records.intents if intent.kind in _STOPS), None)
    return NONE if stops is None else STOPPED_BY(what=stops.kind.value, by=stops.by)


def _out_of_reach(name: DesktopName, facts: OrderFacts) -> Reason:
    """A desktop asks only if it pushes and somebody is logged on. Unknown sessions refuse nothing: it may ask again."""
    if not facts.config.receives:
        return NO_RECEIVER()
    state = facts.desktops.get(name)
    if state is not None and state.phase not in RUNNING:
        return NOT_RUNNING(name=name, phase=state.phase.value)
    if name not in facts.pushing:
        return DOES_NOT_PUSH(name=name)
    return NOBODY_LOGGED_ON(name=name) if state is None or state.sessions == () else NONE


def _waits(order: Intent, facts: OrderFacts) -> Reason:
    """A second message does not take the place of the first before that was shown. The same again: its answer was lost."""
    same = (each for each in facts.records.intents if (each.kind, each.target) == (order.kind, order.target))
    other = next((each for each in same if each.terms.text != order.terms.text), None)
    return NONE if other is None else MESSAGE_WAITS(name=order.target, by=other.by)


__all__ = ["is_of_others", "why_not_to_sessions"]
