"""Imports every file of endpoints, which fills the routing table. Add new files here."""

from provisioner.twin.api.endpoints import (
    clone,
    cluster,
    create_delete,
    groups,
    guest_agent,
    guest_config,
    guest_details,
    ha,
    listings,
    migration,
    node_details,
    permissions,
    pools,
    power,
    storage,
    tasks,
    users,
)
from provisioner.twin.api.routes import ROUTES

FILES = (
    clone, cluster, create_delete, groups, guest_agent, guest_config, guest_details, ha, listings, migration, node_details,
    permissions, pools, power, storage, tasks, users,
)  # fmt: skip

__all__ = ["FILES", "ROUTES"]
