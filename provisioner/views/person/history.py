"""What was done with this desktop, for this person: another's desktop may have had its name and VMID before."""

from collections.abc import Iterator
from datetime import datetime

from provisioner.model.ids import Instant
from provisioner.ports import JournalEntry
from provisioner.views.journal import JournalLine
from provisioner.views.person.facts import Facts
from provisioner.views.why.past import Journal, line_documents

MOST_LINES = 8
"""Of the history that is shown."""


def history_of(facts: Facts, journal: Journal) -> tuple[JournalLine, ...]:
    """The newest lines of the desktop since it is this person's, and of the person; newest first."""
    entries = {entry.sequence or id(entry): entry for entry in _entries(facts, journal)}
    newest = sorted(entries.values(), key=lambda entry: (entry.at, entry.sequence), reverse=True)
    return line_documents(newest[:MOST_LINES])


def _entries(facts: Facts, journal: Journal) -> Iterator[JournalEntry]:
    yield from journal(facts.standing.agent.agent_id)
    if facts.state is not None:
        since = theirs_since(facts)
        yield from (entry for entry in journal(facts.state.reservation.name) if entry.at >= since)


def theirs_since(facts: Facts) -> Instant:
    """When the desktop that the person uses became theirs: it was lent, or it was reserved for them."""
    if facts.lent is not None:
        return datetime.fromisoformat(facts.lent.since).timestamp()
    assert facts.state is not None, "there is a desktop"
    return facts.state.reservation.reserved_at


__all__ = ["MOST_LINES", "history_of", "theirs_since"]
