"""Instants as text."""

from datetime import UTC, datetime

from provisioner.model.ids import Instant


def stamp(at: Instant) -> str:
    """RFC 3339 in UTC, to the millisecond: `2026-11-24T08:00:00.000Z`."""
    return datetime.fromtimestamp(at, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp_or_none(at: Instant | None) -> str | None:
    """None stays None: unknown, or not foreseen."""
    return None if at is None else stamp(at)


def moment(at: Instant) -> str:
    """For people: on this machine's clock, with its zone."""
    return datetime.fromtimestamp(at, tz=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %z")
