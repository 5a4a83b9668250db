"""One line of the log."""

import enum
from dataclasses import dataclass


class LineLevel(enum.StrEnum):
    """How urgent."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of the log, without its time."""

    subject: str
    """Whom it is about: `desktop vd-0042`, `cluster pve`, `directory`, …"""
    text: str
    level: LineLevel = LineLevel.INFO

    def __str__(self) -> str:
        return f"{self.subject}: {self.text}"


__all__ = ["LineLevel", "LogLine"]
