"""The section `guacamole` of bascule.yaml."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from provisioner.capabilities.brokers.model import BrokerRules
from provisioner.capabilities.brokers.settings_values import GuacamoleAccess, GuacamoleSettings
from provisioner.model.grants import GrantRules
from provisioner.reasons.forms import MUST_BE_PARAMETER, PARAMETER_OURS, PARAMETER_SECRET
from provisioner.settings.checking import Document
from provisioner.settings.fields import Seconds, SomeSeconds, Text, like
from provisioner.settings.prometheus_documents import WebAddress
from provisioner.settings.secret import SecretDocument

_OURS = frozenset({"hostname", "port"})
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SECRET = re.compile(r"(?:^|-)(?:password|passphrase|private-key|credential)s?$")
_TOKEN = re.compile(r"\$\{[A-Z_]+\}")


def _parameters(given: dict[str, str]) -> dict[str, str]:
    """Raises ValueError."""
    for name, value in given.items():
        if _NAME.fullmatch(name) is None:
            raise ValueError(MUST_BE_PARAMETER(name=name))
        if name in _OURS or name.startswith("bascule-"):
            raise ValueError(PARAMETER_OURS(name=name))
        if _SECRET.search(name) and _TOKEN.fullmatch(value) is None:
            raise ValueError(PARAMETER_SECRET(name=name))
    return given


class GuacamoleGrantsDocument(Document):
    """Grants: a lent desktop is opened by a signed and encrypted text (extension `guacamole-auth-json`)."""

    key: SecretDocument
    """Where to read `json-secret-key` of guacamole.properties: 32 hexadecimal digits."""
    lifetime: SomeSeconds = like(GrantRules, "lifetime_s")
    clocks_apart: Seconds = like(GrantRules, "clocks_apart_s")


class GuacamoleConnectionsDocument(Document):
    """Connections of people's own desktops, kept up in Guacamole's database by its REST API."""

    user: Text = like(GuacamoleAccess, "user")
    password: SecretDocument
    """Where to read the password of the account."""
    data_source: Literal["mysql", "postgresql", "sqlserver"] = like(GuacamoleAccess, "data_source")
    group: Text = like(BrokerRules, "group")
    create_people: bool = like(BrokerRules, "create_people")
    interval: SomeSeconds = like(BrokerRules, "interval_s")
    remove_after: Seconds = like(BrokerRules, "remove_after_s")
    dry_run: bool = like(BrokerRules, "dry_run")


class GuacamoleDocument(Document, of=GuacamoleSettings):
    """Apache Guacamole: people use their desktops in a browser."""

    url: WebAddress = like(GuacamoleSettings, "url")
    ca_file: Text | None = like(GuacamoleSettings, "ca_file")
    timeout: SomeSeconds = like(GuacamoleSettings, "timeout_s")
    parameters: Annotated[dict[str, str], AfterValidator(_parameters)] = like(GuacamoleSettings, "parameters", default={})
    grants: GuacamoleGrantsDocument | None = None
    """Left out: no grants."""
    connections: GuacamoleConnectionsDocument | None = None
    """Left out: no connections are kept up."""
