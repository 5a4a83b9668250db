"""The keys of the section `directory:` of bascule.yaml."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from provisioner.model.guarding import Guard
from provisioner.settings.addresses import AttributeName, AttributeNameOrNone, LdapUrl
from provisioner.settings.checking import Document
from provisioner.settings.directory import DirectoryAttributes, DirectorySettings, Tls
from provisioner.settings.fields import Matches, SomeSeconds, Text, like
from provisioner.settings.secret import SecretDocument


class AttributesDocument(Document):
    """Which directory attribute says what."""

    agent_id: AttributeName = like(DirectoryAttributes, "agent_id")
    login: AttributeName = like(DirectoryAttributes, "login")
    display_name: AttributeNameOrNone = like(DirectoryAttributes, "display_name")
    mail: AttributeNameOrNone = like(DirectoryAttributes, "mail")
    department: AttributeNameOrNone = like(DirectoryAttributes, "department")
    site: AttributeNameOrNone = like(DirectoryAttributes, "site")
    groups: AttributeNameOrNone = like(DirectoryAttributes, "groups")
    enabled: AttributeNameOrNone = like(DirectoryAttributes, "enabled")
    extra: list[AttributeName] = Field(default=[])
    """Further attributes that entitlements and waves select by."""


class GuardDocument(Document):
    """How much of a change is believed without an operator; more is quarantined."""

    leavers: int = like(Guard, "leavers", ge=0)
    leavers_percent: float = like(Guard, "leavers_percent", ge=0, le=100)
    joiners: int = like(Guard, "joiners", ge=0)
    joiners_percent: float = like(Guard, "joiners_percent", ge=0)
    window: SomeSeconds = like(Guard, "window_s")


class DirectoryDocument(Document):
    """Where the agents are listed: servers (urls), or one file (ldif)."""

    urls: list[LdapUrl] = Field(default=[], min_length=1)
    """`ldaps://name[:port]`, or `ldap://` with starttls; the next is asked when one gives no answer."""
    ldif: Text | None = like(DirectorySettings, "ldif")
    tls: Annotated[Tls, Field(strict=False)] = like(DirectorySettings, "tls")
    insecure: bool = Field(default=False)
    """Has to be said with `tls: none`: password and names then cross the network in clear."""
    ca_file: Text | None = like(DirectorySettings, "ca_file")
    bind_dn: str = like(DirectorySettings, "bind_dn")
    password: SecretDocument | None = like(DirectorySettings, "password")
    base: Text = like(DirectorySettings, "base")
    filter: Annotated[str, Matches(r"\(.+\)", "must be an LDAP filter in brackets")] = like(DirectorySettings, "filter")
    attributes: AttributesDocument = Field(default=AttributesDocument())
    """Which directory attribute says what."""
    page_size: int = like(DirectorySettings, "page_size", ge=1, le=10_000)
    connect_timeout: SomeSeconds = like(DirectorySettings, "connect_timeout_s")
    receive_timeout: SomeSeconds = like(DirectorySettings, "receive_timeout_s")
    interval: SomeSeconds = like(DirectorySettings, "interval_s")
    guard: GuardDocument = Field(default=GuardDocument())
    """How much of a change is believed without an operator."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.urls) == (self.ldif is not None):
            raise ValueError("give either urls: or ldif:")
        if bool(self.bind_dn) != (self.password is not None):
            raise ValueError("give both bind_dn: and password:, or neither to read anonymously")
        if self.urls and (self.tls is Tls.NONE) != self.insecure:
            raise ValueError("tls: none and insecure: true go together: only both send the password in clear")
        return self
