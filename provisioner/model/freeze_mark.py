"""What stands in a freeze file: who froze, why and when. Anybody may have written it, so its content is bounded."""

import json
from dataclasses import dataclass
from typing import Any

from provisioner.model.ids import Instant
from provisioner.model.plain_text import one_line

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
