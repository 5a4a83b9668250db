"""The section `domain` of bascule.yaml."""

from typing import Annotated

from pydantic import AfterValidator

from provisioner.model.domain import DomainRules
from provisioner.reasons.forms import MUST_BE_DOMAIN, MUST_BE_LDAPS, MUST_BE_OU
from provisioner.settings.checking import Document
from provisioner.settings.domain import DomainSettings
from provisioner.settings.fields import Matches, SomeSeconds, Text, like
from provisioner.settings.secret import SecretDocument

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
Realm = Annotated[str, Matches(rf"{_LABEL}(?:\.{_LABEL})+", MUST_BE_DOMAIN()), AfterValidator(str.upper)]
LdapsUrl = Annotated[str, Matches(r"ldaps://[A-Za-z0-9.-]+(?::[0-9]{1,5})?", MUST_BE_LDAPS())]
ComputerOu = Annotated[str, Matches(r"(?i:(?:ou|cn) *= *[^\0\n]+?, *dc *= *[^\0\n]+)", MUST_BE_OU())]


class DomainDocument(Document, of=DomainSettings):
    """The Active Directory domain that desktops join at their first boot (docs/domain.md)."""

    realm: Realm = like(DomainSettings, "realm")
    urls: list[LdapsUrl] = like(DomainSettings, "urls", min_length=1)
    ca_file: Text | None = like(DomainSettings, "ca_file")
    bind_dn: Text = like(DomainSettings, "bind_dn")
    password: SecretDocument
    """Where to read the password of that account."""
    ou: ComputerOu = like(DomainSettings, "ou")
    timeout: SomeSeconds = like(DomainSettings, "timeout_s")
    interval: SomeSeconds = like(DomainRules, "interval_s")
    remove_after: SomeSeconds = like(DomainRules, "remove_after_s")
    dry_run: bool = like(DomainRules, "dry_run")


__all__ = ["ComputerOu", "DomainDocument"]
