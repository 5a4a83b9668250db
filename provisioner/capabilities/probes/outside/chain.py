"""The steps of a probe, each timed."""

import time
from collections.abc import Iterator

from provisioner.capabilities.probes.outside.freerdp import NoClient, log_on
from provisioner.capabilities.probes.outside.greeting import connect, greet
from provisioner.capabilities.probes.outside.names import addresses_of, is_address
from provisioner.capabilities.probes.outside.negotiation import Security
from provisioner.capabilities.probes.reasons import (
    BEHIND_GATEWAY,
    NAME_ELSEWHERE,
    NO_NAME,
    NO_PLAIN_PASSWORD,
    NO_ROBOT,
    NOT_RDP_PROFILE,
)
from provisioner.capabilities.probes.settings import ProbeSettings, RobotSettings
from provisioner.model.people.profiles import LogonProtocol
from provisioner.model.probes import ProbeResult, ProbeStep, ProbeTarget, StepEnd, StepResult
from provisioner.ports import Clock
from provisioner.reasons.reason import ANY, NONE, Reason, join_reasons

_GATEWAY_PORT = 443
"""Of a Remote Desktop gateway that is configured without one: it speaks HTTPS."""


class LogonChain:
    """The port `LogonProbe` (`provisioner.ports`)."""

    def __init__(self, settings: ProbeSettings, *, clock: Clock, dns_port: int = 53) -> None:
        self._settings, self._clock, self._dns_port = settings, clock, dns_port

    def probe(self, target: ProbeTarget, *, keep_out: Reason = NONE) -> ProbeResult:
        """Every step until one fails."""
        at = self._clock.now()
        return ProbeResult(target=target, at=at, steps=tuple(_Attempt(self._settings, self._dns_port).steps(target, keep_out)))


class _Attempt:
    """One probe under way."""

    def __init__(self, settings: ProbeSettings, dns_port: int) -> None:
        self._settings, self._dns_port, self._within_s = settings, dns_port, settings.timeout_s
        self._began = time.monotonic()

    def steps(self, target: ProbeTarget, keep_out: Reason) -> Iterator[StepResult]:
        host, port = _first_stop(target)
        resolved = self._resolve(target, host)
        yield resolved[1]
        if resolved[1].end is StepEnd.FAILED:
            return
        yield from self._from_port(target, resolved[0], port, keep_out)

    def _resolve(self, target: ProbeTarget, host: str) -> tuple[str, StepResult]:
        """The address to connect to."""
        if is_address(host):
            return host, _skipped(ProbeStep.RESOLVE, NO_NAME())
        found = addresses_of(host, self._settings.nameservers, within_s=self._within_s, port=self._dns_port)
        if isinstance(found, Reason):
            return host, self._ended(ProbeStep.RESOLVE, found)
        if target.address and not target.gateway and found != (target.address,):
            wrong = NAME_ELSEWHERE(name=host, found=join_reasons(found, ANY), address=target.address)
            return host, self._ended(ProbeStep.RESOLVE, wrong)
        return found[0], self._ended(ProbeStep.RESOLVE)

    def _from_port(self, target: ProbeTarget, address: str, port: int, keep_out: Reason) -> Iterator[StepResult]:
        connection = connect(address, port, within_s=self._within_s)
        if isinstance(connection, Reason):
            yield self._ended(ProbeStep.CONNECT, connection)
            return
        with connection:
            yield self._ended(ProbeStep.CONNECT)
            if target.gateway:
                security: Security | Reason = Security.NLA  # behind the gateway: FreeRDP insists on it
                yield _skipped(ProbeStep.GREET, NONE if self._settings.robot else BEHIND_GATEWAY())
            elif target.protocol is not LogonProtocol.RDP:
                yield _skipped(ProbeStep.GREET, NOT_RDP_PROFILE())
                return
            else:
                security = greet(connection, address, port, within_s=self._within_s)
                yield self._ended(ProbeStep.GREET, security if isinstance(security, Reason) else NONE)
        if isinstance(security, Security):
            yield from self._as_robot(target, keep_out or (NONE if security is Security.NLA else NO_PLAIN_PASSWORD()))

    def _as_robot(self, target: ProbeTarget, keep_out: Reason) -> Iterator[StepResult]:
        robot = self._settings.robot
        if robot is None or keep_out:
            yield _skipped(ProbeStep.AUTHENTICATE, NO_ROBOT() if robot is None else keep_out)
            return
        yield from self._logged_on(robot, target)

    def _logged_on(self, robot: RobotSettings, target: ProbeTarget) -> Iterator[StepResult]:
        """FreeRDP does both steps in one go: their time is that of the first."""
        try:
            why = log_on(self._settings.command, robot, target, within_s=self._within_s)
        except NoClient as unable:
            yield _skipped(ProbeStep.AUTHENTICATE, unable.reason)
            return
        yield self._ended(ProbeStep.AUTHENTICATE, why)
        if not why:
            yield StepResult(step=ProbeStep.DESKTOP, end=StepEnd.DONE)

    def _ended(self, step: ProbeStep, why: Reason = NONE) -> StepResult:
        """With the time since the step before."""
        began, self._began = self._began, time.monotonic()
        return StepResult(step=step, end=StepEnd.FAILED if why else StepEnd.DONE, took_s=self._began - began, why=why)


def _skipped(step: ProbeStep, why: Reason) -> StepResult:
    return StepResult(step=step, end=StepEnd.SKIPPED, why=why)


def _first_stop(target: ProbeTarget) -> tuple[str, int]:
    """Where the first connection goes: the desktop, or the gateway in front of it."""
    if not target.gateway:
        return target.host, target.port
    name, _, port = target.gateway.partition(":")
    return name, int(port or _GATEWAY_PORT)


__all__ = ["LogonChain"]
