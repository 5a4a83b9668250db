"""Instants as text."""

from datetime import UTC, datetime

from provisioner.model.ids import Instant
from provisioner.model.scenario.scenarios import Scenario
from provisioner.model.scenario.surges import SurgeRun


def stamp(at: Instant) -> str:
    """RFC 3339 in UTC, to the millisecond: `2026-11-24T08:00:00.000Z`."""
    return datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_text(at: Instant) -> str:
    """The same to the second, for an argument of a reason: commands show it by the site's clock."""
    return f"{datetime.fromtimestamp(at, tz=UTC):%Y-%m-%dT%H:%M:%SZ}"


def stamp_or_none(at: Instant | None) -> str | None:
    """None stays None: unknown, or not foreseen."""
    return None if at is None else stamp(at)


def zone_of(run: SurgeRun | None, in_force: Scenario | None) -> str | None:
    """The zone of the calendar of a run's scenario; None: there is no calendar.

    As it was started; one that began by itself is that of its name which is in force.
    """
    scenario = in_force if run is None or (in_force is not None and run.scenario == in_force.name) else None
    if run is not None and run.as_started is not None:
        scenario = run.as_started
    return None if scenario is None or scenario.calendar is None else scenario.calendar.zone
