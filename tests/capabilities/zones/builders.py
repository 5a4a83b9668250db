"""A DNS zone in memory, which keeps the promises of the port, and can be made to fail."""

from collections.abc import Mapping, Sequence

from provisioner.capabilities.zones.model import Held, ZoneChange, ZoneContent, ZoneRules
from provisioner.errors import PublishingError
from provisioner.reasons.reason import NONE, Reason

FORWARD, REVERSE = "vd.dep.example", "20.10.in-addr.arpa"
RULES = ZoneRules(forward=FORWARD, reverse=(REVERSE,), remove_after_s=600.0)


class MemoryZone:
    """The port `ZoneServer`."""

    def __init__(self, zone: str = FORWARD, content: Mapping[str, Held] | None = None) -> None:
        self.zone = zone
        self.content: dict[str, Held] = dict(content or {})
        self.failing: Reason = NONE
        self.writes = 0
        self.readings = 0

    def read(self) -> ZoneContent:
        self.readings += 1
        self._fail_if_wanted()
        return dict(self.content)

    def apply(self, changes: Sequence[ZoneChange]) -> Sequence[ZoneChange]:
        self._fail_if_wanted()
        return [change for change in changes if not self._made(change)]

    def _made(self, change: ZoneChange) -> bool:
        there = self.content.get(change.name, Held())
        if there.texts != ({change.owner_before} if change.owner_before else set()) or (
            not change.owner_before and there != Held()
        ):
            return False
        self.writes += 1
        self.content.pop(change.name, None)
        if change.record is not None:
            values = frozenset({(change.record.kind.value, change.record.value)})
            self.content[change.name] = Held(values=values, texts=frozenset({change.owner}))
        return True

    def _fail_if_wanted(self) -> None:
        if self.failing:
            raise PublishingError(self.failing)
