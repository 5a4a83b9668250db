"""What of a desktop's state passes by itself: with time, with measured boots, with the age of a reading or of a listing.

One function says it, for a new state and for whether the previous state still holds: so it cannot be forgotten there.
"""

from operator import attrgetter
from typing import Any, NamedTuple

from provisioner.model.ids import Instant
from provisioner.model.kept.records import DesktopRecord
from provisioner.model.machines.cluster import Power
from provisioner.model.machines.desktops import GuestReport, Phase, Reservation, Session
from provisioner.model.status import DesktopState
from provisioner.model.words import BootLevel
from provisioner.pacing.probe_timing import sessions_known_for_s
from provisioner.planning.inputs import Situation, asked_lately, started_at
from provisioner.planning.survey.lifecycle import levels_of

OFF = frozenset({Phase.RESERVED, Phase.CLONING, Phase.CLONED, Phase.STOPPED, Phase.DELETING})
LETS_NOBODY_IN = OFF | {Phase.UNKNOWN}
"""Phases in which a report does not show who is logged on: the desktop is off, or its node is away."""
_NOT_UP = frozenset({Phase.STARTING, Phase.FAILED})
_NO_LEVELS = frozenset[BootLevel]()
"""The same for all desktops: each empty set is an object of its own, of 216 bytes."""


class Passing(NamedTuple):
    """Fields of a `DesktopState`, with its meanings. To add one: here, and nowhere else in the making of a state."""

    sessions: tuple[Session, ...] | None = ()
    unknown_since: Instant | None = None
    late: bool = False
    slow: bool = False
    levels: frozenset[BootLevel] = _NO_LEVELS


_NOTHING = Passing()
"""Nobody is logged on, and nothing is expected yet."""
_IN_TIME = (False, False)
_as_shown = attrgetter(*Passing._fields)


def passing(situation: Situation, record: DesktopRecord, phase: Phase) -> Passing:
    """The state as it is now."""
    if phase in OFF:
        return _NOTHING
    starting = phase is Phase.STARTING
    late, slow = _lateness(situation, record.reservation) if phase in _NOT_UP else _IN_TIME
    if starting and not slow and record.report is None and record.unheard is None:
        return _NOTHING  # hundreds at once
    sessions = _sessions(situation, record.report, phase, late=late)
    return Passing(
        sessions=sessions,
        unknown_since=_known_last(situation, record) if sessions is None else None,
        late=starting and late and asked_lately(situation, record.reservation.name),
        slow=starting and slow,
        levels=levels_of(record, situation.snapshot.clusters.get(record.reservation.cluster)) if starting else _NO_LEVELS,
    )


def still_so(state: DesktopState, now: Passing) -> bool:
    """Whether the state shows the same."""
    shown: tuple[Any, ...] = _as_shown(state)
    return shown == now


def known_for_s(situation: Situation) -> float:
    """How long a reading of sessions counts."""
    return sessions_known_for_s(situation.config.pace)


def sessions_shown(report: GuestReport) -> tuple[Session, ...] | None:
    """The sessions of a report that is not too old; None: it leaves open who is there."""
    return None if report.somebody_comes else report.sessions


def _sessions(situation: Situation, report: GuestReport | None, phase: Phase, *, late: bool) -> tuple[Session, ...] | None:
    """The sessions; None if unknown: the node is away, or the guest has not answered for a long time."""
    if report is None:
        return () if phase in _NOT_UP and not late else None  # before it is late, it has not let anybody in yet
    if phase in (Phase.UNKNOWN, Phase.SILENT) or report.read_at < situation.now - known_for_s(situation):
        return None
    return sessions_shown(report)


def _known_last(situation: Situation, record: DesktopRecord) -> Instant:
    """When its sessions were last known: by its last report, else at the start of its present boot."""
    return started_at(situation, record.reservation) if record.report is None else record.report.read_at


def _lateness(situation: Situation, desktop: Reservation) -> tuple[bool, bool]:
    """Whether it has run for longer than it takes to be ready: perhaps only its guest agent fails, and people use it.

    And whether for longer than it took others of its image.
    """
    guest = situation.snapshot.guest(desktop.key)
    if guest is None or guest.power is not Power.RUNNING:
        return _IN_TIME
    up_s, profile = situation.now - started_at(situation, desktop), situation.config.profiles.get(desktop.profile)
    if profile is None:
        return up_s > 0, up_s > 0
    late = up_s > profile.ready_timeout_s
    return late, late or up_s > situation.limits.slow_after_s(profile)


__all__ = ["LETS_NOBODY_IN", "OFF", "Passing", "known_for_s", "passing", "sessions_shown", "still_so"]
