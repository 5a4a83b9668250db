"""The end of a boot, as a sample: how long it took, and which other boots were in progress."""

from collections.abc import Mapping
from math import inf

from provisioner.model.actions import Outcome
from provisioner.model.desktops import Reservation
from provisioner.model.ids import DesktopName
from provisioner.model.records import DesktopRecord
from provisioner.pacing.boot_samples import Boot
from provisioner.planning.inputs import node_of
from provisioner.reconciler.in_flight import InFlight


def record_boot(
    flight: InFlight, ready: Outcome, desktops: Mapping[DesktopName, DesktopRecord], starting: Mapping[DesktopName, Reservation]
) -> None:
    """Record that a desktop became ready; `starting` are the desktops that were starting at the last look."""
    began = [
        (desktop, record.started_at)
        for name, desktop in starting.items()
        if name != ready.desktop and (record := desktops.get(name)) is not None and record.started_at and not record.report
    ]
    booted, snapshot = desktops[ready.desktop].reservation, flight.snapshot
    node = node_of(booted, snapshot)
    flight.meter.record_boot(
        node,
        Boot(profile=booted.profile, began_at=ready.started_at, ended_at=ready.ended_at),
        running=[at for desktop, at in began if node_of(desktop, snapshot) == node],
        oldest_at=min((at for desktop, at in began if desktop.profile == booted.profile), default=inf),
    )
