"""The section `notices` of bascule.yaml."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from provisioner.model.notices import MAIL_ADDRESS, NoticeKind, NoticeRules
from provisioner.reasons.notices import (
    CHANNEL_WANTED,
    MUST_BE_HTTPS,
    MUST_BE_LINK,
    MUST_BE_MAIL,
    USER_WITH_PASSWORD,
    USER_WITHOUT_TLS,
)
from provisioner.settings.checking import Document
from provisioner.settings.fields import Matches, Seconds, SomeSeconds, Text, like
from provisioner.settings.notices import MailSettings, NoticeSettings, WebhookSettings
from provisioner.settings.secret import SecretDocument


class MailDocument(Document, of=MailSettings):
    """The mail server that takes the letters."""

    server: Text = like(MailSettings, "server")
    tls: Literal["starttls", "tls", "none"] = like(MailSettings, "tls")
    ca_file: Text | None = like(MailSettings, "ca_file")
    user: str = like(MailSettings, "user")
    password: SecretDocument | None = Field(default=None)
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


class WebhookDocument(Document, of=WebhookSettings):
    """Other software that is told of each change, by a POST."""

    url: Annotated[str, Matches(r"https://\S+", MUST_BE_HTTPS())] = like(WebhookSettings, "url")
    token: SecretDocument | None = Field(default=None)
    """Where to read the token that is sent as `Authorization: Bearer …`."""
    ca_file: Text | None = like(WebhookSettings, "ca_file")
    timeout: SomeSeconds = like(WebhookSettings, "timeout_s")


class NoticesDocument(Document, of=NoticeSettings):
    """How people are told that their desktop is ready, or by when it will be."""

    link: Annotated[str, Matches(r"(?:https://|file:|\\\\)[^\s\x00-\x1f]+", MUST_BE_LINK())] = like(NoticeSettings, "link")
    tell: list[Literal["ready", "slot", "half_days", "wait"]] = like(
        NoticeRules, "tell", default=[kind.value for kind in NoticeKind]
    )
    per_minute: int = like(NoticeRules, "per_minute")
    settle: Seconds = like(NoticeRules, "settle_s")
    dry_run: bool = like(NoticeRules, "dry_run")
    mail: MailDocument | None = Field(default=None)
    """The mail server that takes the letters."""
    webhook: WebhookDocument | None = Field(default=None)
    """Other software that is told of each change, by a POST."""

    @model_validator(mode="after")
    def _channel(self) -> Self:
        if self.mail is None and self.webhook is None:
            raise ValueError(CHANNEL_WANTED())
        return self


__all__ = ["NoticesDocument"]
