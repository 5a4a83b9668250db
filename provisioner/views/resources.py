"""The documents that are made of one publication alone, by the name of their resource."""

from collections.abc import Callable, Mapping

from provisioner.views.agents import agents_document
from provisioner.views.capacity import capacities_document
from provisioner.views.connections import connections_document
from provisioner.views.desktops import desktops_document
from provisioner.views.figures import figures_document
from provisioner.views.findings import findings_document
from provisioner.views.nodes import nodes_document
from provisioner.views.orders import orders_document
from provisioner.views.plan import plan_document
from provisioner.views.pools import pools_document
from provisioner.views.published import Published
from provisioner.views.rotation import rotation_document
from provisioner.views.status import status_document
from provisioner.views.storages import storages_document
from provisioner.views.surge import surge_document
from provisioner.views.waves import waves_document

RESOURCES: Mapping[str, Callable[[Published], object]] = {
    "status": status_document,
    "figures": lambda published: figures_document(published.status),
    "desktops": desktops_document,
    "agents": agents_document,
    "connections": connections_document,
    "nodes": lambda published: nodes_document(published.status),
    "storages": lambda published: storages_document(published.status),
    "waves": waves_document,
    "surge": surge_document,
    "plan": lambda published: plan_document(published.status),
    "pools": pools_document,
    "rotation": lambda published: rotation_document(published.status, published.scenario),
    "intents": lambda published: orders_document(published.status),
    "capacity": lambda published: capacities_document(published.status),
    "findings": lambda published: findings_document(published.status, published.listed),
}
"""Commands without a daemon make the same ones."""
