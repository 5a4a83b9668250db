"""Probes: the way of a person who connects to a desktop, step by step; and what desktops have in common."""

import enum
from dataclasses import dataclass
from typing import NamedTuple

from provisioner.model.ids import DesktopName, Instant
from provisioner.model.people.profiles import LogonProtocol
from provisioner.reasons.reason import NONE, Reason


class FactorKind(enum.StrEnum):
    """What several desktops may have in common, so that all of them fail with it."""

    NODE = "node"
    STORAGE = "storage"
    IMAGE = "image"
    PROFILE = "profile"
    SITE = "site"
    """The site of its agent."""
    GATEWAY = "gateway"


class Factor(NamedTuple):
    """A factor, for instance node `pve/pve03`."""

    kind: FactorKind
    value: str
    """Nodes and storages with their cluster: `cluster/name`."""


class ProbeStep(enum.StrEnum):
    """The steps of a probe, in order."""

    RESOLVE = "resolve"
    """The name leads to an address."""
    CONNECT = "connect"
    """The log-on port lets a connection in."""
    GREET = "greet"
    """What listens there speaks the log-on protocol."""
    AUTHENTICATE = "authenticate"
    """The robot account is let in."""
    DESKTOP = "desktop"
    """The connection has come as far as a desktop's picture."""


class StepEnd(enum.StrEnum):
    """How a step ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    """It was not tried, or does not apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """One step."""

    step: ProbeStep
    end: StepEnd
    took_s: float = 0.0
    why: Reason = NONE
    """Why it failed, or was not tried; empty: it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeTarget:
    """Where a person would connect to."""

    desktop: DesktopName
    host: str
    """A name, or an IPv4 address."""
    address: str = ""
    """The reserved address, which the name has to lead to; empty: by DHCP."""
    port: int
    protocol: LogonProtocol
    gateway: str = ""
    """The Remote Desktop gateway, `name` or `name:port`; empty: none."""
    factors: frozenset[Factor] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """One probe."""

    target: ProbeTarget
    at: Instant
    steps: tuple[StepResult, ...]
    """Up to the first that failed."""

    @property
    def failed(self) -> StepResult | None:
        """The step that failed; None: none has."""
        return next((step for step in self.steps if step.end is StepEnd.FAILED), None)

    @property
    def took_s(self) -> float:
        """All steps together."""
        return sum(step.took_s for step in self.steps)


__all__ = ["Factor", "FactorKind", "ProbeResult", "ProbeStep", "ProbeTarget", "StepEnd", "StepResult"]
