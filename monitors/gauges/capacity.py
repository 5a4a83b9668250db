"""How many more desktops fit: now, and after a node is lost; and what runs out first."""

from monitors.metric import Room, Rows, View
from provisioner.model.ids import ProfileName
from provisioner.model.words import RESOURCES

ROOM = Room("Capacity", of_cycle=True)


@ROOM.gauge(
    "capacity_free_desktops",
    "profile",
    help="Further desktops of the profile that fit if only this profile grows; profiles share hardware, so never add them up.",
)
def free(view: View) -> Rows:
    """A profile whose capacity is not calculated yet has 0."""
    capacity = view.status.capacity
    return {(p,): capacity[ProfileName(p)].free if p in capacity else 0 for p in view.profiles}


@ROOM.gauge(
    "capacity_binds",
    "profile resource",
    help="1 for the resource that runs out first, else 0.",
    query="bascule_capacity_binds == 1",
)
def binds(view: View) -> Rows:
    capacity = {str(name): of_profile.binds for name, of_profile in view.status.capacity.items()}
    return {(p, resource.value): int(capacity.get(p) == resource) for p in view.profiles for resource in RESOURCES}


@ROOM.gauge(
    "capacity_free_desktops_after_node_loss",
    "profile",
    help="Further desktops of the profile that fit once the fullest node is lost and its desktops are made again elsewhere; "
    "negative: so many of today's desktops would find no place, or no quorum is left to make them. None while that is not "
    "known; computed at most once a minute.",
    query="bascule_capacity_free_desktops_after_node_loss < 0",
)
def free_after_loss(view: View) -> Rows:
    worst = {str(name): outlook.worst for name, outlook in view.status.outlook.items()}
    return {(p,): loss.at_least for p in view.profiles if (loss := worst.get(p)) is not None}


@ROOM.gauge(
    "capacity_worst_node",
    "profile cluster node",
    help="Always 1; the labels name the node whose loss would leave the least room for the profile.",
)
def worst_node(view: View) -> Rows:
    losses = ((name, outlook.worst) for name, outlook in view.status.outlook.items())
    return {(name, *loss.node): 1 for name, loss in losses if loss is not None}
