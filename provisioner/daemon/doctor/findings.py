"""What the doctor finds, as values."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.reasons.reason import NONE, Reason, act_of


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

    subject: Reason
    """One of `reasons.subjects`: `cluster pve`, `directory`, …"""
    grade: Grade
    text: Reason
    fix: Reason = NONE
    """What to do about it; empty where there is nothing to do. By default what the table has for the text (`act_of`)."""


def good(subject: Reason, text: Reason) -> Finding:
    """As it should be."""
    return Finding(subject=subject, grade=Grade.GOOD, text=text)


def doubtful(subject: Reason, text: Reason, fix: Reason = NONE) -> Finding:
    """Works, but."""
    return Finding(subject=subject, grade=Grade.DOUBTFUL, text=text, fix=fix or act_of(text))


def bad(subject: Reason, text: Reason, fix: Reason = NONE) -> Finding:
    """Will fail."""
    return Finding(subject=subject, grade=Grade.BAD, text=text, fix=fix or act_of(text))


def is_bad(findings: Iterable[Finding]) -> bool:
    """Whether any stands in the way."""
    return any(finding.grade is Grade.BAD for finding in findings)
