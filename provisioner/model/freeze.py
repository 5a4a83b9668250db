"""A freeze file among the orders: what it stands for, beside what the store has."""

from collections.abc import Collection

from provisioner.model.freeze_mark import TARGET, FreezeMark
from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind


def intents_in_force(given: Collection[Intent], *, mark: FreezeMark | None, now: Instant) -> tuple[Intent, ...]:
    """The intents in force now: the store's whose time is not over, and a freeze for the freeze file, if there is one.

    The store's intent for the file stands for the time when the file was there: now the file alone counts.
    """
    of_file = next((intent for intent in given if is_of_file(intent)), None)
    others = tuple(intent for intent in given if not is_of_file(intent) and not intent.is_over(now))
    if mark is None or repeats_order(mark, given):
        return others
    return (*others, followed(mark, of_file, now))


def repeats_order(mark: FreezeMark, given: Collection[Intent]) -> bool:
    """Whether the file was written for a freeze that the store has too: it is one order, and is shown once."""
    return any(
        intent.kind is IntentKind.FREEZE
        and not intent.target
        and (intent.by, intent.reason, intent.at) == (mark.by, mark.reason, mark.at)
        for intent in given
    )


_A_CYCLE_S = 10.0


def followed(mark: FreezeMark, stored: Intent | None, now: Instant) -> Intent:
    """The file's freeze: since when the file says, else since it was first found (`stored`)."""
    said = mark.at if mark.at is not None and mark.at <= now else None
    is_same = stored is not None and (stored.by, stored.reason) == (mark.by, mark.reason)
    # A cycle that began just before the file was made dates it with its own beginning: that is no second freeze.
    if stored is not None and is_same and (said is None or abs(stored.at - said) < _A_CYCLE_S):
        return stored
    return Intent(kind=IntentKind.FREEZE, by=mark.by, at=said or now, reason=mark.reason, target=TARGET)


def is_of_file(intent: Intent) -> bool:
    """Whether the intent stands for the freeze file."""
    return intent.kind is IntentKind.FREEZE and intent.target == TARGET
