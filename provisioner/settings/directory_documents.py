"""The keys of the section `directory:` of bascule.yaml."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from provisioner.model.guard import Guard
from provisioner.reasons.files import MUST_BE_FILTER
from provisioner.reasons.settings import BIND_HALF, BOTH_OR_NEITHER, CERTIFICATE_IN_CLEAR, EITHER, INSECURE
from provisioner.settings.addresses import AttributeName, AttributeNameOrNone, AttributeNames, DateFormat, LdapUrl, Pattern
from provisioner.settings.checking import Document
from provisioner.settings.directory import DirectoryAttributes, DirectoryBase, DirectoryGroups, DirectorySettings, Tls
from provisioner.settings.fields import Matches, Text, like
from provisioner.settings.secret import SecretKeys


class AttributesKeys(Document):
    """The directory attributes to read."""

    agent_id: AttributeName = like(DirectoryAttributes, "agent_id")
    login: AttributeName = like(DirectoryAttributes, "login")
    login_pattern: Pattern = like(DirectoryAttributes, "login_pattern")
    display_name: AttributeNameOrNone = like(DirectoryAttributes, "display_name")
    mail: AttributeNameOrNone = like(DirectoryAttributes, "mail")
    department: AttributeNameOrNone = like(DirectoryAttributes, "department")
    site: AttributeNameOrNone = like(DirectoryAttributes, "site")
    groups: AttributeNameOrNone = like(DirectoryAttributes, "groups")
    enabled: AttributeNameOrNone = like(DirectoryAttributes, "enabled")
    end_date: AttributeNameOrNone = like(DirectoryAttributes, "end_date")
    end_date_format: DateFormat = like(DirectoryAttributes, "end_date_format")
    account_state: list[AttributeName] | None = like(DirectoryAttributes, "account_state")
    extra: list[AttributeName] = Field(default=[])
    """Further attributes for the criteria of entitlements and waves."""


class GuardKeys(Document, of=Guard):
    """How large a change may be without an operator's consent; a larger change is quarantined."""


Filter = Annotated[str, Matches(r"\(.+\)", MUST_BE_FILTER())]


class BaseKeys(Document):
    """A part of the directory tree that holds agents."""

    base: Text = like(DirectoryBase, "base")
    filter: Filter | None = like(DirectoryBase, "filter", default=None)


class GroupsKeys(Document, of=DirectoryGroups):
    """Where groups are read, for groups within groups."""

    base: Text = like(DirectoryGroups, "base")
    filter: Filter = like(DirectoryGroups, "filter")
    members: AttributeNames = like(DirectoryGroups, "members", default=[])


class DirectoryKeys(Document, of=DirectorySettings):
    """Where the agents are listed: servers (urls), or a file (ldif)."""

    urls: list[LdapUrl] = Field(default=[], min_length=1)
    """`ldaps://name[:port]`, or `ldap://` with starttls; the next is tried if a server does not answer."""
    ldif: Text | None = like(DirectorySettings, "ldif")
    tls: Annotated[Tls, Field(strict=False)] = like(DirectorySettings, "tls")
    insecure: bool = Field(default=False)
    """Required with `tls: none`: password and names then cross the network in clear."""
    ca_file: Text | None = like(DirectorySettings, "ca_file")
    certificate: Text | None = like(DirectorySettings, "certificate")
    key: Text | None = like(DirectorySettings, "key")
    bind_dn: str = like(DirectorySettings, "bind_dn")
    password: SecretKeys | None = like(DirectorySettings, "password")
    base: Text | None = like(DirectorySettings, "base", default=None)
    filter: Filter = like(DirectorySettings, "filter")
    bases: list[BaseKeys] = like(DirectorySettings, "bases", default=[], min_length=1)
    attributes: AttributesKeys = Field(default=AttributesKeys())
    """The directory attributes to read."""
    groups: GroupsKeys | None = like(DirectorySettings, "groups")
    guard: GuardKeys = Field(default=GuardKeys())
    """How large a change may be without an operator's consent."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.urls) == (self.ldif is not None):
            raise ValueError(EITHER(first="urls", second="ldif"))
        if (self.base is None) == (not self.bases):
            raise ValueError(EITHER(first="base", second="bases"))
        if (self.certificate is None) != (self.key is None):
            raise ValueError(BOTH_OR_NEITHER(first="certificate", second="key"))
        if self.certificate is not None and self.tls is Tls.NONE:
            raise ValueError(CERTIFICATE_IN_CLEAR())
        if bool(self.bind_dn) != (self.password is not None):
            raise ValueError(BIND_HALF())
        if self.urls and (self.tls is Tls.NONE) != self.insecure:
            raise ValueError(INSECURE())
        return self
