"""Why a desktop cannot be placed now."""

from collections.abc import Collection
from typing import NamedTuple

from provisioner.model.words import RESOURCES, WaitsFor
from provisioner.reasons.placement import ADDRESSES_REST, STORAGE_AWAY
from provisioner.reasons.reason import Reason


class Refusal(NamedTuple):
    """One reason."""

    binds: WaitsFor
    """The word of what it waits for; empty: nothing in particular."""
    text: Reason
    """A text that an operator can act on."""
    short: bool = False
    """Whether it fits nowhere: what is short is short everywhere, and waiting for a turn does not help."""


_SHORT = (WaitsFor.MEMORY, WaitsFor.CORES, WaitsFor.STORAGE, WaitsFor.ADDRESSES, WaitsFor.VMIDS)
_COMES_BACK = frozenset({STORAGE_AWAY.code, ADDRESSES_REST.code})


def is_shortage(refusals: Collection[Refusal]) -> bool:
    """Whether every place is refused for want of room, or cannot be used at all, and at least one for want of room.

    A storage that is not available is a fault, and addresses that rest come free within minutes: neither is a shortage.
    """
    waits = any(refusal.binds not in RESOURCES or refusal.text.code in _COMES_BACK for refusal in refusals)
    return not waits and any(refusal.binds in _SHORT for refusal in refusals)
