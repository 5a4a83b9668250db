"""How probes go the way of a person to a desktop, as values."""

from dataclasses import dataclass
from typing import Annotated

from provisioner.model.bounds import Bounds
from provisioner.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotSettings:
    """The account that logs on to desktops as people do, for probes alone."""

    user: str
    """Its login. It needs nothing but the right to log on to desktops."""
    domain: str = ""
    """Its domain, where the desktops have joined one."""
    password: Secret
    """Of the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSettings:
    """How probes go the way of a person to a desktop: name, port, protocol, account, desktop."""

    robot: RobotSettings | None = None
    """None: a probe ends when the desktop answers RDP."""
    command: str = "xfreerdp3"
    """FreeRDP's command (Debian: freerdp3-x11), which logs the robot on. Version 3; with `+auth-only` it needs no display."""
    nameservers: tuple[str, ...] = ()
    """The DNS servers that are asked; empty: those of this machine. Name those of people's computers."""
    timeout_s: Annotated[float, Bounds(gt=0, le=120)] = 10.0
    """For each step. People give up about then, and a log-on takes one to three seconds."""
    per_minute: Annotated[int, Bounds(ge=0, le=60)] = 0
    """Probes that the daemon makes in a minute while a surge is under way; 0: none."""
    window_s: Annotated[float, Bounds(ge=60, le=86_400)] = 900.0
    """How long a result counts: after that a cause that was mended is named no longer."""


__all__ = ["ProbeSettings", "RobotSettings"]
