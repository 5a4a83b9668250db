"""How people are told, as values."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from provisioner.model.bounds import Bounds
from provisioner.model.notices import NoticeRules
from provisioner.settings.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mail server that takes the letters."""

    server: str
    """Its name; with TLS it has to be in its certificate."""
    port: Annotated[int, Bounds(ge=1, le=65_535)] = 587
    """587 is for software that sends (RFC 6409)."""
    tls: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls`, `tls` (from the first byte on), or `none` (for a server on this machine)."""
    ca_file: Path | None = None
    """Certificates that vouch for the server; None: those of this machine."""
    user: str = ""
    """Empty: the server knows this machine."""
    password: Secret | None = None
    """Of the user."""
    sender: str
    """The address that letters come from."""
    timeout_s: float = 20.0
    """For each answer of the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """Other software that is told of each change, by a POST."""

    url: str
    """Where to."""
    token: Secret | None = None
    """Sent as `Authorization: Bearer …`."""
    ca_file: Path | None = None
    """Certificates that vouch for the server; None: those of this machine."""
    timeout_s: float = 10.0
    """For the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSettings:
    """How people are told that their desktop is ready, or by when it will be."""

    link: str
    """Where people sign in, or the share where their connection files are; in every letter."""
    language: Literal["fr", "en"] = "fr"
    """Of the letters."""
    rules: NoticeRules
    mail: MailSettings | None = None
    """None: nobody is told by mail."""
    webhook: WebhookSettings | None = None
    """None: no other software is told."""


__all__ = ["MailSettings", "NoticeSettings", "WebhookSettings"]
