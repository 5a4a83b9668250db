"""The section `guacamole` of bascule.yaml: Apache Guacamole."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator

from provisioner.capabilities.brokers.model import BrokerRules
from provisioner.capabilities.brokers.reasons import KEY_NOT_HEX, MUST_BE_PARAMETER, PARAMETER_OURS, PARAMETER_SECRET
from provisioner.extensions import Part
from provisioner.model.bounds import Length
from provisioner.model.lending import GrantRules
from provisioner.settings.checking import Document
from provisioner.settings.fields import Seconds, SomeSeconds, Text, as_value, like
from provisioner.settings.prometheus_documents import WebAddress
from provisioner.settings.reading import Section
from provisioner.settings.secret import Secret, SecretKeys
from provisioner.settings.sections import AddedSection


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantSettings:
    """Grants: a lent desktop is opened by a signed and encrypted text (extension `guacamole-auth-json`)."""

    key: Secret
    """`json-secret-key` of guacamole.properties: 32 hexadecimal digits."""
    rules: GrantRules


@dataclass(frozen=True, slots=True, kw_only=True)
class GuacamoleAccess:
    """Connections of people's own desktops, kept up in Guacamole's database by its REST API."""

    user: str
    """An account of Guacamole that may administer the system."""
    password: Secret
    data_source: str = "mysql"
    """As the database extension is called: `mysql` (MariaDB, too), `postgresql` or `sqlserver`."""
    rules: BrokerRules


@dataclass(frozen=True, slots=True, kw_only=True)
class GuacamoleSettings:
    """Apache Guacamole: people use their desktops in a browser."""

    url: str
    """The address of Guacamole's pages, such as `https://bureau.dep.example/guacamole`. Without TLS only on this machine."""
    ca_file: Path | None = None
    """The certificate authority of the server, in PEM. Left out: those of this machine."""
    timeout_s: Length = 10.0
    """For a connection, and for each answer: a list of thousands of connections takes seconds."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """More parameters of every connection, as Guacamole's manual names them: `security`, `ignore-cert`, `server-layout`."""
    grants: GrantSettings | None = None
    """None: no grants."""
    connections: GuacamoleAccess | None = None
    """None: no connections are kept up."""

    @property
    def grant_rules(self) -> GrantRules | None:
        """Of grants that open lent desktops (`settings.values.OpensDesktops`)."""
        return None if self.grants is None else self.grants.rules


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


class GuacamoleGrantsKeys(Document):
    """Grants: a lent desktop is opened by a signed and encrypted text (extension `guacamole-auth-json`)."""

    key: SecretKeys
    """Where to read `json-secret-key` of guacamole.properties: 32 hexadecimal digits."""
    lifetime: SomeSeconds = like(GrantRules, "lifetime_s")
    clocks_apart: Seconds = like(GrantRules, "clocks_apart_s")


class GuacamoleConnectionsKeys(Document):
    """Connections of people's own desktops, kept up in Guacamole's database by its REST API."""

    user: Text = like(GuacamoleAccess, "user")
    password: SecretKeys
    """Where to read the password of the account."""
    data_source: Literal["mysql", "postgresql", "sqlserver"] = like(GuacamoleAccess, "data_source")
    group: Text = like(BrokerRules, "group")
    create_people: bool = like(BrokerRules, "create_people")
    interval: SomeSeconds = like(BrokerRules, "interval_s")
    remove_after: Seconds = like(BrokerRules, "remove_after_s")
    dry_run: bool = like(BrokerRules, "dry_run")


class GuacamoleKeys(Document, of=GuacamoleSettings):
    """Apache Guacamole: people use their desktops in a browser."""

    url: WebAddress = like(GuacamoleSettings, "url")
    ca_file: Text | None = like(GuacamoleSettings, "ca_file")
    timeout: SomeSeconds = like(GuacamoleSettings, "timeout_s")
    parameters: Annotated[dict[str, str], AfterValidator(_parameters)] = like(GuacamoleSettings, "parameters", default={})
    grants: GuacamoleGrantsKeys | None = None
    """Left out: no grants."""
    connections: GuacamoleConnectionsKeys | None = None
    """Left out: no connections are kept up."""


_KEY = re.compile(r"[0-9A-Fa-f]{32}")


def _value(section: Section, document: GuacamoleKeys, environment: Mapping[str, str]) -> GuacamoleSettings:
    return as_value(
        GuacamoleSettings,
        document,
        ca_file=section.authorities(document.ca_file, "ca_file"),
        grants=_grants(section, document, environment),
        connections=_access(section, document, environment),
    )


def _grants(section: Section, document: GuacamoleKeys, environment: Mapping[str, str]) -> GrantSettings | None:
    if document.grants is None:
        return None
    key = section.secret(document.grants.key, environment, "grants", "key")
    if key is None:
        return None
    if key.reveal() and _KEY.fullmatch(key.reveal()) is None:
        section.complain(KEY_NOT_HEX(), "grants", "key", at_key=True)
    return GrantSettings(key=key, rules=as_value(GrantRules, document.grants))


def _access(section: Section, document: GuacamoleKeys, environment: Mapping[str, str]) -> GuacamoleAccess | None:
    given = document.connections
    if given is None:
        return None
    password = section.secret(given.password, environment, "connections", "password")
    if password is None:
        return None
    return as_value(GuacamoleAccess, given, password=password, rules=as_value(BrokerRules, given))


GUACAMOLE = Part[GuacamoleSettings | None]("guacamole", None)
"""None: no broker is known."""
SECTION = AddedSection(
    part=GUACAMOLE,
    document=GuacamoleKeys,
    about="Apache Guacamole: people use their desktops in a browser.",
    value=_value,
    after="connections",
)
