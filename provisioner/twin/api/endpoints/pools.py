"""Pools: groups of guests, for rights and for people."""

from provisioner.twin.api.endpoints.user_cfg import names_in, under_user_cfg
from provisioner.twin.api.routes import route
from provisioner.twin.model.cluster import Cluster, Pool
from provisioner.twin.protocol import Call, refuse

Fields = dict[str, object]


@route("GET", "/pools")
def pools(cluster: Cluster, call: Call) -> object:
    """All pools, or one pool with its members."""
    if "poolid" in call.params:
        name = call.params["poolid"]
        return [{"poolid": name, **_with_members(cluster, name, call.params.get("type"))}]
    return [{"poolid": name, **_comment(pool)} for name, pool in sorted(cluster.pools.items())]


@route("GET", "/pools/{poolid}")
def pool(cluster: Cluster, call: Call) -> object:
    """One pool with its members (the older path)."""
    name = call.args["poolid"]
    return {"poolid": name, **_with_members(cluster, name, call.params.get("type"))}


@route("POST", "/pools", protected=True)
def create_pool(cluster: Cluster, call: Call) -> object:
    """Create a pool."""
    name = call.params["poolid"]

    def create() -> None:
        if name in cluster.pools:
            raise refuse(f"pool '{name}' already exists")
        parent = name.rpartition("/")[0]
        if parent and parent not in cluster.pools:
            raise refuse(f"parent '{parent}' of pool '{name}' does not exist")
        cluster.pools[name] = Pool(comment=call.params.get("comment", ""))

    return under_user_cfg(cluster, "create pool", create)


@route("PUT", "/pools", protected=True)
def update_pools(cluster: Cluster, call: Call) -> object:
    """Change a pool's comment and members."""
    return under_user_cfg(cluster, "update pools", lambda: _update(cluster, call.params["poolid"], call))


@route("PUT", "/pools/{poolid}", protected=True)
def update_pool(cluster: Cluster, call: Call) -> object:
    """Change a pool's comment and members (the older path)."""
    return under_user_cfg(cluster, "update pools", lambda: _update(cluster, call.args["poolid"], call))


@route("DELETE", "/pools", protected=True)
def delete_pools(cluster: Cluster, call: Call) -> object:
    """Delete an empty pool."""
    return under_user_cfg(cluster, "delete pool", lambda: _delete(cluster, call.params["poolid"]))


@route("DELETE", "/pools/{poolid}", protected=True)
def delete_pool(cluster: Cluster, call: Call) -> object:
    """Delete an empty pool (the older path)."""
    return under_user_cfg(cluster, "delete pool", lambda: _delete(cluster, call.args["poolid"]))


def _update(cluster: Cluster, name: str, call: Call) -> None:
    pool = _pool(cluster, name)
    vmids = [int(vmid) for vmid in names_in(call.params.get("vms", ""))]
    for vmid in vmids:
        _check_member(cluster, name, vmid, call)
    pool.comment = call.params.get("comment", pool.comment)
    for vmid in vmids:
        if call.flag("delete"):
            cluster.take_from_pool(vmid)
        else:
            cluster.put_in_pool(vmid, name)


def _check_member(cluster: Cluster, name: str, vmid: int, call: Call) -> None:
    now_in = cluster.pool_of.get(vmid)
    if call.flag("delete"):
        if now_in != name:
            raise refuse(f"VM {vmid} is not a pool member")
    elif now_in is not None and now_in != name and not call.flag("allow-move"):
        raise refuse(f"VM {vmid} belongs already to pool '{now_in}' and 'allow-move' is not set")


def _delete(cluster: Cluster, name: str) -> None:
    pool = _pool(cluster, name)
    if pool.members:
        raise refuse(f"pool '{name}' is not empty (contains VM {min(pool.members)})")
    del cluster.pools[name]


def _pool(cluster: Cluster, name: str) -> Pool:
    if name not in cluster.pools:
        raise refuse(f"pool '{name}' does not exist")
    return cluster.pools[name]


def _with_members(cluster: Cluster, name: str, kind: str | None) -> Fields:
    pool = _pool(cluster, name)
    members = (
        []
        if kind in ("lxc", "storage")
        else [_member(cluster, vmid) for vmid in sorted(pool.members) if vmid in cluster.guests]
    )
    return {**_comment(pool), "members": members}


def _member(cluster: Cluster, vmid: int) -> Fields:
    guest = cluster.guests[vmid]
    node = cluster.nodes[guest.node]
    fields, _ = guest.listed(node.last_pass(), forgotten=node.forgotten, pool=cluster.pool_of.get(vmid))
    return {key: value for key, value in fields.items() if key != "pool"}


def _comment(pool: Pool) -> Fields:
    return {"comment": pool.comment} if pool.comment else {}
