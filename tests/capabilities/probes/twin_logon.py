"""The port `LogonProbe` on twins: what a person would meet who connects to a desktop, by the twins' hidden truth."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from provisioner.capabilities.probes.reasons import (
    GREETING_SILENT,
    LOGON_BREAKS_OFF,
    LOGON_REFUSED,
    NAME_SILENT,
    NOT_RDP,
    PORT_SILENT,
)
from provisioner.model.probes import ProbeResult, ProbeStep, ProbeTarget, StepEnd, StepResult
from provisioner.reasons.reason import NONE, Reason
from provisioner.twin.model.guests import TwinGuest
from provisioner.twin.twin import Twin

_BASE = re.compile(r"base-(\d+)-")
_AFTER_S = 10.0
_GATEWAY_PORT = 443
_ROBOT = "robot"


@dataclass
class TwinLogon:
    """What is broken may be changed at any time."""

    twins: Sequence[Twin]
    names_fail: bool = False
    """DNS answers nobody."""
    nodes: set[str] = field(default_factory=set)
    """Nodes whose desktops' network reaches nobody; Proxmox VE, which has a network of its own, does not notice."""
    gateways: set[str] = field(default_factory=set)
    """Remote Desktop gateways that nobody reaches."""
    storages: set[str] = field(default_factory=set)
    """Storages on which desktops hang as soon as they read something new."""
    templates: set[int] = field(default_factory=set)
    """VMIDs of templates whose desktops let nobody in."""
    flaky: float = 0.0
    """Share of the desktops that are broken each by itself."""

    def probe(self, target: ProbeTarget, *, keep_out: Reason = NONE) -> ProbeResult:
        """Takes no time."""
        at = max(twin.events.now for twin in self.twins)
        return ProbeResult(target=target, at=at, steps=tuple(self._steps(target, keep_out)))

    def _steps(self, target: ProbeTarget, keep_out: Reason) -> Iterator[StepResult]:
        for step in ProbeStep:
            if keep_out and step is ProbeStep.AUTHENTICATE:
                yield StepResult(step=step, end=StepEnd.SKIPPED, why=keep_out)
                return
            why = self._fails(step, target)
            yield StepResult(step=step, end=StepEnd.FAILED if why else StepEnd.DONE, why=why)
            if why:
                return

    def _fails(self, step: ProbeStep, target: ProbeTarget) -> Reason:
        """Behind a gateway everything of the desktop shows at the log-on: before that it is the gateway that answers."""
        if step is ProbeStep.RESOLVE:
            return NAME_SILENT(name=target.gateway or target.host, said="nobody answers") if self.names_fail else NONE
        if not target.gateway:
            return self._desktop_fails(step, target)
        if step is ProbeStep.CONNECT and target.gateway in self.gateways:
            return PORT_SILENT(host=target.gateway, port=_GATEWAY_PORT, after_s=_AFTER_S)
        if step is not ProbeStep.AUTHENTICATE:
            return NONE
        if self._desktop_fails(ProbeStep.CONNECT, target) or self._desktop_fails(ProbeStep.GREET, target):
            return LOGON_BREAKS_OFF(user=_ROBOT, said="connect failed")
        return self._desktop_fails(step, target)

    def _desktop_fails(self, step: ProbeStep, target: ProbeTarget) -> Reason:
        twin, guest = self._guest(target)
        if step is ProbeStep.CONNECT and not (
            guest.ready and twin.cluster.nodes[guest.node].alive and guest.node not in self.nodes
        ):
            return PORT_SILENT(host=target.host, port=target.port, after_s=_AFTER_S)
        if step is ProbeStep.GREET and twin.cluster.draws.share(guest.vmid, "broken log-on") < self.flaky:
            return NOT_RDP(host=target.host, port=target.port)
        if step is ProbeStep.GREET and any(volume.storage in self.storages for volume in guest.volumes.values()):
            return GREETING_SILENT(host=target.host, port=target.port, after_s=_AFTER_S)
        if step is ProbeStep.AUTHENTICATE and self.templates & set(_templates(guest)):
            return LOGON_REFUSED(user=_ROBOT, said="logon failure")
        return NONE

    def _guest(self, target: ProbeTarget) -> tuple[Twin, TwinGuest]:
        """Raises StopIteration if there is none."""
        return next(
            (twin, guest)
            for twin in self.twins
            for guest in twin.cluster.guests.values()
            if guest.config.get("name") == target.desktop
        )


def _templates(guest: TwinGuest) -> Iterator[int]:
    for volume in guest.volumes.values():
        if volume.base is not None and (found := _BASE.search(volume.base)):
            yield int(found[1])


__all__ = ["TwinLogon"]
