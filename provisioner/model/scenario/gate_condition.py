"""What a gate can ask for. Each condition is a file of `model/conditions`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from provisioner.model.ids import WaveName
from provisioner.model.machines.desktops import Phase
from provisioner.reasons.reason import Reason
from provisioner.reasons.settings import MUST_BE_SHARE

_SHARE_PATTERN = r"^(100|[0-9]{1,2})(\.[0-9]+)?\s*%$"
SHARE: Mapping[str, object] = {"type": "string", "pattern": _SHARE_PATTERN, "examples": ["95%"]}
"""The JSON schema of a share."""
EPSILON = 1e-9
"""0.95 × 300 is 285, also in binary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchBefore:
    """What a gate looks at: the batch before the batch that is to open, which may be of an earlier wave."""

    wave: WaveName
    """Whose gate it is."""
    index: int
    """Of the batch that is to open; 0 is the wave's first."""
    people: int
    """People of the batch before."""
    phases: Mapping[Phase, int] = field(default_factory=dict)
    """How many of their desktops are in each phase; people without a desktop are in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCondition:
    """One key of a `gate`. Everything that Bascule does with it is here."""

    key: str
    """In the scenario's file, and in the store."""
    help: str
    """For the schema: what its value means."""
    place: int
    """Of several conditions that do not hold, the reason is that of the lowest place."""
    schema: Mapping[str, object]
    """The JSON schema of its value in the file."""
    parse: Callable[[object], float]
    """Its value, from the file; raises ValueError with a Reason."""
    shut_by: Callable[[float, BatchBefore], Reason]
    """Why the gate is shut, by its value; empty: it is not."""
    stated: Callable[[float], Reason]
    """What it asks for, as a sentence of `bascule scenario explain`."""
    strictness: Callable[[float], float]
    """More for a value that asks for more; 0 is not to ask. For `bascule surge diff`."""
    needs_ready: Callable[[float, int], int] = lambda _value, _people: 0
    """How many desktops of the batch before have to be ready at least, of so many people's. For the expected time."""
    by_hand: bool = False
    """Whether an operator answers it: a rehearsal takes the word as given."""


def share(value: object) -> float:
    """Parse `95%`; raises ValueError."""
    if not isinstance(value, str) or not re.fullmatch(_SHARE_PATTERN, value, re.ASCII):
        raise ValueError(MUST_BE_SHARE())
    parsed = float(value.rstrip("% ")) / 100
    if parsed > 1:
        raise ValueError(MUST_BE_SHARE())
    return parsed


def percent(value: float) -> str:
    """`95 %`, for a sentence."""
    return f"{value * 100:.4g}\N{NO-BREAK SPACE}%"


__all__ = ["EPSILON", "SHARE", "BatchBefore", "GateCondition", "percent", "share"]
