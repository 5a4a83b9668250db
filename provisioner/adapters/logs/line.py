"""One line of the log."""

import enum
from dataclasses import dataclass

from provisioner.reasons.grouping import codes_of


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
    """`desktop vd-0042`, `cluster pve`, `directory`, …"""
    text: str
    level: LineLevel = LineLevel.INFO
    reason: str = ""
    """The reason in the text, if there is one."""

    @property
    def sentence(self) -> str:
        """Subject and text."""
        return f"{self.subject}: {self.text}"

    @property
    def code(self) -> str:
        """The codes of the reason, for programs; empty: there are none."""
        return " ".join(codes_of(self.reason))

    def __str__(self) -> str:
        return with_code(self.sentence, self.code)


def with_code(sentence: str, code: str) -> str:
    """The sentence with its code, as in the log for people: `… [lock_busy]`."""
    return f"{sentence} [{code}]" if code else sentence


__all__ = ["LineLevel", "LogLine", "with_code"]
