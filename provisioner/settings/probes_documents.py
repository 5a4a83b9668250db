"""The section `probes` of bascule.yaml."""

from typing import Annotated

from provisioner.reasons.forms import MUST_BE_USER
from provisioner.settings.checking import Document
from provisioner.settings.fields import Matches, SomeSeconds, Text, like
from provisioner.settings.probes import ProbeSettings, RobotSettings
from provisioner.settings.profile import AnyAddress
from provisioner.settings.secret import SecretDocument

Login = Annotated[str, Matches(r"[^\s:/\x00-\x1f]{1,104}", MUST_BE_USER())]


class RobotDocument(Document):
    """The account that logs on to desktops as people do, for probes alone."""

    user: Login = like(RobotSettings, "user")
    domain: Login | None = like(RobotSettings, "domain", default=None)
    password: SecretDocument
    """Where to read its password."""


class ProbesDocument(Document, of=ProbeSettings):
    """How probes go the way of a person to a desktop: name, port, protocol, account, desktop."""

    robot: RobotDocument | None = like(ProbeSettings, "robot")
    command: Text = like(ProbeSettings, "command")
    nameservers: list[AnyAddress] = like(ProbeSettings, "nameservers", default=[])
    timeout: SomeSeconds = like(ProbeSettings, "timeout_s", gt=0, le=120)
    window: SomeSeconds = like(ProbeSettings, "window_s", ge=60, le=86_400)


__all__ = ["ProbesDocument", "RobotDocument"]
