"""What the daemon gives to the API."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from provisioner.model.ids import Instant
from provisioner.model.intents import Intent, Withdrawal
from provisioner.model.kept.store_fit import HistoryTable
from provisioner.model.lending import Grant, GrantTerms, LendingAnswer, LendingOrder
from provisioner.model.session_counts import SessionCounts
from provisioner.ports import Clock, JournalEntry
from provisioner.reasons.reason import Reason
from provisioner.settings.site_zone import SiteZone
from provisioner.views.daemon import ConfigDocument, ReloadDocument
from provisioner.views.published import Published
from provisioner.views.surge_report.facts import ReportFacts

Order = Intent | Withdrawal


class Noticeboard:
    """The last value that the control thread has published. Whoever wants to know of the next one leaves a call."""

    def __init__(self) -> None:
        self.last: Published | None = None
        """None: no cycle has ended yet. Any thread may read it."""
        self._called: tuple[Callable[[], None], ...] = ()
        self._turn = threading.Lock()

    def publish(self, published: Published) -> None:
        """Called by the control thread; waits for nobody."""
        self.last = published
        for call in self._called:
            call()

    def call_at_next(self, call: Callable[[], None]) -> None:
        """Have it called by the control thread at each publication from now on. It must not wait, and not raise."""
        with self._turn:
            self._called = (*self._called, call)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSite:
    """The daemon, as the API sees it."""

    installation: str
    version: str
    started_at: Instant
    cycle_within_s: float
    """On the daemon's clock: when the last cycle ended longer ago, the daemon hangs."""
    clock: Clock
    board: Noticeboard
    journal: Callable[[int, str | None], Iterator[JournalEntry]]
    """At most so many lines, newest first, of one subject or all. May wait for a disk; raises StoreError."""
    journal_after: Callable[[int, int], Sequence[JournalEntry]]
    """At most so many lines after a number, oldest first. May wait for a disk; raises StoreError."""
    report: Callable[[int | None], ReportFacts | None]
    """What is kept of a run, by its number, or of the newest; None: there was none. May wait for a disk; raises StoreError."""
    session_counts: Callable[[], SessionCounts]
    """How many sessions are and were open. May wait for a disk; raises StoreError."""
    latest: Callable[[HistoryTable[Any], int], Sequence[Any]]
    """At most so many values of a history, newest first. May wait for a disk; raises StoreError."""
    config: Callable[[], ConfigDocument]
    """The configuration in force and on disk. May wait for a disk."""
    zone: Callable[[], SiteZone]
    """The site's."""
    order: Callable[[Order], Future[Reason]]
    """Hands an order to the control thread; the answer is empty, or why it was not taken, or a StoreError."""
    grant: Callable[[GrantTerms], Grant] | None
    """What makes grants that open lent desktops; None: nothing does."""
    reload: Callable[[str], Future[ReloadDocument | Reason]]
    """Has the control thread read the configuration again, for whoever orders it; the answer is what was taken up, or why
    nothing has changed."""
    lend: Callable[[LendingOrder], Future[LendingAnswer]]
    """Hands an order about a desktop of a pool to the control thread; the answer may be a StoreError."""
