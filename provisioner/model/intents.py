"""What an operator ordered."""

import enum
from dataclasses import dataclass

from provisioner.model.ids import Instant


class IntentKind(enum.StrEnum):
    """The orders there are."""

    FREEZE = "freeze"
    """No write at all."""
    HOLD = "hold"
    """No stop and no delete."""
    ACCEPT_BASELINE = "accept_baseline"
    """The desktops rebuilt from their notes are right: stops and deletes may go on."""
    SURGE = "surge"
    """The scenario named in `reason` began then; given by the daemon itself, so that a restart does not begin it anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One standing order."""

    kind: IntentKind
    by: str
    at: Instant
    reason: str = ""


def standing(given: tuple[Intent, ...], *, frozen_by_file: bool, now: Instant) -> tuple[Intent, ...]:
    """All orders in force: those of the store, and the freeze that a file stands for where no order does."""
    if not frozen_by_file or any(one.kind is IntentKind.FREEZE for one in given):
        return given
    return (*given, Intent(kind=IntentKind.FREEZE, by="the freeze file", at=now))
