"""The section `dns` of bascule.yaml."""

from ipaddress import ip_network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from provisioner.model.zones import ZoneRules
from provisioner.reasons.forms import MUST_BE_DOMAIN, MUST_BE_REVERSE
from provisioner.reasons.settings import REVERSE_TWICE
from provisioner.settings.checking import Document
from provisioner.settings.dns import DnsKey, DnsSettings
from provisioner.settings.fields import Matches, Seconds, SomeSeconds, like
from provisioner.settings.profile import AnyAddress
from provisioner.settings.secret import SecretDocument

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


class DnsKeyDocument(Document):
    """The TSIG key that signs every request."""

    name: Annotated[str, Matches(rf"{_LABEL}(?:\.{_LABEL})*\.?", MUST_BE_DOMAIN())] = like(DnsKey, "name")
    algorithm: Literal["hmac-sha256", "hmac-sha384", "hmac-sha512"] = like(DnsKey, "algorithm")
    secret: SecretDocument
    """Where to read the secret: in base64, as `tsig-keygen` prints it."""


class DnsDocument(Document, of=DnsSettings):
    """Where the desktops' names and addresses are published."""

    server: AnyAddress = like(DnsSettings, "server")
    timeout: SomeSeconds = like(DnsSettings, "timeout_s")
    key: DnsKeyDocument
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
