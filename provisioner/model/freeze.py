"""A freeze file: who froze, why and when, in bounds, since anybody may have written it; and what it stands for among the
orders.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, IntentKind
from provisioner.model.people.plain_text import one_line

MAX_BYTES = 4_096
"""Read from a freeze file; enough for the longest author and reason in any script."""
MAX_BY = 200
"""Characters of the author."""
MAX_REASON = 500
"""Characters of the reason."""
BY_HAND = "the freeze file"
"""The author, if the file does not say who wrote it."""
TARGET = "freeze file"
"""The target of the intent that stands for the file in the store: a freeze that was ordered there stands apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeMark:
    """The content of a freeze file. The file freezes whatever it contains, even nothing."""

    by: str = BY_HAND
    reason: str = ""
    at: Instant | None = None
    """When it was written; None: the file does not say."""


def mark_text(mark: FreezeMark) -> str:
    """The text for the file: a JSON object on one line."""
    return json.dumps({"by": mark.by, "at": mark.at, "reason": mark.reason}, ensure_ascii=False) + "\n"


def mark_of(text: str) -> FreezeMark:
    """What `mark_text` wrote; any other text, such as a note made by hand, is the reason."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        return FreezeMark(reason=_bounded(text, MAX_REASON))
    by = _bounded(content.get("by"), MAX_BY)
    return FreezeMark(by=by or BY_HAND, reason=_bounded(content.get("reason"), MAX_REASON), at=_instant(content.get("at")))


def _bounded(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        return ""
    text = one_line(value.strip())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _instant(value: Any) -> Instant | None:
    """A time since the epoch; None: it is none, or so late that it has no date."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e11:
        return None
    return float(value)


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
    # A cycle that began just before the file was made dates it with its own beginning: that is not a second freeze.
    if stored is not None and is_same and (said is None or abs(stored.at - said) < _A_CYCLE_S):
        return stored
    return Intent(kind=IntentKind.FREEZE, by=mark.by, at=said or now, reason=mark.reason, target=TARGET)


def is_of_file(intent: Intent) -> bool:
    """Whether the intent stands for the freeze file."""
    return intent.kind is IntentKind.FREEZE and intent.target == TARGET
