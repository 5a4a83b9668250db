"""Gates: what must be so before a batch opens. What they can ask for is in `model/conditions`, a file each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from provisioner.model.scenario import conditions
from provisioner.model.scenario.gate_condition import BatchBefore, GateCondition
from provisioner.reasons.reason import NONE, Reason

_MODULES = (import_module(module.name) for module in iter_modules(conditions.__path__, f"{conditions.__name__}."))
CONDITIONS: tuple[GateCondition, ...] = tuple(
    sorted((module.CONDITION for module in _MODULES), key=lambda condition: condition.place)
)
"""Every file of the folder, in the order in which they are asked."""
_KNOWN = {condition.key: condition for condition in CONDITIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What must be so before a batch opens. It looks at the batch before, which may be of an earlier wave."""

    asks: tuple[tuple[str, float], ...] = ()
    """The key of each condition with its value, in the order in which they are asked."""

    @classmethod
    def of(cls, **values: float | None) -> "Gate":
        """By the conditions' keys; None: it is not asked for. Raises KeyError for a condition that there is not."""
        asked = {key: float(value) for key, value in values.items() if value is not None}
        ordered = sorted(asked, key=lambda key: _KNOWN[key].place)
        return cls(asks=tuple((key, asked[key]) for key in ordered))

    @property
    def values(self) -> Mapping[str, float]:
        """The values, by the conditions' keys."""
        return dict(self.asks)

    @property
    def asked(self) -> Iterator[tuple[GateCondition, float]]:
        """The conditions, with their values."""
        return ((_KNOWN[key], value) for key, value in self.asks)

    @property
    def rehearsed(self) -> "Gate":
        """Without what an operator answers."""
        return Gate(asks=tuple((condition.key, value) for condition, value in self.asked if not condition.by_hand))

    @property
    def strictness(self) -> tuple[float, ...]:
        """How much it asks for: by condition, 0 for what it does not ask for."""
        values = self.values
        return tuple(each.strictness(values[each.key]) if each.key in values else 0.0 for each in CONDITIONS)

    def shut_by(self, before: BatchBefore) -> Reason:
        """The first condition that does not hold; empty: the gate is open."""
        return next(filter(None, (condition.shut_by(value, before) for condition, value in self.asked)), NONE)

    def needs_ready(self, people: int) -> int:
        """How many desktops of the batch before have to be ready, of so many people's."""
        return max((condition.needs_ready(value, people) for condition, value in self.asked), default=0)


__all__ = ["CONDITIONS", "Gate"]
