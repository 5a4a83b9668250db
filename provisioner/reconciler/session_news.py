"""Shows who has come and gone between two cycles: at rest a cycle comes each ten seconds, and a push is shown within two."""

from dataclasses import replace
from math import inf

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.status import Status
from provisioner.planning.report.session_news import with_old_sessions, with_reports
from provisioner.reconciler.parts import LoopState

EVERY_S = 1.0
"""A push takes up to 1.25 s to come (a look each second in the desktop, a batch each quarter of a second); the status of 1,700
desktops takes milliseconds to count."""


class SessionNews:
    """Publishes the last status again, with other sessions. Only the control thread uses it."""

    def __init__(self, parts: LoopState) -> None:
        self._parts = parts
        self._shown_at: Instant = -inf

    @property
    def due_at(self) -> Instant:
        """When there is something to show; infinite: there is nothing, or no status yet to show it in."""
        if self._parts.board.status is None or not self._parts.sessions.has_news:
            return inf
        return self._shown_at + EVERY_S

    def show(self) -> None:
        """If it is due."""
        now, status = self._parts.clock.now(), self._parts.board.status
        if now < self.due_at or status is None:
            return
        self._shown_at, config = now, self._parts.config
        status = with_reports(status, self._parts.sessions.take_news(), config.pace)
        self._parts.sessions.follow(status, config)
        self._parts.board.take_sessions(status, self._parts.sessions.figures(now), at=now)

    def aged(self) -> Status | None:
        """The last status as it is by now, if nobody is heard any more; None: there is none. Stores and publishes nothing."""
        now, status = self._parts.clock.now(), self._parts.board.status
        if status is None:
            return None
        status = with_old_sessions(status, self._heard_at(), self._parts.config.pace, now=now)
        self._parts.sessions.follow(status, self._parts.config)
        self._parts.board.status = replace(status, session_figures=self._parts.sessions.figures(now))
        return self._parts.board.status

    def _heard_at(self) -> dict[DesktopName, Instant]:
        reports = ((name, record.report) for name, record in self._parts.records.desktops.items())
        return {name: report.read_at for name, report in reports if report is not None}


__all__ = ["SessionNews"]
