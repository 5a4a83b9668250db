"""Findings of the doctor, as values."""

import enum
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from provisioner.extensions import Point
from provisioner.model.ids import ClusterId, Instant, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.people.profiles import Profile, Template
from provisioner.reasons.cluster import TEMPLATES
from provisioner.reasons.expiry import IN_DAYS, IN_HOURS
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
class Closed:
    """Where nothing can be made, or started, because of a finding. What is left out is all of it."""

    cluster: ClusterId
    node: NodeName | None = None
    """Without a profile: also nothing is cloned from its templates."""
    profile: ProfileName | None = None
    template: Vmid | None = None
    storage: StorageId | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is a whole cluster."""
        return (self.node, self.profile, self.template, self.storage) == (None, None, None, None)

    def covers(self, template: Template, profile: Profile) -> bool:
        """Whether nothing of this profile is cloned from it."""
        if template.cluster != self.cluster or self.is_whole or self.profile not in (None, profile.name):
            return False
        if self.node is not None:
            return self.profile is None and template.node == self.node
        is_on = self.storage in (None, template.storage, profile.storage)
        return is_on and self.template in (None, template.vmid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check."""

    subject: Reason
    """One of `reasons.subjects`: `cluster pve`, `directory`, …"""
    grade: Grade
    text: Reason
    fix: Reason = NONE
    """What to do; empty: nothing. By default the advice of the text's reason (`act_of`)."""
    closes: tuple[Closed, ...] = ()
    """Where nobody gets a desktop as long as it is so."""
    code: str = field(init=False, compare=False)
    """What is the matter, for programs and for docs/en/check.md: the code of the text; of templates, of what they are."""

    def __post_init__(self) -> None:
        what = self.text.arguments.get("what")
        of = what if self.text.code == TEMPLATES.code and isinstance(what, Reason) else self.text
        object.__setattr__(self, "code", of.code)


@dataclass(frozen=True, slots=True)
class Checks:
    """What a capability has checked."""

    examine: Callable[[Settings, Instant], Iterator[Finding]]
    """At this time: what other systems say."""
    offline: Callable[[Settings], Iterator[Finding]] = lambda _: iter(())
    """What needs no other system."""


CHECKS = Point("findings", "CHECKS", Checks)


def good(subject: Reason, text: Reason) -> Finding:
    """A finding without a fault."""
    return Finding(subject=subject, grade=Grade.GOOD, text=text)


def doubtful(subject: Reason, text: Reason, fix: Reason = NONE, *, closes: Iterable[Closed] = ()) -> Finding:
    """A finding of something that works, but not as it should."""
    return Finding(subject=subject, grade=Grade.DOUBTFUL, text=text, fix=fix or act_of(text), closes=tuple(closes))


def bad(subject: Reason, text: Reason, fix: Reason = NONE, *, closes: Iterable[Closed] = ()) -> Finding:
    """A finding of something that would fail."""
    return Finding(subject=subject, grade=Grade.BAD, text=text, fix=fix or act_of(text), closes=tuple(closes))


_HOUR_S, _DAY_S = 3600.0, 86_400.0


def span_of(seconds: float) -> Reason:
    """A length of time as a person says it: in hours, and from two days on in days."""
    seconds = max(0.0, seconds)
    return IN_HOURS(hours=round(seconds / _HOUR_S)) if seconds < 2 * _DAY_S else IN_DAYS(days=round(seconds / _DAY_S))


def is_bad(findings: Iterable[Finding]) -> bool:
    """Whether any finding is bad."""
    return any(finding.grade is Grade.BAD for finding in findings)
