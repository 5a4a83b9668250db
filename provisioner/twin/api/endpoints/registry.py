"""Imports every file of endpoints, so that the routing table is full. Add yours here."""

from provisioner.twin.api.endpoints import clone as clones
from provisioner.twin.api.endpoints import cluster as endpoints_misc_cluster
from provisioner.twin.api.endpoints import create_delete as lifecycle
from provisioner.twin.api.endpoints import groups as endpoints_misc_groups
from provisioner.twin.api.endpoints import guest_agent, listings, power
from provisioner.twin.api.endpoints import guest_config as configs
from provisioner.twin.api.endpoints import guest_details as endpoints_misc_guest
from provisioner.twin.api.endpoints import ha as endpoints_misc_ha
from provisioner.twin.api.endpoints import node_details as endpoints_misc_node
from provisioner.twin.api.endpoints import permissions as endpoints_misc_rights
from provisioner.twin.api.endpoints import pools as endpoints_misc_pools
from provisioner.twin.api.endpoints import storage as endpoints_misc_storage
from provisioner.twin.api.endpoints import tasks as task_endpoints
from provisioner.twin.api.endpoints import users as endpoints_misc_users
from provisioner.twin.api.routes import ROUTES

FILES = (
    clones, configs, guest_agent, lifecycle, listings, power, task_endpoints,
    endpoints_misc_cluster, endpoints_misc_groups, endpoints_misc_guest, endpoints_misc_ha, endpoints_misc_node,
    endpoints_misc_pools, endpoints_misc_rights, endpoints_misc_storage, endpoints_misc_users,
)  # fmt: skip

__all__ = ["FILES", "ROUTES"]
