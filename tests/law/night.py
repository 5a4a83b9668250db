"""What a report tells of the night, out of the journal: all that stood in the list, from when to when, and nothing else."""

from collections.abc import Iterator

from provisioner.adapters.memory_store import MemoryStore
from provisioner.daemon.wrong_log import GONE_S, LINES, STOOD_S, WrongLog
from provisioner.model.status import Status
from provisioner.views.surge_report.spells import ReportSpell, spells
from provisioner.wrong.entry import Wrong
from provisioner.wrong.keeping import WrongList
from provisioner.wrong.noted import is_kept, trouble_of

_CYCLE_S = 60.0
"""At rest one ends each ten seconds; a hanging answer may hold it back."""
Key = tuple[str, str]


class Night:
    """One trial. What stands in the list is noted by the daemon's own log, and by itself."""

    def __init__(self) -> None:
        self._heard: dict[Key, list[float]] = {}
        """When each trouble was in the list."""
        self._stands: dict[Key, float] = {}
        """Since when, without a cycle in between that lacks it, and without another daemon."""
        self._owed: dict[Key, tuple[float, float]] = {}
        """What has to be in the report, and when it stood."""
        self._log: WrongLog | None = None
        self._wrong: WrongList | None = None
        self._stores: list[MemoryStore] = []
        self._began_at = self._ended_at = 0.0
        """First and last cycle of the present daemon."""

    def begin(self, wrong: WrongList, store: MemoryStore, now: float) -> None:
        """Another daemon."""
        self._wrong, self._log = wrong, WrongLog(wrong.of)
        self._log.begin(tuple(store.journal(limit=LINES)), heard_at=now, now=now)
        self._stands.clear()
        self._began_at = now
        if not any(store is each for each in self._stores):
            self._stores.append(store)

    def hear(self, status: Status, store: MemoryStore) -> None:
        """A cycle ended; what the one before has left to note is stored first, as between two cycles."""
        assert self._log is not None
        assert self._wrong is not None
        self._log.keep(store)
        self._log.status(status)
        self._ended_at = status.at
        keys = {_key(entry) for entry in filter(is_kept, self._wrong.of(status))}
        self._stands = {key: self._stands.get(key, status.at) for key in keys}
        for key, since in self._stands.items():
            self._heard.setdefault(key, []).append(status.at)
            if status.at - since > STOOD_S + _CYCLE_S:
                self._owed[key] = (since, status.at)

    def untrue(self) -> Iterator[str]:
        """At the end. If the store was lost or is an older copy, so is its journal."""
        if len(self._stores) != 1:
            return
        found = spells(reversed(tuple(self._stores[0].journal(limit=LINES))))
        for key, (since, until) in self._owed.items():
            if not any(_key_of(spell) == key and spell.touches(since, until) for spell in found):
                yield f"the report lacks {key}, which stood from {since:.0f} to {until:.0f}"
        for spell in found:
            yield from self._of_spell(spell)

    def _of_spell(self, spell: ReportSpell) -> Iterator[str]:
        ended_at = self._ended_at if spell.ended_at is None else spell.ended_at
        heard = self._heard.get(_key_of(spell), [])
        if not any(spell.began_at <= at <= ended_at for at in heard):
            yield f"the report tells of {_key_of(spell)} from {spell.began_at:.0f} to {ended_at:.0f}, and it was never listed"
        if spell.ended_at is not None and any(ended_at + 1.0 < at < ended_at + GONE_S - _CYCLE_S for at in heard):
            yield f"the report calls {_key_of(spell)} over at {ended_at:.0f}, and it was listed after that"
        gone_since = max(self._began_at, heard[-1] if heard else 0.0)
        if spell.ended_at is None and self._ended_at > gone_since + GONE_S + _CYCLE_S:
            yield f"by the report {_key_of(spell)} goes on, and it was last listed at {gone_since:.0f} or before"


def _key(entry: Wrong) -> Key:
    return trouble_of(entry.says), entry.about


def _key_of(spell: ReportSpell) -> Key:
    return spell.trouble, spell.about


__all__ = ["Night"]
