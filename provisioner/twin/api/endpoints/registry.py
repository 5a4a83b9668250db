"""Imports every file of endpoints, which fills the routing table. Add new files here."""

from provisioner.twin.api.endpoints import (
    clone,
    cluster,
    create_delete,
    guest_agent,
    guest_config,
    ha,
    listings,
    migration,
    permissions,
    power,
    storage,
    tasks,
    user_cfg,
    users,
)
from provisioner.twin.api.routes import ROUTES

FILES = (
    clone, cluster, create_delete, guest_agent, guest_config, ha, listings, migration, permissions, power, storage, tasks,
    user_cfg, users,
)  # fmt: skip

__all__ = ["FILES", "ROUTES"]
