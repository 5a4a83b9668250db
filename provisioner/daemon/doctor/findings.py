"""Findings of the doctor, as values."""

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from provisioner.extensions import Point
from provisioner.reasons.cluster import TEMPLATES
from provisioner.reasons.reason import NONE, Reason, act_of
from provisioner.settings.values import Settings


class Grade(enum.StrEnum):
    """How serious a finding is."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    """It works, but not as it should."""
    BAD = "bad"
    """The switch would fail, or a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check."""

    subject: Reason
    """One of `reasons.subjects`: `cluster pve`, `directory`, …"""
    grade: Grade
    text: Reason
    fix: Reason = NONE
    """What to do; empty: nothing. By default the advice of the text's reason (`act_of`)."""
    code: str = field(init=False, compare=False)
    """What is the matter, for programs and for docs/check.md: the code of the text; of templates, of what they are."""

    def __post_init__(self) -> None:
        what = self.text.arguments.get("what")
        of = what if self.text.code == TEMPLATES.code and isinstance(what, Reason) else self.text
        object.__setattr__(self, "code", of.code)


@dataclass(frozen=True, slots=True)
class Checks:
    """What a capability has checked."""

    examine: Callable[[Settings], Iterator[Finding]]


CHECKS = Point("findings", "CHECKS", Checks)


def good(subject: Reason, text: Reason) -> Finding:
    """A finding without a fault."""
    return Finding(subject=subject, grade=Grade.GOOD, text=text)


def doubtful(subject: Reason, text: Reason, fix: Reason = NONE) -> Finding:
    """A finding of something that works, but not as it should."""
    return Finding(subject=subject, grade=Grade.DOUBTFUL, text=text, fix=fix or act_of(text))


def bad(subject: Reason, text: Reason, fix: Reason = NONE) -> Finding:
    """A finding of something that would fail."""
    return Finding(subject=subject, grade=Grade.BAD, text=text, fix=fix or act_of(text))


def is_bad(findings: Iterable[Finding]) -> bool:
    """Whether any finding is bad."""
    return any(finding.grade is Grade.BAD for finding in findings)
