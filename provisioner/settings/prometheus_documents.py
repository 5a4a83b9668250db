"""The section `prometheus` of bascule.yaml."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from provisioner.reasons.files import CREDENTIALS_IN_ADDRESS, MUST_BE_WEB_ADDRESS
from provisioner.reasons.settings import PASSWORD_ALONE
from provisioner.settings.addresses import is_this_machine
from provisioner.settings.checking import Document
from provisioner.settings.fields import SomeSeconds, Text, like
from provisioner.settings.prometheus import PrometheusSettings
from provisioner.settings.secret import SecretKeys


def _web_address(text: str) -> str:
    """Check the address of a server, and remove a slash at its end; raises ValueError."""
    try:
        parts = urlsplit(text)
        complete = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise ValueError(MUST_BE_WEB_ADDRESS()) from None
    wanted = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname or ""))
    if not complete or not wanted or parts.query or parts.fragment or not text.isprintable() or " " in text:
        raise ValueError(MUST_BE_WEB_ADDRESS())
    if "@" in parts.netloc:
        raise ValueError(CREDENTIALS_IN_ADDRESS())
    return text.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address), Field(json_schema_extra={"pattern": "^https?://"})]


class PrometheusKeys(Document, of=PrometheusSettings):
    """The Prometheus server that the ceilings of scenarios ask (`in_use`)."""

    url: WebAddress = like(PrometheusSettings, "url")
    ca_file: Text | None = like(PrometheusSettings, "ca_file")
    username: Text | None = like(PrometheusSettings, "username", default=None)
    password: SecretKeys | None = Field(default=None)
    """Where to read the password of the user."""
    timeout: SomeSeconds = like(PrometheusSettings, "timeout_s")
    interval: SomeSeconds = like(PrometheusSettings, "interval_s")

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError(PASSWORD_ALONE())
        return self
