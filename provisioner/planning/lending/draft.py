"""A proposal about leases: what the store is to keep of them, and what the log says. Pure."""

from dataclasses import dataclass, replace

from provisioner.model.actions import Outcome, Result
from provisioner.model.ids import DesktopName
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.lending import Lease, LeaseState
from provisioner.model.machines.desktops import Phase
from provisioner.model.scenario.half_days import PersonWeek
from provisioner.model.words import JournalWord
from provisioner.planning.lending.facts import LendFacts
from provisioner.ports import Changes
from provisioner.reasons.reason import Reason

_NO_PAST = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseProposal:
    """Leases that begin and end."""

    changes: Changes = Changes()
    """One transaction: records, and the journal's lines."""
    said: tuple[tuple[str, str], ...] = ()
    """For the log, once that is kept: subjects and texts."""


class LeaseDraft:
    """A proposal while it is put together: each step sees the leases as the steps before have left them."""

    def __init__(self, facts: LendFacts) -> None:
        records = facts.situation.records
        self._desktops, self._leased = dict(records.desktops), dict(records.leased)
        records = replace(records, desktops=self._desktops, leased=self._leased)
        self.facts = replace(facts, situation=replace(facts.situation, records=records))
        """With the steps so far."""
        self._changed: dict[DesktopName, DesktopRecord | None] = {}
        self._lines: list[Outcome] = []
        self._said: list[tuple[str, str]] = []

    def change(self, name: DesktopName, lease: Lease | None, why: Reason) -> None:
        """It is lent, or given back."""
        is_lent = lease is not None and lease.state is LeaseState.LENT
        self._put(replace(self.facts.record(name), lease=lease), JournalWord.LEND if is_lent else JournalWord.GIVE_BACK, why)
        self.say(f"desktop {name}", why)

    def end(self, name: DesktopName, why: Reason) -> None:
        """The person has done with it."""
        self.change(name, self._left(name), why)

    def free(self, name: DesktopName, why: Reason) -> None:
        """Nothing of the last person runs there any more. Their disk is there."""
        self._put(replace(self.facts.record(name), lease=None, used=True), JournalWord.RESET, why)

    def say(self, subject: str, what: str) -> None:
        """Say it in the log alone."""
        self._said.append((subject, what))

    def proposal(self, *, half_days: tuple[PersonWeek, ...] = ()) -> LeaseProposal:
        """All steps so far. `half_days`: changed weeks of a rotation."""
        changes = Changes(desktops=self._changed, outcomes=tuple(self._lines), half_days=half_days)
        return LeaseProposal(changes=changes, said=tuple(self._said))

    def _left(self, name: DesktopName) -> Lease | None:
        """What is left of a lease that ends; None: the desktop was never on, so nothing is left in it."""
        record, now = self.facts.record(name), self.facts.now
        before = record.lease
        if before is None or (not record.has_served and self.facts.phase(name) in _NO_PAST):
            return None
        if self.facts.is_kept(record):
            return replace(before, state=LeaseState.KEPT, since=now)
        return replace(before, state=LeaseState.TO_RESET, since=now, agent_id=None)

    def _put(self, record: DesktopRecord, word: JournalWord, why: Reason) -> None:
        desktop, now = record.reservation, self.facts.now
        before, lease = self._desktops[desktop.name].lease, record.lease
        if before is not None and before.agent_id is not None and self._leased.get(before.agent_id) == desktop.name:
            del self._leased[before.agent_id]
        if lease is not None and lease.agent_id is not None:
            self._leased[lease.agent_id] = desktop.name
        self._desktops[desktop.name] = self._changed[desktop.name] = record
        self._lines.append(
            Outcome(
                desktop=desktop.name,
                key=desktop.key,
                action=word.value,
                result=Result.DONE,
                reason=why,
                started_at=now,
                ended_at=now,
            )
        )


__all__ = ["LeaseDraft", "LeaseProposal"]
