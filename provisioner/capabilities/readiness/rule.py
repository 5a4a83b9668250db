"""The rule of the readiness, pure: from what was checked, rehearsed and tried to one number with its causes.

The number is the part of the wanted people who would have a desktop in time: those of the rehearsal, without the people of
profiles that have a fault; and nobody, if something is broken that every desktop needs. Nothing is weighted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from provisioner.capabilities.readiness.model import Cause, Readiness
from provisioner.capabilities.readiness.reasons import FAULT, LATE, LATE_FOR, NOBODY
from provisioner.doctor.findings import Finding, Grade
from provisioner.model.ids import Instant, ProfileName
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.subjects import PROFILE, ROOM
from provisioner.reasons.trials import ENDED_EARLY, IN_A_SURGE, LAST_PLACE, NOT_TRIED, REACHED

_SHOWS_NOTHING = frozenset(kind.code for kind in (IN_A_SURGE, LAST_PLACE, NOT_TRIED, ENDED_EARLY))
"""A trial that was left out, refused or withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessInputs:
    """What one run has found."""

    at: Instant
    scenario: str
    profiles: Mapping[ProfileName, int]
    """People who are to have a desktop, by profile."""
    in_time: int = 0
    """Of them, those who have it in time in the rehearsal."""
    lacks: Reason = NONE
    """What most of the others wait for in the rehearsal."""
    against: tuple[Reason, ...] = ()
    """What stands against every desktop: a freeze, a quarantine, a rehearsal that is not possible."""
    findings: Sequence[Finding] = ()
    """The findings of `bascule check`."""
    trial: Sequence[Finding] = ()
    """Of trial desktops; empty: none was asked for."""


def readiness_of(inputs: ReadinessInputs) -> Readiness:
    """The number and its causes."""
    wanted = sum(inputs.profiles.values())
    findings = (*inputs.findings, *inputs.trial)
    causes = sorted(_causes(inputs, findings, wanted), key=lambda cause: (-cause.people, cause.what))
    lost = {name for finding in _bad(findings) if (name := profile_of(finding)) is not None}
    ready = 0 if _breaks_all(inputs) else max(0, inputs.in_time - sum(inputs.profiles.get(name, 0) for name in lost))
    return Readiness(
        at=inputs.at,
        scenario=inputs.scenario,
        wanted=wanted,
        ready=ready,
        causes=tuple(causes),
        doubts=tuple(_said(finding) for finding in findings if finding.grade is Grade.DOUBTFUL),
        trials=tuple(_said(finding) for finding in findings if finding.text.code == REACHED.code),
        untried=_untried(inputs.trial) if ready else NONE,
    )


def profile_of(finding: Finding) -> ProfileName | None:
    """The profile that a finding is about; None: it is about more."""
    return ProfileName(str(finding.subject.arguments["profile"])) if finding.subject.code == PROFILE.code else None


def _untried(trial: Sequence[Finding]) -> Reason:
    """Why no trial desktop has shown anything; NONE: one has, or none was asked for."""
    if any(finding.text.code not in _SHOWS_NOTHING for finding in trial):
        return NONE
    return next((finding.text for finding in trial), NONE)


def _causes(inputs: ReadinessInputs, findings: Sequence[Finding], wanted: int) -> Iterator[Cause]:
    for what in inputs.against:
        yield Cause(what=what, people=wanted)
    for finding in _bad(findings):
        name = profile_of(finding)
        late = max(0, wanted - inputs.in_time)
        all_of = late if _is_of_room(finding) else wanted
        yield Cause(what=_said(finding), people=all_of if name is None else inputs.profiles.get(name, 0))
    if not wanted:
        yield Cause(what=NOBODY(scenario=inputs.scenario), people=0)
    elif inputs.in_time < wanted and not _breaks_all(inputs):
        yield Cause(what=LATE_FOR(why=inputs.lacks) if inputs.lacks else LATE(), people=wanted - inputs.in_time)


def _breaks_all(inputs: ReadinessInputs) -> bool:
    faults = (finding for finding in _bad((*inputs.findings, *inputs.trial)) if not _is_of_room(finding))
    return bool(inputs.against) or any(profile_of(finding) is None for finding in faults)


def _is_of_room(finding: Finding) -> bool:
    """How many do not fit is what the rehearsal counts."""
    return finding.subject.code == ROOM.code


def _bad(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in findings if finding.grade is Grade.BAD)


def _said(finding: Finding) -> Reason:
    return FAULT(subject=finding.subject, what=finding.text)


__all__ = ["ReadinessInputs", "profile_of", "readiness_of"]
