"""The daemon itself: since when it lives, its last cycle, and its configuration."""

from dataclasses import dataclass

from provisioner.model.ids import Instant
from provisioner.views.published import Published
from provisioner.views.reasons import ReasonDocument
from provisioner.views.times import stamp, stamp_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonDocument:
    """The daemon, and its last cycle."""

    installation: str
    version: str
    started_at: str
    now: str
    """The time on the daemon's clock."""
    cycle_ended_at: str | None
    """Or when the last look ended in vain, as no cluster answers; None: neither has ended yet."""
    cycle_age_s: float | None
    """Seconds since then. A daemon that works has a cycle every few seconds."""
    cycle_within_s: float
    """Of a greater age on it hangs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceDocument:
    """One key that differs. A secret is never shown."""

    key: str
    """As in the files: `budget.retry_cap`, `profiles.standard.vcpus`."""
    in_force: str | None
    """As one would write it in the file; None: not set."""
    on_disk: str | None
    """None: not set."""
    by_restart: bool
    """Whether only a restart takes it up; otherwise a reload does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigDocument:
    """The configuration in force, and the files on disk."""

    file: str
    in_force_since: str
    """When it was read."""
    differs: bool | None
    """Whether the files on disk say something else; None: they are faulty."""
    changed: tuple[str, ...]
    """The sections that differ."""
    differences: tuple[DifferenceDocument, ...]
    """The keys that differ."""
    waits_for_restart: tuple[str, ...]
    """Of them, those that a reload does not take up."""
    problem: ReasonDocument | None
    """What is wrong with the files on disk; None: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReloadDocument:
    """What a reload has taken up: the files were sound."""

    file: str
    read_at: str
    differences: tuple[DifferenceDocument, ...]
    """The keys that had another value in force; of these, what a reload takes up is in force now."""
    waits_for_restart: tuple[str, ...]
    """What keeps its earlier value until a restart."""


def daemon_document(
    *, installation: str, version: str, started_at: Instant, cycle_within_s: float, now: Instant, last: Published | None
) -> DaemonDocument:
    """The daemon at this moment; `last`: its last publication, None before the first cycle."""
    ended_at = last.status.at if last is not None else None
    return DaemonDocument(
        installation=installation,
        version=version,
        started_at=stamp(started_at),
        now=stamp(now),
        cycle_ended_at=stamp_or_none(ended_at),
        cycle_age_s=None if ended_at is None else round(max(0.0, now - ended_at), 3),
        cycle_within_s=cycle_within_s,
    )
