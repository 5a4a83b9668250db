"""Profiles: the kinds of desktops, their templates, and who is entitled to which."""

import enum
from dataclasses import dataclass, field, fields
from typing import Annotated

from provisioner.model.bounds import Bounds, Vcpus
from provisioner.model.ids import ClusterId, NodeKey, NodeName, ProfileName, StorageId, Vmid
from provisioner.model.machines.first_boot import FirstBootRules
from provisioner.model.machines.guest_bounds import MAX_SESSIONS
from provisioner.model.people.agents import Agent
from provisioner.model.people.distinguished_names import is_below
from provisioner.model.session_rules import SessionRules


class CloneKind(enum.StrEnum):
    """How a desktop's disk comes from the template's."""

    LINKED = "linked"
    FULL = "full"


class Probe(enum.StrEnum):
    """How a desktop's first-boot state and sessions are read."""

    GUEST_AGENT = "guest_agent"
    SSH = "ssh"


class ReadinessLevel(enum.StrEnum):
    """What proves that people can log on to a desktop that has booted. Each level includes the one before."""

    REPORT = "report"
    """Its own report: first boot is done, and its log-on port is open."""
    PORT = "port"
    """The daemon also reaches the log-on port at the desktop's address."""
    FIRST_BOOT = "first_boot"
    """The desktop has also fetched and applied its first-boot data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressing:
    """Addresses of a profile's desktops, all IPv4 or all IPv6, in their shortest form. `first` empty means DHCP: no address is
    reserved."""

    network: str = ""
    """CIDR, for instance 10.40.0.0/21 or 2001:db8:40::/64."""
    gateway: str = ""
    first: str = ""
    last: str = ""


class Redirection(enum.StrEnum):
    """What of the person's own computer the desktop may use."""

    CLIPBOARD = "clipboard"
    AUDIO = "audio"
    """Sound of the desktop, heard on the computer."""
    PRINTERS = "printers"
    DRIVES = "drives"
    SMARTCARDS = "smartcards"


class LogonProtocol(enum.StrEnum):
    """What listens on the log-on port."""

    RDP = "rdp"
    OTHER = "other"
    """Something that probes do not speak: for them it is enough that the port answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How people connect to a profile's desktops over RDP: the content of their connection files."""

    port: Annotated[int, Bounds(ge=1, le=65_535)] = 3389
    """The log-on port of the desktops: RDP's registered port."""
    protocol: LogonProtocol = LogonProtocol.RDP
    """What listens on it: `rdp`, or `other`, which probes do not speak: for them it is enough that the port answers."""
    gateway: str = ""
    """A Remote Desktop gateway that all connections go through, `name` or `name:port`; empty: none, they go straight."""
    redirect: tuple[Redirection, ...] = (Redirection.CLIPBOARD, Redirection.AUDIO)
    """What of the person's own computer the desktop may use: `clipboard`, `audio`, `printers`, `drives`, `smartcards`.
    Everything else is switched off. Drives and printers carry files out of the desktop, so that they have to be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The VM to clone from. On node-local storage each node has its own replica: one entry for each node. On shared storage
    one entry serves all nodes that see the storage."""

    cluster: ClusterId
    vmid: Vmid
    node: NodeName
    storage: StorageId
    """The storage of its disks, and of its linked clones' disks."""

    node_key: NodeKey = field(init=False, repr=False, compare=False)
    """Its node, which carries out its clones. Computed once: each placement reads it several times for each template."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_key", NodeKey(self.cluster, self.node))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of desktop. Sizes in MiB and GiB, times in seconds."""

    name: ProfileName
    image: str
    """The version of the template, as recorded in the tag `img-…`."""
    templates: tuple[Template, ...]
    vcpus: Vcpus
    """Virtual cores."""
    memory_mib: Annotated[int, Bounds(ge=256, le=4_194_304)]
    """Memory, MiB."""
    disk_gib: Annotated[int, Bounds(ge=1, le=131_072)]
    """The template's disk, GiB: its nominal size, counted as used on the storage."""
    bridge: str
    vlan: Annotated[int | None, Bounds(ge=1, le=4094)] = None
    """The VLAN tag; left out: none."""
    firewall: bool | None = None
    """Whether Proxmox VE's firewall guards the network card; None: as the template has it."""
    mtu: Annotated[int | None, Bounds(ge=1, le=65_520)] = None
    """Of the network card; 1: the bridge's own; None: as the template has it."""
    cpu_ratio: Annotated[float, Bounds(gt=0, le=64)] = 6.0
    """vCPUs per physical core a node may carry (Citrix: 4–8 for office work)."""
    addressing: Addressing = Addressing()
    nameservers: tuple[str, ...] = ()
    """DNS servers for cloud-init; empty: the template's, otherwise the node's, which may not know the site's names."""
    searchdomains: tuple[str, ...] = ()
    """Domains that short names are looked up in; empty: the template's, otherwise the node's."""
    name_prefix: str = ""
    """What the names of its desktops begin with, before their VMID; empty: `naming.prefix`. At most 15 characters together."""
    connection: Connection = Connection()
    """How people connect."""
    upgrade_at_first_boot: bool = False
    """Whether cloud-init upgrades all packages at first boot, which is Proxmox VE's own default. First boot then takes minutes
    (raise `expected_ready` and `ready_timeout`), and fails without a mirror."""
    clone: CloneKind = CloneKind.LINKED
    """`linked`: a clone shares the template's disk and takes seconds. `full`: the whole disk is copied, which takes minutes and
    its full size, and the desktop no longer depends on the template."""
    storage: StorageId | None = None
    """The storage for the disks of full clones; None: the template's."""
    os: str = "linux"
    dedicated: bool = True
    """Whether an entitlement may name it, for desktops that are one agent's own; `false`: only pools use it."""
    home_share: str = ""
    """The share that the image mounts people's home folders from, for instance `//files.dep.example/homes`; left out: they are
    on the desktop's own disk. Bascule mounts nothing itself. A pool needs it, because its desktops go from one person to the
    next."""
    probe: Probe = Probe.GUEST_AGENT
    """How first boot and sessions are read: `guest_agent` needs nothing on the network, `ssh` an account in each desktop."""
    readiness: ReadinessLevel = ReadinessLevel.REPORT
    """When a desktop that has booted is ready: `report`, by what it says of itself; `port`, if the daemon can also connect to
    its log-on port (`connection.port`) at its address; `first_boot`, if it has applied its first-boot data, too. `port` and
    `first_boot` show firewalls and wrong networks, and need `addressing` and a way from the daemon to the desktops."""
    max_sessions: Annotated[int, Bounds(ge=1, le=MAX_SESSIONS)] = 4
    """The most open sessions in a desktop's report: its agent's, one left by a broken connection, and a helper's."""
    first_boot: FirstBootRules = FirstBootRules()
    """What its desktops fetch at their first boot, if their image asks for it."""
    session_rules: SessionRules = SessionRules()
    """When its sessions are logged off by rule, if their image obeys; left out: never."""
    status_file: str = "/run/bascule/status.json"
    """The file that the guest agent reads in the desktop; a unit in the image writes it regularly."""
    clone_timeout_s: float = 600.0
    """From the order to the clone's end: seconds of work, and minutes of waiting for backups."""
    start_timeout_s: float = 120.0
    """From the order to running: 2.5 s of work, and a busy node's queue."""
    ready_timeout_s: float = 900.0
    """From the start order to ready: a minute of work, many times that on a node that boots fifty at once."""
    expected_ready_s: float = 60.0
    """From the start order to the end of first boot, before it was measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Selects agents: every given criterion has to match, by one of its values; without criteria it matches everyone."""

    groups: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    logins: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    """DNs of the tree: entries there or anywhere below; case and blanks do not matter."""
    attributes: tuple[tuple[str, frozenset[str]], ...] = ()

    @classmethod
    def sets(cls) -> tuple[str, ...]:
        """The criteria that are a set of values, by name: all but `attributes`."""
        return tuple(field.name for field in fields(cls) if field.name != "attributes")

    def matches(self, agent: Agent) -> bool:
        """Whether the agent meets every criterion."""
        single = (
            (self.departments, agent.department),
            (self.sites, agent.site),
            (self.logins, agent.login),
        )
        return (
            all(not wanted or value in wanted for wanted, value in single)
            and (not self.groups or not self.groups.isdisjoint(agent.groups))
            and (not self.units or any(is_below(agent.unit, unit) for unit in self.units))
            and all(not wanted.isdisjoint(agent.attributes.get(name, ())) for name, wanted in self.attributes)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """Gives a profile to the selected agents; the first entitlement that matches an agent decides."""

    profile: ProfileName
    who: Selection
