"""The one number in an answer of Prometheus' API. Pure."""

import json
import math
from typing import Any

from provisioner.reasons import figures as reasons
from provisioner.reasons.reason import Reason

_MOST = 10**9
"""Seats beyond any number are a broken query."""
_WORDS = 200
"""Characters of a server's own words that are shown."""


def number_in(body: bytes, *, status: int) -> int | Reason:
    """The number, rounded up; or why there is none."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return reasons.FIGURES_NOT_PROMETHEUS(status=status)
    if not isinstance(answer, dict) or answer.get("status") not in ("success", "error"):
        return reasons.FIGURES_NOT_PROMETHEUS(status=status)
    if answer["status"] == "error":
        return reasons.FIGURES_REFUSED(said=_words(answer.get("error")))
    return _sample(answer.get("data"), status)


def _sample(data: Any, status: int) -> int | Reason:
    """Of a scalar, or of a vector with one series."""
    if not isinstance(data, dict):
        return reasons.FIGURES_NOT_PROMETHEUS(status=status)
    kind, result = data.get("resultType"), data.get("result")
    if not isinstance(result, list):
        return reasons.FIGURES_NOT_PROMETHEUS(status=status)
    if kind == "scalar":
        return _value(result)
    if kind != "vector":
        return reasons.FIGURES_KIND(kind=_words(kind))
    if len(result) != 1:
        return reasons.FIGURES_MANY(count=len(result)) if result else reasons.FIGURES_NONE()
    sample = result[0]
    return _value(sample.get("value") if isinstance(sample, dict) else None)


def _value(pair: Any) -> int | Reason:
    """Of `[time, "value"]`."""
    text = pair[1] if isinstance(pair, list) and len(pair) == 2 else None
    try:
        value = float(text) if isinstance(text, str) and len(text) <= _WORDS else math.nan
    except ValueError:
        value = math.nan
    return math.ceil(value) if 0 <= value <= _MOST else reasons.FIGURES_NO_NUMBER(said=_words(text))


def _words(said: object) -> str:
    text = said if isinstance(said, str) else "?"
    return "".join(character if character.isprintable() else " " for character in text[:_WORDS])


__all__ = ["number_in"]
