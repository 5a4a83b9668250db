"""How many of each ceiling are in use, asked once: for a forecast."""

from collections.abc import Mapping
from dataclasses import replace

from provisioner.daemon.composition import figures_of
from provisioner.model.ids import ClusterId, Instant
from provisioner.model.kept.records import DesktopRecord, Records
from provisioner.model.machines.cluster import ClusterView, Power
from provisioner.model.machines.desktops import SessionState
from provisioner.model.scenario.ceilings import Ceiling, Counted, Reading
from provisioner.model.scenario.scenarios import Scenario
from provisioner.reasons.reason import Reason
from provisioner.settings.values import Settings


def readings_now(settings: Settings, scenario: Scenario, *, now: Instant) -> dict[str, Reading]:
    """What each query gives. Takes seconds at most; raises nothing."""
    figures = figures_of(settings)
    asked = {ceiling.in_use for ceiling in scenario.ceilings if ceiling.in_use}
    if figures is None:
        return {}
    answers = {query: figures.ask(query) for query in sorted(asked)}
    return {
        query: Reading(at=now, why=answer) if isinstance(answer, Reason) else Reading(at=now, value=answer)
        for query, answer in answers.items()
    }


def without_ours(
    readings: Mapping[str, Reading], scenario: Scenario, records: Records, views: Mapping[ClusterId, ClusterView]
) -> dict[str, Reading]:
    """What others use: on a twin nobody of ours is at work yet."""
    others = dict(readings)
    for ceiling in scenario.ceilings:
        reading = readings.get(ceiling.in_use)
        if reading is not None and reading.value is not None:
            ours = sum(_counts(ceiling, record, views) for record in records.desktops.values())
            others[ceiling.in_use] = replace(reading, value=max(0, reading.value - ours), ours_too=False)
    return others


def _counts(ceiling: Ceiling, record: DesktopRecord, views: Mapping[ClusterId, ClusterView]) -> bool:
    desktop = record.reservation
    guest = views[desktop.cluster].guests.get(desktop.vmid) if desktop.cluster in views else None
    if guest is None or guest.power is Power.STOPPED:
        return False
    sessions = record.report.sessions or () if record.report is not None else ()
    return ceiling.counts is Counted.DESKTOPS or any(each.state is SessionState.CONNECTED for each in sessions)


__all__ = ["readings_now", "without_ours"]
