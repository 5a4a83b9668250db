"""What the doctor finds, as values."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class Grade(enum.StrEnum):
    """How a finding stands in the way."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    """Works, but not as it should."""
    BAD = "bad"
    """The switch would fail, wholly or in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    subject: str
    """`cluster pve`, `directory`, `profile standard`, …"""
    grade: Grade
    text: str
    fix: str = ""
    """What to do about it; empty where there is nothing to do."""


def good(subject: str, text: str) -> Finding:
    """As it should be."""
    return Finding(subject=subject, grade=Grade.GOOD, text=text)


def doubtful(subject: str, text: str, fix: str) -> Finding:
    """Works, but."""
    return Finding(subject=subject, grade=Grade.DOUBTFUL, text=text, fix=fix)


def bad(subject: str, text: str, fix: str) -> Finding:
    """Will fail."""
    return Finding(subject=subject, grade=Grade.BAD, text=text, fix=fix)


def is_bad(findings: Iterable[Finding]) -> bool:
    """Whether any stands in the way."""
    return any(one.grade is Grade.BAD for one in findings)
