"""Drills: what came of a scenario that was tried, on twins or with some real desktops."""

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from provisioner.model.ids import Instant
from provisioner.model.store_fit import HistoryTable
from provisioner.reasons.store import KEEP_DRILL, READ_DRILLS


class DrillPlace(enum.StrEnum):
    """Where a scenario was tried."""

    TWIN = "twin"
    """In virtual time, on twins of the clusters as they were."""
    CANARY = "canary"
    """With some real desktops, on the clusters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDrill:
    """One drill. It counts people and names none."""

    at: Instant
    scenario: str
    place: DrillPlace
    planned: int
    """People who were to have a desktop; of a canary: desktops that were to be made."""
    ready: int
    """Of them, those who had it; of a canary: made, ready, and reached by the probe as far as it could go."""
    batches: int = 0
    """Of a twin's drill: batches of its waves."""
    late_batches: int = 0

    @property
    def held(self) -> bool:
        """Whether nobody was left without, and no batch was late."""
        return self.ready >= self.planned and not self.late_batches


def _document(drill: KeptDrill) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(drill).items() if name != "at"}


def _value(at: Instant, document: Mapping[str, Any]) -> KeptDrill:
    return KeptDrill(**{**document, "at": at, "place": DrillPlace(document["place"])})


DRILLS = HistoryTable(
    name="drills",
    most=200,  # a drill a week for four years
    document=_document,
    value=_value,
    reading=READ_DRILLS(),
    keeping=KEEP_DRILL(),
)

__all__ = ["DRILLS", "DrillPlace", "KeptDrill"]
