"""What the journal says of the last day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provisioner.model.actions import Result
from provisioner.model.departures import DAY_S
from provisioner.model.ids import Instant
from provisioner.model.machines.desktops import Attempts, Reservation
from provisioner.ports import JournalEntry
from provisioner.views.journal import JournalLine, journal_line
from provisioner.views.reasons import ReasonDocument, reason_document
from provisioner.views.times import stamp

Journal = Callable[[str], Iterable[JournalEntry]]
"""The journal's lines of one subject, newest first; at most `MOST_LINES`."""
Lines = tuple[JournalEntry, ...]
MOST_LINES = 200
"""A desktop that is tried again every few minutes has some hundred lines a day."""
_FAILED = frozenset({Result.RETRY, Result.UNKNOWN, Result.REFUSED, Result.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorDocument:
    """What last failed."""

    at: str | None
    """None: more than a day ago, or the journal does not have it."""
    what: str | None
    """The action, in one word; None: unknown."""
    because: ReasonDocument
    tries: int
    """Failures in a row until now; 0: it has gone on since."""
    gave_up: bool
    """Whether it is tried again only when an operator orders it."""


def lines_of(names: Iterable[str | None], journal: Journal, *, now: Instant) -> tuple[JournalEntry, ...]:
    """The last day's lines of all these subjects, newest first."""
    return _lately(((name, now - DAY_S) for name in dict.fromkeys(names) if name), journal, now)


def lines_of_desktops(desktops: Iterable[Reservation], person: str | None, journal: Journal, *, now: Instant) -> Lines:
    """The last day's lines of these desktops and of a person, newest first.

    Of a desktop since it was reserved: another one may have had its name and number before.
    """
    subjects = [(desktop.name, max(desktop.reserved_at, now - DAY_S)) for desktop in desktops]
    return _lately([*subjects, *([] if person is None else [(person, now - DAY_S)])], journal, now)


def _lately(subjects: Iterable[tuple[str, Instant]], journal: Journal, now: Instant) -> Lines:
    """A subject, and since when its lines count."""
    entries = {entry.sequence or id(entry): entry for name, since in subjects for entry in journal(name) if entry.at >= since}
    lately = (entry for entry in entries.values() if entry.at > now - DAY_S)
    return tuple(sorted(lately, key=lambda entry: (entry.at, entry.sequence), reverse=True))


def line_documents(entries: Iterable[JournalEntry]) -> tuple[JournalLine, ...]:
    """The lines in the order that they come in."""
    return tuple(map(journal_line, entries))


def last_error(entries: Iterable[JournalEntry], attempts: Attempts, *, of: str | None) -> ErrorDocument | None:
    """The newest failure of the desktop `of` in these lines (None: of any); without one, the failure that is remembered.

    None: nothing has failed lately.
    """
    line = next((entry for entry in entries if entry.result in _FAILED and of in (None, entry.subject)), None)
    if line is None and not attempts.reason:
        return None
    return ErrorDocument(
        at=None if line is None else stamp(line.at),
        what=None if line is None else line.what,
        because=reason_document(attempts.reason if line is None else line.reason),
        tries=attempts.tries,
        gave_up=attempts.gave_up,
    )
