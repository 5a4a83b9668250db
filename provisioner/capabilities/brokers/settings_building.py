"""The section `guacamole` as a value."""

import re
from collections.abc import Mapping

from provisioner.capabilities.brokers.model import BrokerRules
from provisioner.capabilities.brokers.settings import GuacamoleDocument
from provisioner.capabilities.brokers.settings_values import GrantSettings, GuacamoleAccess, GuacamoleSettings
from provisioner.model.grants import GrantRules
from provisioner.reasons.files import SECRET_NOT_HEX
from provisioner.settings.fields import as_value
from provisioner.settings.reading import Section

_KEY = re.compile(r"[0-9A-Fa-f]{32}")


def guacamole_of(
    section: Section, document: GuacamoleDocument | None, environment: Mapping[str, str]
) -> GuacamoleSettings | None:  # fmt: skip
    """The settings, with problems reported on the way; None: no broker is known."""
    if document is None:
        return None
    return as_value(
        GuacamoleSettings,
        document,
        ca_file=section.authorities(document.ca_file, "ca_file"),
        grants=_grants(section, document, environment),
        connections=_access(section, document, environment),
    )


def _grants(section: Section, document: GuacamoleDocument, environment: Mapping[str, str]) -> GrantSettings | None:
    if document.grants is None:
        return None
    key = section.secret(document.grants.key, environment, "grants", "key")
    if key is None:
        return None
    if key.reveal() and _KEY.fullmatch(key.reveal()) is None:
        section.complain(SECRET_NOT_HEX(), "grants", "key", at_key=True)
    return GrantSettings(key=key, rules=as_value(GrantRules, document.grants))


def _access(section: Section, document: GuacamoleDocument, environment: Mapping[str, str]) -> GuacamoleAccess | None:
    given = document.connections
    if given is None:
        return None
    password = section.secret(given.password, environment, "connections", "password")
    if password is None:
        return None
    return as_value(GuacamoleAccess, given, password=password, rules=as_value(BrokerRules, given))
