"""Profiles: `config/profiles/*.yaml`, or the same keys inside bascule.yaml."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from provisioner.model.ids import ClusterId, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.machines.first_boot import MOST_HOOK_BYTES, AccountKind, FirstBootRules
from provisioner.model.people.profiles import (
    Addressing,
    CloneKind,
    Connection,
    Probe,
    Profile,
    ReadinessLevel,
    Redirection,
    Template,
)
from provisioner.model.session_rules import LEAST_S, MOST_WARN_MINUTES, SessionRules
from provisioner.reasons.files import (
    MUST_BE_BRIDGE,
    MUST_BE_DOMAIN,
    MUST_BE_GATEWAY,
    MUST_BE_HOME,
    MUST_BE_IMAGE,
    MUST_BE_IP,
    MUST_BE_LOCALE,
    MUST_BE_MOUNT_OPTIONS,
    MUST_BE_PATH,
    MUST_BE_ZONE_NAME,
)
from provisioner.reasons.settings import BACKWARDS, END_NO_HOST, HASHES_FOR_ONE_TIME, HOOK_LARGE, NETWORK_WRONG, POOL_LARGE
from provisioner.reasons.targets import MUST_BE_WARNINGS, SESSION_RULES_SHORT
from provisioner.settings.checking import Document
from provisioner.settings.fields import (
    ComputerOu,
    Matches,
    NodeId,
    Prefix,
    Seconds,
    StorageName,
    Text,
    VmidNumber,
    as_value,
    like,
)
from provisioner.settings.reading import Section

Bridge = Annotated[str, Matches(r"[A-Za-z][A-Za-z0-9_.-]{0,14}", MUST_BE_BRIDGE())]
ImageTag = Annotated[str, Matches(r"[a-z0-9][a-z0-9._-]{0,59}", MUST_BE_IMAGE())]
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
Domain = Annotated[str, Matches(rf"{_LABEL}(?:\.{_LABEL})*", MUST_BE_DOMAIN())]
GatewayName = Annotated[str, Matches(rf"{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?", MUST_BE_GATEWAY())]
Share = Annotated[str, Matches(r"(?://[A-Za-z0-9.-]+|[A-Za-z0-9.-]+:)/[A-Za-z0-9._{}$/-]+", MUST_BE_HOME())]
MountOptions = Annotated[str, Matches(r"(?!.*(?:pass|cred))[A-Za-z0-9._=,:-]+", MUST_BE_MOUNT_OPTIONS())]
TimeZone = Annotated[str, Matches(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,2}", MUST_BE_ZONE_NAME())]
Locale = Annotated[str, Matches(r"[a-z]{2,3}(?:_[A-Z]{2})?(?:\.[A-Za-z0-9-]+)?(?:@[a-z]+)?", MUST_BE_LOCALE())]
AbsolutePath = Annotated[str, Matches(r"/[!-~]*", MUST_BE_PATH())]


def _any_address(text: str) -> str:
    """In its shortest form: addresses are compared as texts. A zone (`%eth0`) is one machine's own matter."""
    try:
        address = ip_address(text)
        if "%" in text:
            raise ValueError
        return str(address)
    except ValueError:
        raise ValueError(MUST_BE_IP()) from None


MOST_ADDRESSES = 131_072
"""Of a pool: more desktops than the 100,000 that Bascule is tried with. Every address is written out in memory."""
AnyAddress = Annotated[str, AfterValidator(_any_address)]


class ProfileTemplatesKeys(Document):
    """The templates of a cluster on a storage: one for each node on local storage. On shared storage a single one serves all
    nodes that see the storage."""

    cluster: Text
    """A key of `clusters` in bascule.yaml."""
    storage: StorageName
    """The storage of the templates' disks, and of the disks of linked clones."""
    vmids: dict[NodeId, VmidNumber] = Field(min_length=1)
    """The VMID of the template on each node that has it; on shared storage: its node, and others only if it has copies."""


class AddressingKeys(Document):
    """A pool of addresses, all IPv4 or all IPv6; each desktop keeps an address of its own for life."""

    network: Text
    """The network in CIDR form, for instance 10.40.0.0/21 or 2001:db8:40::/64."""
    gateway: AnyAddress
    """The default gateway; never assigned to a desktop, even if it lies in the pool. IPv6: fe80::1 and its like, too."""
    first: AnyAddress
    """The first address of the pool."""
    last: AnyAddress
    """The last address of the pool, at most 131,071 after the first."""

    @model_validator(mode="after")
    def _pool(self) -> Self:
        try:
            network = ip_network(self.network)
        except ValueError:
            raise ValueError(NETWORK_WRONG()) from None
        gateway, first, last = map(ip_address, (self.gateway, self.first, self.last))
        ends = {"first": first, "last": last} | ({} if _is_of_link(gateway, network) else {"gateway": gateway})
        if outside := [name for name, address in ends.items() if not _is_host(address, network)]:
            raise ValueError(END_NO_HOST(key=outside[0]))
        if int(last) < int(first):
            raise ValueError(BACKWARDS())
        if int(last) - int(first) >= MOST_ADDRESSES:
            raise ValueError(POOL_LARGE(most=MOST_ADDRESSES))
        return self


def _is_of_link(gateway: IPv4Address | IPv6Address, network: IPv4Network | IPv6Network) -> bool:
    """Routers of IPv6 announce themselves by an address of the link (RFC 4861, 4.2)."""
    return gateway.version == network.version == 6 and gateway.is_link_local


def _is_host(address: IPv4Address | IPv6Address, network: IPv4Network | IPv6Network) -> bool:
    """The first address of a network is not a host's; with IPv4, the last one is for all hosts."""
    none = {network.network_address} | ({network.broadcast_address} if network.version == 4 else set())
    return address in network and address not in none


class ConnectionKeys(Document, of=Connection):
    """How people connect to a profile's desktops over RDP."""

    gateway: GatewayName | None = like(Connection, "gateway", default=None)
    redirect: list[Annotated[Redirection, Field(strict=False)]] = like(
        Connection, "redirect", default=list(Connection().redirect)
    )


class FirstBootKeys(Document, of=FirstBootRules):
    """What a profile's desktops fetch once, at their first boot, if their image asks for it (docs/en/first-boot.md)."""

    account: Annotated[AccountKind, Field(strict=False)] = like(FirstBootRules, "account")
    password_hashes: Text | None = like(FirstBootRules, "password_hashes")
    home: Share | None = like(FirstBootRules, "home", default=None)
    home_options: MountOptions | None = like(FirstBootRules, "home_options", default=None)
    timezone: TimeZone | None = like(FirstBootRules, "timezone", default=None)
    locale: Locale | None = like(FirstBootRules, "locale", default=None)
    computer_ou: ComputerOu | None = like(FirstBootRules, "computer_ou", default=None)
    hook: Text | None = like(FirstBootRules, "hook")


def _warnings(minutes: list[int]) -> list[int]:
    """The largest first."""
    if len(set(minutes)) < len(minutes) or any(not 1 <= each <= MOST_WARN_MINUTES for each in minutes):
        raise ValueError(MUST_BE_WARNINGS())
    return sorted(minutes, reverse=True)


WarnMinutes = Annotated[list[int], AfterValidator(_warnings)]
RuleSeconds = Annotated[Seconds, Field(ge=LEAST_S)]


class SessionRulesKeys(Document):
    """When a profile's sessions are logged off by rule (docs/en/sessions.md)."""

    disconnected: RuleSeconds | None = like(SessionRules, "disconnected_s")
    maximum: RuleSeconds | None = like(SessionRules, "maximum_s")
    warn: WarnMinutes = like(SessionRules, "warn_minutes", default=list(SessionRules().warn_minutes))

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.maximum is not None and self.warn and self.maximum <= self.warn[0] * 60:
            raise ValueError(SESSION_RULES_SHORT(minutes=self.warn[0]))
        return self


class ProfileKeys(Document, of=Profile):
    """The hardware, image and network of a desktop."""

    image: ImageTag = like(Profile, "image")
    templates: list[ProfileTemplatesKeys] = Field(min_length=1)
    """The templates that desktops are cloned from."""
    bridge: Bridge
    """The bridge of its network card."""
    addressing: AddressingKeys | None = Field(default=None)
    """A pool of addresses; left out: DHCP, and no address is reserved."""
    nameservers: list[AnyAddress] = like(Profile, "nameservers")
    searchdomains: list[Domain] = like(Profile, "searchdomains")
    name_prefix: Prefix | None = like(Profile, "name_prefix", default=None)
    connection: ConnectionKeys = Field(default=ConnectionKeys())
    """How people connect to them over RDP; `bascule agent connections` makes their connection files."""
    clone: Annotated[CloneKind, Field(strict=False)] = like(Profile, "clone")
    storage: StorageName | None = like(Profile, "storage")
    os: Literal["linux", "windows"] = Field(default="linux")
    """The operating system of the image."""
    dedicated: bool = like(Profile, "dedicated")
    home_share: Text | None = like(Profile, "home_share", default=None)
    probe: Annotated[Probe, Field(strict=False)] = like(Profile, "probe")
    readiness: Annotated[ReadinessLevel, Field(strict=False)] = like(Profile, "readiness")
    first_boot: FirstBootKeys = Field(default=FirstBootKeys())
    """What its desktops fetch at their first boot, if their image asks for it."""
    session_rules: SessionRulesKeys = Field(default=SessionRulesKeys())
    """When its sessions are logged off by rule, if their image obeys; left out: never."""
    status_file: AbsolutePath = like(Profile, "status_file")


def profile_of(name: str, section: Section, document: ProfileKeys) -> Profile:
    """Build the profile; problems with the files that it names are added to its section."""
    addressing = Addressing() if document.addressing is None else as_value(Addressing, document.addressing)
    templates = tuple(template for group in document.templates for template in _templates(group))
    connection = as_value(Connection, document.connection, gateway=document.connection.gateway or "")
    made_of = {"templates": templates, "addressing": addressing, "connection": connection}
    made_of["name_prefix"], made_of["home_share"] = document.name_prefix or "", document.home_share or ""
    first_boot = _first_boot(section.part("first_boot"), document.first_boot)
    made_of["session_rules"] = session_rules_of(document.session_rules)
    return as_value(Profile, document, name=ProfileName(name), first_boot=first_boot, **made_of)


def session_rules_of(document: SessionRulesKeys) -> SessionRules:
    """The rules."""
    return SessionRules(
        disconnected_s=document.disconnected, maximum_s=document.maximum, warn_minutes=tuple(document.warn)
    )  # fmt: skip


def _first_boot(section: Section, document: FirstBootKeys) -> FirstBootRules:
    texts = {name: getattr(document, name) or "" for name in ("home", "home_options", "timezone", "locale", "computer_ou")}
    hashes, hook = (section.file(getattr(document, name), name) for name in ("password_hashes", "hook"))
    one_time = document.account is AccountKind.ONE_TIME
    if one_time is not (document.password_hashes is not None):
        section.complain(HASHES_FOR_ONE_TIME(), "account" if one_time else "password_hashes")
    if hook is not None and hook.stat().st_size > MOST_HOOK_BYTES:
        section.complain(HOOK_LARGE(kib=MOST_HOOK_BYTES // 1024), "hook")
    return as_value(FirstBootRules, document, password_hashes=hashes, hook=hook, **texts)


def _templates(group: ProfileTemplatesKeys) -> list[Template]:
    return [
        Template(cluster=ClusterId(group.cluster), vmid=Vmid(vmid), node=NodeName(node), storage=StorageId(group.storage))
        for node, vmid in group.vmids.items()
    ]
