"""The section `dns` of bascule.yaml."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from provisioner.capabilities.zones.model import ZoneRules
from provisioner.capabilities.zones.reasons import MUST_BE_REVERSE, REST_SHORT, REVERSE_TWICE, SECRET_NOT_BASE64
from provisioner.extensions import Part
from provisioner.model.bounds import Bounds
from provisioner.reasons.files import MUST_BE_DOMAIN
from provisioner.settings.checking import Document
from provisioner.settings.fields import Matches, Seconds, SomeSeconds, as_value, like
from provisioner.settings.profile import AnyAddress
from provisioner.settings.reading import Section
from provisioner.settings.secret import Secret, SecretKeys
from provisioner.settings.sections import AddedSection, Others


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsKey:
    """The TSIG key that signs every request."""

    name: str
    """As the server knows it."""
    algorithm: str = "hmac-sha256"
    """`hmac-sha256`, `hmac-sha384` or `hmac-sha512`: those that RFC 8945 does not call unsafe."""
    secret: Secret
    """In base64, as `tsig-keygen` prints it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSettings:
    """Where the desktops' names and addresses are published."""

    server: str
    """The IP address of the zones' primary server."""
    port: Annotated[int, Bounds(ge=1, le=65_535)] = 53
    """Its TCP port."""
    timeout_s: float = 5.0
    """For each answer; a zone of thousands of names is transferred in a fraction of it."""
    key: DnsKey
    zones: ZoneRules

    @property
    def desktop_zone(self) -> str:
        """The zone of the desktops' names (`settings.values.NamesDesktops`)."""
        return self.zones.forward


_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"


def _zone(text: str) -> str:
    return text.lower().rstrip(".")


ZoneName = Annotated[str, Matches(rf"{_LABEL}(?:\.{_LABEL})+\.?", MUST_BE_DOMAIN()), AfterValidator(_zone)]


def _reverse(text: str) -> str:
    """`20.10.in-addr.arpa`, also written as the network `10.20.0.0/16`."""
    name = _zone(text)
    if name.endswith((".in-addr.arpa", ".ip6.arpa")):
        return name
    try:
        network = ip_network(text)
    except ValueError:
        raise ValueError(MUST_BE_REVERSE()) from None
    digits = 8 if network.version == 4 else 4
    if network.prefixlen == 0 or network.prefixlen % digits:
        raise ValueError(MUST_BE_REVERSE())
    labels = network.network_address.reverse_pointer.split(".")
    return ".".join(labels[(network.max_prefixlen - network.prefixlen) // digits :])


ReverseZone = Annotated[str, AfterValidator(_reverse)]


class TsigKeys(Document):
    """The TSIG key that signs every request."""

    name: Annotated[str, Matches(rf"{_LABEL}(?:\.{_LABEL})*\.?", MUST_BE_DOMAIN())] = like(DnsKey, "name")
    algorithm: Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"] = like(DnsKey, "algorithm")
    secret: SecretKeys
    """Where to read the secret: in base64, as `tsig-keygen` prints it."""


class DnsKeys(Document, of=DnsSettings):
    """Where the desktops' names and addresses are published."""

    server: AnyAddress = like(DnsSettings, "server")
    timeout: SomeSeconds = like(DnsSettings, "timeout_s")
    key: TsigKeys
    """The TSIG key that signs every request."""
    forward: ZoneName = like(ZoneRules, "forward")
    reverse: list[ReverseZone] = like(ZoneRules, "reverse", default=[])
    ttl: SomeSeconds = like(ZoneRules, "ttl_s")
    interval: SomeSeconds = like(ZoneRules, "interval_s")
    remove_after: Seconds = like(ZoneRules, "remove_after_s")
    dry_run: bool = like(ZoneRules, "dry_run")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        zones = [self.forward, *self.reverse]
        if len(set(zones)) < len(zones):
            raise ValueError(REVERSE_TWICE())
        return self


def _value(section: Section, document: DnsKeys, environment: Mapping[str, str]) -> DnsSettings:
    secret = section.secret(document.key.secret, environment, "key", "secret")
    if secret is not None and not _is_base64(secret.reveal()):
        section.complain(SECRET_NOT_BASE64(), "key", "secret", at_key=True)
    key = as_value(DnsKey, document.key, secret=secret)
    return as_value(DnsSettings, document, key=key, zones=as_value(ZoneRules, document))


def _is_base64(text: str) -> bool:
    try:
        return bool(b64decode(text, validate=True)) or not text  # an unreadable secret is complained of already
    except ValueError:
        return False


def _check(section: Section, document: DnsKeys | None, others: Others) -> None:
    if document is not None and document.ttl > others.address_rest_s:
        section.complain(REST_SHORT(), "ttl")


DNS = Part[DnsSettings | None]("dns", None)
"""None: names are not published."""
SECTION = AddedSection(
    part=DNS,
    document=DnsKeys,
    about="Where the desktops' names and addresses are published.",
    value=_value,
    check=_check,
    after="connections",
)
