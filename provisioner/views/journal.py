"""Lines of the journal: what was ordered, by whom, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.ports import JournalEntry
from provisioner.views.reasons import ReasonDocument, reason_or_none
from provisioner.views.times import stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One line."""

    sequence: int
    """Grows with every line; the id of an event."""
    at: str
    what: str
    """The action or order, in one word."""
    subject: str | None
    """A desktop's name, or an order's target; None: everything."""
    result: str
    reason: ReasonDocument | None
    """Why it failed, or its result in words; None: a plain success."""
    because: ReasonDocument | None
    """Why it was ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalDocument:
    """Lines of the journal, newest first."""

    lines: tuple[JournalLine, ...]


def journal_document(entries: Iterable[JournalEntry]) -> JournalDocument:
    """The lines in the order that they come in."""
    return JournalDocument(lines=tuple(map(journal_line, entries)))


def journal_line(entry: JournalEntry) -> JournalLine:
    """One line."""
    return JournalLine(
        sequence=entry.sequence,
        at=stamp(entry.at),
        what=entry.what,
        subject=entry.subject or None,
        result=entry.result,
        reason=reason_or_none(entry.reason),
        because=reason_or_none(entry.because),
    )
