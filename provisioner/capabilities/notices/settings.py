"""The section `notices` of bascule.yaml: how people are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from provisioner.capabilities.notices.model import MAIL_ADDRESS, NoticeKind, NoticeRules
from provisioner.capabilities.notices.reasons import (
    CHANNEL_WANTED,
    MUST_BE_HTTPS,
    MUST_BE_LINK,
    MUST_BE_MAIL,
    USER_WITH_PASSWORD,
    USER_WITHOUT_TLS,
)
from provisioner.extensions import Part
from provisioner.model.bounds import Bounds
from provisioner.settings.checking import Document
from provisioner.settings.fields import Matches, Seconds, SomeSeconds, Text, as_value, like
from provisioner.settings.reading import Section
from provisioner.settings.secret import Secret, SecretKeys
from provisioner.settings.sections import AddedSection


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
    """The user's password."""
    sender: str
    """The address that letters come from."""
    timeout_s: float = 20.0
    """For each answer of the server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """Other software that is told of each change, by a POST."""

    url: str
    """The address that is posted to."""
    token: Secret | None = None
    """Sent as `Authorization: Bearer …`."""
    ca_file: Path | None = None
    """Certificates that vouch for the server; None: those of this machine."""
    timeout_s: float = 10.0
    """Seconds until the answer has to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSettings:
    """How people are told that their desktop is ready, or by when it will be."""

    link: str
    """Where people sign in, or the share where their connection files are; in every letter."""
    language: Literal["fr", "en"] = "fr"
    """The letters' language."""
    rules: NoticeRules
    mail: MailSettings | None = None
    """None: nobody is told by mail."""
    webhook: WebhookSettings | None = None
    """None: no other software is told."""


class MailKeys(Document, of=MailSettings):
    """The mail server that takes the letters."""

    server: Text = like(MailSettings, "server")
    tls: Literal["starttls", "tls", "none"] = like(MailSettings, "tls")
    ca_file: Text | None = like(MailSettings, "ca_file")
    user: str = like(MailSettings, "user")
    password: SecretKeys | None = Field(default=None)
    """Where to read the user's password."""
    sender: Annotated[str, Matches(MAIL_ADDRESS, MUST_BE_MAIL())] = like(MailSettings, "sender")
    timeout: SomeSeconds = like(MailSettings, "timeout_s")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.user) != (self.password is not None):
            raise ValueError(USER_WITH_PASSWORD())
        if self.user and self.tls == "none":
            raise ValueError(USER_WITHOUT_TLS())
        return self


class WebhookKeys(Document, of=WebhookSettings):
    """Other software that is told of each change, by a POST."""

    url: Annotated[str, Matches(r"https://\S+", MUST_BE_HTTPS())] = like(WebhookSettings, "url")
    token: SecretKeys | None = Field(default=None)
    """Where to read the token that is sent as `Authorization: Bearer …`."""
    ca_file: Text | None = like(WebhookSettings, "ca_file")
    timeout: SomeSeconds = like(WebhookSettings, "timeout_s")


class NoticesKeys(Document, of=NoticeSettings):
    """How people are told that their desktop is ready, or by when it will be."""

    link: Annotated[str, Matches(r"(?:https://|file:|\\\\)[^\s\x00-\x1f]+", MUST_BE_LINK())] = like(NoticeSettings, "link")
    tell: list[Literal["ready", "slot", "half_days", "wait"]] = like(
        NoticeRules, "tell", default=[kind.value for kind in NoticeKind]
    )
    per_minute: int = like(NoticeRules, "per_minute")
    settle: Seconds = like(NoticeRules, "settle_s")
    dry_run: bool = like(NoticeRules, "dry_run")
    mail: MailKeys | None = Field(default=None)
    """The mail server that takes the letters."""
    webhook: WebhookKeys | None = Field(default=None)
    """Other software that is told of each change, by a POST."""

    @model_validator(mode="after")
    def _channel(self) -> Self:
        if self.mail is None and self.webhook is None:
            raise ValueError(CHANNEL_WANTED())
        return self


def _value(section: Section, document: NoticesKeys, environment: Mapping[str, str]) -> NoticeSettings:
    mail, webhook = document.mail, document.webhook
    return as_value(
        NoticeSettings,
        document,
        rules=as_value(NoticeRules, document, tell=tuple(map(NoticeKind, document.tell))),
        mail=None
        if mail is None
        else as_value(
            MailSettings,
            mail,
            password=section.secret(mail.password, environment, "mail", "password"),
            ca_file=section.authorities(mail.ca_file, "mail", "ca_file"),
        ),
        webhook=None
        if webhook is None
        else as_value(
            WebhookSettings,
            webhook,
            token=section.secret(webhook.token, environment, "webhook", "token"),
            ca_file=section.authorities(webhook.ca_file, "webhook", "ca_file"),
        ),
    )


NOTICES = Part[NoticeSettings | None]("notices", None)
"""None: nobody is told anything."""
SECTION = AddedSection(
    part=NOTICES,
    document=NoticesKeys,
    about="How people are told that their desktop is ready, or by when it will be.",
    value=_value,
    after="connections",
)
