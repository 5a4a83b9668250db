"""Instants as text."""

from datetime import UTC, datetime

from provisioner.model.ids import Instant
from provisioner.model.surges import SurgeRun


def stamp(at: Instant) -> str:
    """RFC 3339 in UTC, to the millisecond: `2026-11-24T08:00:00.000Z`."""
    return datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp_or_none(at: Instant | None) -> str | None:
    """None stays None: unknown, or not foreseen."""
    return None if at is None else stamp(at)


def zone_of(run: SurgeRun | None) -> str | None:
    """The zone of the calendar of its scenario, as it was started; None: there is no calendar."""
    scenario = None if run is None else run.as_started
    return None if scenario is None or scenario.calendar is None else scenario.calendar.zone


def moment(at: Instant) -> str:
    """For people: on this machine's clock, with its zone."""
    return datetime.fromtimestamp(at, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %z")
