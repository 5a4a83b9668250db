"""Reasons without the names of people and desktops."""

import re
from collections.abc import Set

from provisioner.reasons.reason import Reason, rename_in_reason

_TOKEN = re.compile(r"[\w.@+-]+")
_HIDDEN = "…"


def without_names(reason: Reason, names: Set[str]) -> Reason:
    """The reason with each of these names replaced by an ellipsis. A name is found as a whole word only."""
    return rename_in_reason(reason, lambda text: _TOKEN.sub(lambda found: _hidden(found[0], names), text))


def _hidden(token: str, names: Set[str]) -> str:
    bare = token.rstrip(".")
    return _HIDDEN + token[len(bare) :] if bare in names else token


__all__ = ["without_names"]
