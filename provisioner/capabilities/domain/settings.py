"""The section `domain` of bascule.yaml, and the profiles whose desktops join it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from provisioner.capabilities.domain.model import DomainRules
from provisioner.capabilities.domain.reasons import JOIN_NO_DOMAIN, JOIN_NO_RECEIVER, MUST_BE_LDAPS, OU_OUTSIDE
from provisioner.extensions import Part
from provisioner.model.people.distinguished_names import is_below
from provisioner.reasons.files import MUST_BE_DOMAIN
from provisioner.settings.checking import Document
from provisioner.settings.fields import ComputerOu, Matches, SomeSeconds, Text, as_value, like
from provisioner.settings.reading import Section
from provisioner.settings.secret import Secret, SecretKeys
from provisioner.settings.sections import AddedSection, Others


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainSettings:
    """The Active Directory domain that desktops join at their first boot, each with an account that Bascule makes for it."""

    realm: str
    """The domain's Kerberos realm, in capitals: DEP.EXAMPLE."""
    urls: tuple[str, ...]
    """Its domain controllers, as `ldaps://name[:port]`: passwords of accounts are taken over TLS alone. The next is tried if
    one does not answer."""
    ca_file: Path | None = None
    """PEM certificates of the authorities to trust; none: the system's."""
    bind_dn: str
    """The account that makes computer accounts: one with the right to create and delete them in `ou`, and no other."""
    password: Secret
    """The password of that account."""
    ou: str
    """The DN of the container that holds all accounts of desktops; nothing above it is ever written to."""
    timeout_s: float = 4.0
    """For connecting, and for each answer. The desktop waits for 15 s, and asks again."""
    rules: DomainRules = DomainRules()


_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
Realm = Annotated[str, Matches(rf"{_LABEL}(?:\.{_LABEL})+", MUST_BE_DOMAIN()), AfterValidator(str.upper)]
LdapsUrl = Annotated[str, Matches(r"ldaps://[A-Za-z0-9.-]+(?::[0-9]{1,5})?", MUST_BE_LDAPS())]


class DomainKeys(Document, of=DomainSettings):
    """The Active Directory domain that desktops join at their first boot (docs/en/domain.md)."""

    realm: Realm = like(DomainSettings, "realm")
    urls: list[LdapsUrl] = like(DomainSettings, "urls", min_length=1)
    ca_file: Text | None = like(DomainSettings, "ca_file")
    bind_dn: Text = like(DomainSettings, "bind_dn")
    password: SecretKeys
    """Where to read the password of that account."""
    ou: ComputerOu = like(DomainSettings, "ou")
    timeout: SomeSeconds = like(DomainSettings, "timeout_s")
    interval: SomeSeconds = like(DomainRules, "interval_s")
    remove_after: SomeSeconds = like(DomainRules, "remove_after_s")
    dry_run: bool = like(DomainRules, "dry_run")


def _value(section: Section, document: DomainKeys, environment: Mapping[str, str]) -> DomainSettings:
    return as_value(
        DomainSettings,
        document,
        ca_file=section.file(document.ca_file, "ca_file"),
        password=section.secret(document.password, environment, "password"),
        rules=as_value(DomainRules, document),
    )


def _check(_section: Section, domain: DomainKeys | None, others: Others) -> None:
    """What is missing for a profile whose desktops join a domain."""
    for profile, document in others.profiles:
        first_boot, computer_ou = profile.part("first_boot"), document.first_boot.computer_ou
        if computer_ou is None:
            continue
        if "domain" not in others.written:
            first_boot.complain(JOIN_NO_DOMAIN(), "computer_ou")
        elif domain is not None and not is_below(computer_ou, domain.ou):
            first_boot.complain(OU_OUTSIDE(ou=domain.ou), "computer_ou")
        if "receiver" not in others.written:
            first_boot.complain(JOIN_NO_RECEIVER(), "computer_ou")


DOMAIN = Part[DomainSettings | None]("domain", None)
"""None: no desktop gets an account to join a domain with."""
SECTION = AddedSection(
    part=DOMAIN,
    document=DomainKeys,
    about="The Active Directory domain that desktops join at their first boot.",
    value=_value,
    check=_check,
    after="connections",
)
