"""What administrators have set up around the desktops, for the doctor: clocks, bridges, backups, tokens, certificates.

All of it can be read with the rights that Bascule needs anyway: Sys.Audit on `/`. Fields that are missing are left at their
defaults; entries of the wrong form raise HypervisorError.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from provisioner.errors import HypervisorError
from provisioner.model.ids import Instant, NodeKey, Vmid
from provisioner.pve import parsing
from provisioner.pve.requests import ask, get, object_of
from provisioner.pve.wire import ApiRequest, Operation

T = TypeVar("T")
Entry = Mapping[str, Any]
_WRONG = (KeyError, TypeError, ValueError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeTime:
    """A node's clock, and its time zone."""

    at: Instant
    """The time in whole seconds."""
    ahead_of_utc_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """A bridge, or a vnet, that a node has."""

    name: str
    active: bool = True
    vlans: tuple[tuple[int, int], ...] | None = None
    """The VLANs that a VLAN-aware bridge lets through, first and last; None: all."""
    mtu: int | None = None
    """None: not stated. It is the smallest of its ports, usually 1500."""

    def passes(self, vlan: int | None) -> bool:
        """Whether frames with this tag get through."""
        return vlan is None or self.vlans is None or any(first <= vlan <= last for first, last in self.vlans)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupJob:
    """A backup job of the cluster that is enabled."""

    name: str
    schedule: str
    """A calendar event, such as `sat 02:00`."""
    next_run: Instant | None = None
    vmids: frozenset[int] | None = None
    """Its guests; None: all but `excluded`, or those of `pool`."""
    excluded: frozenset[int] = frozenset()
    pool: str = ""
    node: str = ""
    """It runs there alone; empty: everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLife:
    """Until when an API token opens anything; None: for good."""

    token_ends_at: Instant | None
    user_ends_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCertificate:
    """A certificate of a node's API."""

    file: str
    """`pve-ssl.pem` is the cluster's own, and renewed by it; `pveproxy-ssl.pem` a site's."""
    ends_at: Instant


def time_of(node: NodeKey) -> Operation[NodeTime]:
    """A node's clock."""
    doing = f"ask {node} for its time"
    return _parsed(_time, object_of((yield from ask(_of_node(node, "/time"), doing)), doing), doing)


def bridges_of(node: NodeKey) -> Operation[Mapping[str, Bridge]]:
    """A node's bridges and vnets by name, as far as the token may use them (SDN.Use)."""
    doing = f"list the bridges of {node}"
    request = _of_node(node, "/network", type="any_bridge")
    entries = parsing.entries((yield from ask(request, doing)), doing)
    bridges = [_parsed(_bridge, entry, doing) for entry in entries]
    return {bridge.name: bridge for bridge in bridges}


def next_vmid() -> Operation[Vmid]:
    """The VMID that Proxmox VE proposes for the next VM that anybody makes."""
    doing = "ask for the next free VMID"
    return _parsed(_vmid, {"vmid": (yield from ask(get("/cluster/nextid"), doing))}, doing)


def backup_jobs() -> Operation[tuple[BackupJob, ...]]:
    """The backup jobs that are enabled."""
    doing = "list the backup jobs"
    entries = parsing.entries((yield from ask(get("/cluster/backup"), doing)), doing)
    enabled = (entry for entry in entries if str(entry.get("enabled", 1)) != "0")
    return tuple(_parsed(_job, entry, doing) for entry in enabled)


def balancing() -> Operation[Mapping[str, str]]:
    """The settings of Proxmox VE's scheduler of cluster resources (`crs`), such as `ha-auto-rebalance`."""
    doing = "ask for the cluster's options"
    crs = object_of((yield from ask(get("/cluster/options"), doing)), doing).get("crs", {})
    if isinstance(crs, str):
        return dict(part.split("=", 1) for part in crs.split(",") if "=" in part)
    return {name: str(value) for name, value in object_of(crs, doing).items()}


def life_of(token: str) -> Operation[TokenLife | None]:
    """When the token `user@realm!name` and its user end; None: it is not shown."""
    doing = "ask for the end of the token"
    path, (user, _, name) = "/access/users", token.partition("!")
    request = ApiRequest(method="GET", path=path, endpoint=path, params={"full": 1})
    entries = parsing.entries((yield from ask(request, doing)), doing)
    found = next((entry for entry in entries if entry.get("userid") == user), None)
    return None if found is None else _parsed(_life, {**found, "name": name}, doing)


def certificates_of(node: NodeKey) -> Operation[tuple[NodeCertificate, ...]]:
    """The certificates of a node's API, without the authority's."""
    doing = f"read the certificates of {node}"
    entries = parsing.entries((yield from ask(_of_node(node, "/certificates/info"), doing)), doing)
    ours = (entry for entry in entries if entry.get("filename") != "pve-root-ca.pem" and "notafter" in entry)
    return tuple(_parsed(_certificate, entry, doing) for entry in ours)


def _of_node(node: NodeKey, tail: str, **params: str) -> ApiRequest:
    return ApiRequest(method="GET", path=f"/nodes/{node.node}{tail}", endpoint=f"/nodes/{{node}}{tail}", params=params)


def _parsed(parse: Callable[[Entry], T], entry: Entry, doing: str) -> T:
    try:
        return parse(entry)
    except _WRONG as wrong:
        raise HypervisorError(f"{doing}: an answer of the wrong form ({wrong}): {str(entry)[:120]}") from wrong


def _time(entry: Entry) -> NodeTime:
    at = float(entry["time"])
    return NodeTime(at=at, ahead_of_utc_s=float(entry.get("localtime", at)) - at)


def _vmid(entry: Entry) -> Vmid:
    return Vmid(int(str(entry["vmid"])))


def _bridge(entry: Entry) -> Bridge:
    """A vnet has `vnet` for its name, and no state."""
    aware = str(entry.get("bridge_vlan_aware", 0)) == "1"
    return Bridge(
        name=str(entry["iface"]),
        active=entry.get("type") == "vnet" or str(entry.get("active", 0)) == "1",
        vlans=tuple(_ranges(str(entry["bridge_vids"]))) if aware and entry.get("bridge_vids") else None,
        mtu=int(entry["mtu"]) if entry.get("mtu") else None,
    )


def _ranges(text: str) -> Iterator[tuple[int, int]]:
    for part in re.split(r"[ ,;]+", text.strip()):
        first, _, last = part.partition("-")
        yield int(first), int(last or first)


def _job(entry: Entry) -> BackupJob:
    next_run = entry.get("next-run")
    return BackupJob(
        name=str(entry["id"]),
        schedule=str(entry.get("schedule", "")),
        next_run=float(next_run) if next_run else None,
        vmids=_vmids(entry["vmid"]) if entry.get("vmid") else None,
        excluded=_vmids(entry.get("exclude", "")),
        pool=str(entry.get("pool", "")),
        node=str(entry.get("node", "")),
    )


def _vmids(text: object) -> frozenset[int]:
    return frozenset(int(part) for part in re.split(r"[ ,;]+", str(text)) if part)


def _life(user: Entry) -> TokenLife | None:
    tokens = (token for token in user.get("tokens", ()) if token.get("tokenid") == user["name"])
    token = next(tokens, None)
    return None if token is None else TokenLife(token_ends_at=_end(token), user_ends_at=_end(user))


def _end(entry: Entry) -> Instant | None:
    """0: never."""
    return float(entry.get("expire") or 0) or None


def _certificate(entry: Entry) -> NodeCertificate:
    return NodeCertificate(file=str(entry.get("filename", "")), ends_at=float(entry["notafter"]))


__all__ = [
    "BackupJob", "Bridge", "NodeCertificate", "NodeTime", "TokenLife", "backup_jobs", "balancing", "bridges_of",
    "certificates_of", "life_of", "next_vmid", "time_of",
]  # fmt: skip
