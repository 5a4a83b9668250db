"""What administrators have set up around the guests, which the twin only shows: bridges, backup jobs, options, certificates."""

from dataclasses import dataclass, field

Fields = dict[str, object]

CERTIFICATE_S = 2 * 365 * 86_400.0
"""How long Proxmox VE's own certificates last (pve-cluster)."""


@dataclass(slots=True, kw_only=True)
class Datacenter:
    """Changed by scripts and tests. Nothing of it is in a twin's file."""

    backup_jobs: list[Fields] = field(default_factory=list)
    """Entries of `/cluster/backup`; nothing is backed up."""
    options: dict[str, object] = field(default_factory=dict)
    """Of `/cluster/options`: `crs`, `next-id`, …"""
    certificate_ends: dict[str, float] = field(default_factory=dict)
    """When a node's certificate ends; left out: two years after the twin's beginning."""
    clock_ahead_s: dict[str, float] = field(default_factory=dict)
    """How far a node's clock is ahead."""
    without_bridge: set[tuple[str, str]] = field(default_factory=set)
    """Nodes, each with a bridge that it does not have."""
    bridge_settings: dict[str, Fields] = field(default_factory=dict)
    """Of a bridge, on every node: `mtu`, `bridge_vlan_aware`, `bridge_vids`, …"""
