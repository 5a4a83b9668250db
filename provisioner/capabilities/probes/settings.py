"""The section `probes` of bascule.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from provisioner.extensions import Part
from provisioner.model.bounds import Bounds
from provisioner.reasons.files import MUST_BE_USER
from provisioner.settings.checking import Document
from provisioner.settings.fields import Matches, SomeSeconds, Text, as_value, like
from provisioner.settings.profile import AnyAddress
from provisioner.settings.reading import Section
from provisioner.settings.secret import Secret, SecretKeys
from provisioner.settings.sections import AddedSection


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotSettings:
    """The account that logs on to desktops as people do, for probes alone."""

    user: str
    """Its login. It needs nothing but the right to log on to desktops."""
    domain: str = ""
    """Its domain, where the desktops have joined one."""
    password: Secret
    """The account's password."""


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


Login = Annotated[str, Matches(r"[^\s:/\x00-\x1f]{1,104}", MUST_BE_USER())]


class RobotKeys(Document):
    """The account that logs on to desktops as people do, for probes alone."""

    user: Login = like(RobotSettings, "user")
    domain: Login | None = like(RobotSettings, "domain", default=None)
    password: SecretKeys
    """Where to read its password."""


class ProbesKeys(Document, of=ProbeSettings):
    """How probes go the way of a person to a desktop: name, port, protocol, account, desktop."""

    robot: RobotKeys | None = like(ProbeSettings, "robot")
    command: Text = like(ProbeSettings, "command")
    nameservers: list[AnyAddress] = like(ProbeSettings, "nameservers", default=[])
    timeout: SomeSeconds = like(ProbeSettings, "timeout_s", gt=0, le=120)
    window: SomeSeconds = like(ProbeSettings, "window_s", ge=60, le=86_400)


def _value(section: Section, document: ProbesKeys, environment: Mapping[str, str]) -> ProbeSettings:
    return as_value(ProbeSettings, document, robot=_robot(section, document, environment))


def _robot(section: Section, document: ProbesKeys, environment: Mapping[str, str]) -> RobotSettings | None:
    if document.robot is None:
        return None
    password = section.secret(document.robot.password, environment, "robot", "password")
    return (
        None
        if password is None
        else as_value(RobotSettings, document.robot, domain=document.robot.domain or "", password=password)
    )


PROBES = Part[ProbeSettings | None]("probes", None)
"""None: probes log nobody on, and are made by hand alone."""
SECTION = AddedSection(
    part=PROBES,
    document=ProbesKeys,
    about="How probes go the way of a person to a desktop (`bascule desktop probe`).",
    value=_value,
    after="prometheus",
)
