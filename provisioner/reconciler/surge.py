"""When the scenario began: kept, so that waves go on where they were after a restart."""

from collections.abc import Iterable

from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.ports import Store


def surge_began(intents: Iterable[Intent], scenario: str) -> Instant | None:
    """When this scenario began; None: it has not."""
    return next((one.at for one in intents if one.kind is IntentKind.SURGE and one.reason == scenario), None)


def begin_surge(store: Store, scenario: str, now: Instant) -> Instant:
    """When this scenario began, which is now unless it has begun before; raises StoreError.

    A beginning in the future was noted by a clock that has been put back since: it would have everybody wait until then.
    """
    began = surge_began(store.intents(), scenario)
    if began is None or began > now:
        began = now
        store.give(Intent(kind=IntentKind.SURGE, by="daemon", at=began, reason=scenario))
    return began
