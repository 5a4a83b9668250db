"""Probes of desktops of the daemon's document, for commands."""

from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.capabilities.probes.decide.choice import next_desktops
from provisioner.capabilities.probes.decide.summary import summary
from provisioner.capabilities.probes.decide.targets import target_of
from provisioner.capabilities.probes.model import LogonProbe
from provisioner.capabilities.probes.reasons import IS_NOT_READY, NOTHING_TO_PROBE, SESSIONS_UNKNOWN, SOMEBODY_IN
from provisioner.capabilities.probes.settings import PROBES, ProbeSettings
from provisioner.daemon.reaching import REACHING, Row
from provisioner.errors import BasculeError
from provisioner.extensions import Parts
from provisioner.model.ids import ClusterId, DesktopName, NodeName, ProfileName
from provisioner.model.machines.desktops import Phase
from provisioner.model.probes import ProbeResult, ProbeTarget
from provisioner.ports import Clock
from provisioner.reasons.reason import NONE, Reason
from provisioner.settings.values import Settings


class ProbedRows:
    """The service `Reaching` (`provisioner.daemon.reaching`)."""

    def __init__(self, probe: LogonProbe, settings: Settings) -> None:
        self._probe, self._settings = probe, settings

    def probe(self, row: Mapping[str, Any]) -> ProbeResult:
        """Every step until one fails."""
        return self._probe.probe(self._target_of(row), keep_out=_keep_out(row))

    def sample(self, rows: Sequence[Row], count: int) -> Sequence[Row]:
        """The most telling first. A desktop of a profile that is no longer configured is nobody's way."""
        ready = {
            DesktopName(row["name"]): row
            for row in rows
            if row["phase"] == Phase.READY.value and row["profile"] in self._settings.profiles
        }
        if not ready:
            raise BasculeError(NOTHING_TO_PROBE())
        candidates = {name: self._target_of(row).factors for name, row in ready.items()}
        return [ready[name] for name in next_desktops(candidates, (), count)]

    def summary(self, results: Sequence[ProbeResult]) -> Reason:
        """What they have shown together."""
        return summary(results)

    def _target_of(self, row: Mapping[str, Any]) -> ProbeTarget:
        return target_of(
            DesktopName(row["name"]),
            row["address"] or "",
            cluster=ClusterId(row["cluster"]),
            node=NodeName(row["node"]),
            profile=self._settings.profiles[ProfileName(row["profile"])],
            zone=self._settings.desktop_zone,
        )


def _keep_out(row: Mapping[str, Any]) -> Reason:
    """Why the robot is not to log on; empty: it may."""
    if row["phase"] != Phase.READY.value:
        return IS_NOT_READY(phase=row["phase"])
    if row["session"]["count"] is None:
        return SESSIONS_UNKNOWN()
    return SOMEBODY_IN() if row["session"]["count"] else NONE


def _make(settings: Settings, clock: Clock) -> ProbedRows:
    """Without the section `probes` it ends when a desktop answers RDP."""
    # Only if used: it loads dnspython.
    from provisioner.capabilities.probes.outside.chain import LogonChain

    return ProbedRows(LogonChain(settings.sections[PROBES] or ProbeSettings(), clock=clock), settings)


SERVICES = Parts().having(REACHING, _make)
