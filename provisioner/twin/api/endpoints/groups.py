"""`/access/groups`: groups of users, for rights."""

from provisioner.twin.access.gate import gate_of
from provisioner.twin.api.endpoints.user_cfg import under_user_cfg
from provisioner.twin.api.routes import route
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.protocol import Call, refuse


@route("GET", "/access/groups")
def groups(cluster: Cluster, _call: Call) -> object:
    """All groups with their members."""
    return [
        {"groupid": name, "comment": text, "users": ",".join(_members(cluster, name))}
        for name, text in _groups(cluster).items()
    ]


@route("POST", "/access/groups", protected=True)
def create_group(cluster: Cluster, call: Call) -> object:
    """Create a group."""
    name = call.params["groupid"]

    def create() -> None:
        if name in _groups(cluster):
            raise refuse(f"group '{name}' already exists")
        _groups(cluster)[name] = call.params.get("comment", "")

    return under_user_cfg(cluster, "create group", create)


@route("GET", "/access/groups/{groupid}")
def group(cluster: Cluster, call: Call) -> object:
    """One group."""
    name = known_group(cluster, call.args["groupid"])
    return {"comment": _groups(cluster)[name], "members": _members(cluster, name)}


@route("DELETE", "/access/groups/{groupid}", protected=True)
def delete_group(cluster: Cluster, call: Call) -> object:
    """Delete a group with its rights."""
    access, name = gate_of(cluster).access, call.args["groupid"]

    def delete() -> None:
        del access.groups[known_group(cluster, name)]
        for user in access.users.values():
            user.groups.discard(name)
        access.forget(name)

    return under_user_cfg(cluster, "delete group", delete)


def known_group(cluster: Cluster, name: str) -> str:
    """The group's name; raises ApiFault when it does not exist."""
    if name not in _groups(cluster):
        raise refuse(f"group '{name}' does not exist")
    return name


def _groups(cluster: Cluster) -> dict[str, str]:
    return gate_of(cluster).access.groups


def _members(cluster: Cluster, group: str) -> list[str]:
    return sorted(user.userid for user in gate_of(cluster).access.users.values() if group in user.groups)
