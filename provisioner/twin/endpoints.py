"""Imports every file of endpoints, so that the routing table is full. Add yours here."""

from provisioner.twin import (
    clones,
    configs,
    endpoints_misc_cluster,
    endpoints_misc_groups,
    endpoints_misc_guest,
    endpoints_misc_ha,
    endpoints_misc_node,
    endpoints_misc_pools,
    endpoints_misc_rights,
    endpoints_misc_storage,
    endpoints_misc_users,
    guest_agent,
    lifecycle,
    listings,
    power,
    task_endpoints,
)
from provisioner.twin.routes import ROUTES

FILES = (
    clones, configs, guest_agent, lifecycle, listings, power, task_endpoints,
    endpoints_misc_cluster, endpoints_misc_groups, endpoints_misc_guest, endpoints_misc_ha, endpoints_misc_node,
    endpoints_misc_pools, endpoints_misc_rights, endpoints_misc_storage, endpoints_misc_users,
)  # fmt: skip

__all__ = ["FILES", "ROUTES"]
