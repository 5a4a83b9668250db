"""What a life of the hostile trial came to."""

from collections import Counter
from dataclasses import dataclass, field

from provisioner.adapters.memory_store import MemoryStore
from provisioner.ports import Changes


@dataclass
class Facts:
    """What a life came to: facts of all but the one desktop, and what it cost."""

    truth: list[tuple[float, int, str]] = field(default_factory=list)
    """Log-ons and log-offs in the twin."""
    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    samples: list[dict[str, object]] = field(default_factory=list)
    """By name: phase and number of sessions."""
    peaks: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    """Open sessions in all, without those of the one desktop."""
    costs: Counter[str] = field(default_factory=Counter)
    own: Counter[str] = field(default_factory=Counter)
    """Lines of journal and log about the one desktop."""
    wrong: list[str] = field(default_factory=list)


class CountingStore(MemoryStore):
    """Counts what is written."""

    def __init__(self, costs: Counter[str]) -> None:
        super().__init__()
        self._costs = costs

    def commit(self, changes: Changes) -> None:
        """One transaction."""
        self._costs["transactions"] += 1
        self._costs["rows"] += len(changes.desktops)
        super().commit(changes)


__all__ = ["CountingStore", "Facts"]
