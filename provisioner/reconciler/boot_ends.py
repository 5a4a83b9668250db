"""The end of a boot, as a sample: how long it took, and which other boots were in progress."""

from collections.abc import Mapping
from math import inf

from provisioner.model.actions import Outcome
from provisioner.model.desktops import Reservation
from provisioner.model.ids import DesktopName, ProfileName
from provisioner.model.profiles import Profile
from provisioner.model.records import DesktopRecord
from provisioner.pacing.boot_limits import Boot
from provisioner.planning.inputs import node_of
from provisioner.reconciler.in_flight import InFlight


def record_boot(
    flight: InFlight,
    ready: Outcome,
    desktops: Mapping[DesktopName, DesktopRecord],
    starting: Mapping[DesktopName, Reservation],
    profiles: Mapping[ProfileName, Profile],
) -> None:
    """Record that a desktop became ready; `starting` are the desktops that were starting at the last look.

    Only of a boot that was ordered: of a restart from inside nothing is known but the desktop's word, which would count for all
    that are on its node.
    """
    if ready.started_at != desktops[ready.desktop].started_at:
        return
    began = [
        (desktop, record.started_at)
        for name, desktop in starting.items()
        if name != ready.desktop and (record := desktops.get(name)) is not None and record.started_at and not record.report
    ]
    record, snapshot = desktops[ready.desktop], flight.snapshot
    booted = record.reservation
    node, profile = node_of(booted, snapshot), profiles.get(booted.profile)
    # A clock that is put right by an hour makes boots of an hour: all after them would be asked hours too late.
    most_s = inf if profile is None else profile.ready_timeout_s
    boot = Boot(
        profile=booted.profile,
        image=profile.image if profile is not None else "",
        first=record.assigned_to is None,  # nobody has had it yet
        began_at=max(ready.started_at, ready.ended_at - most_s),
        ended_at=ready.ended_at,
        expected_s=profile.expected_ready_s if profile is not None else 0.0,
    )
    flight.meter.record_boot(node, boot, running=[at for desktop, at in began if node_of(desktop, snapshot) == node])
