"""Names in a text."""

from collections.abc import Sequence

from provisioner.reasons.reason import ALSO, Reason, join_reasons
from provisioner.reasons.wrong import SOME_NAMES

_SHOWN = 3


def shown(names: Sequence[str]) -> Reason:
    """The first of them, and how many more there are."""
    first = join_reasons(names[:_SHOWN], ALSO)
    return first if len(names) <= _SHOWN else SOME_NAMES(names=first, more=len(names) - _SHOWN)


__all__ = ["shown"]
