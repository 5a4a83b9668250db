"""The times in a desktop's report, by Bascule's clock: the desktop's own may be wrong, or have stood still with its VM."""

from dataclasses import replace

from provisioner.model.desktops import GuestReport
from provisioner.model.ids import Instant

SAME_S = 2.0
"""Clocks of one site differ by less than a second."""


def on_our_clock(report: GuestReport, made_at: Instant) -> GuestReport:
    """The report, made at `made_at`, with its times moved, if its clock is wrong. None is before all times, or to come."""
    shift_s = 0.0 if report.written_at is None else made_at - report.written_at
    if abs(shift_s) <= SAME_S and all(session.since <= report.read_at for session in report.sessions):
        return report

    def moved(at: Instant) -> Instant:
        return min(max(0.0, at + shift_s), report.read_at)

    return replace(
        report,
        booted_at=None if report.booted_at is None else moved(report.booted_at),
        ready_at=None if report.ready_at is None else moved(report.ready_at),
        written_at=made_at,
        sessions=tuple(replace(session, since=moved(session.since)) for session in report.sessions),
    )


__all__ = ["SAME_S", "on_our_clock"]
