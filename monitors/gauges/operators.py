"""What operators have ordered, and what waits for them."""

from monitors.metric import Instants, Room, Rows, View
from provisioner.model.intents import IntentKind
from provisioner.model.machines.drift import DifferenceKind

ROOM = Room("Operators")


@ROOM.gauge(
    "intent_standing",
    "intent",
    help="1 while an operator's intent of this kind stands, for any target.",
    query="bascule_intent_standing == 1",
)
def standing(view: View) -> Rows:
    kinds = {intent.kind for intent in view.status.intents}
    return {(kind.value,): int(kind in kinds) for kind in IntentKind}


@ROOM.age(
    "intent",
    "intent",
    help="How long the oldest intent of this kind has stood; 0 when there is none.",
    query="bascule_intent_age_seconds > 8 * 3600",
)
def given_at(view: View) -> Instants:
    oldest = {intent.kind: intent.at for intent in reversed(view.status.intents)}
    return {(kind.value,): oldest.get(kind) for kind in IntentKind}


@ROOM.gauge("safety_blocked_rules", help="Safety rules that held back part of the last plan.", of_cycle=True)
def blocked(view: View) -> Rows:
    return {(): len(view.status.blocked)}


@ROOM.gauge(
    "differences",
    "kind",
    help="VMs that differ from the store, by kind, as shown by `bascule report drift` without reading notes.",
    query="bascule_differences > 0",
    of_cycle=True,
)
def differences(view: View) -> Rows:
    return {(kind.value,): view.status.differences.get(kind, 0) for kind in DifferenceKind}


@ROOM.gauge(
    "baseline_accepted",
    help="0 after the store was rebuilt from notes, until an operator accepts it.",
    query="bascule_baseline_accepted == 0",
)
def baseline(view: View) -> Rows:
    return {(): int(view.status.baseline_accepted)}
