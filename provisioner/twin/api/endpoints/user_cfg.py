"""Pools (groups of guests, for rights and for people), groups of users, for rights, and every change under the lock of
Proxmox VE's user configuration, user.cfg, where both are kept."""

from collections.abc import Callable

from provisioner.twin.access.gate import gate_of
from provisioner.twin.api.routes import route
from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster, TwinPool
from provisioner.twin.model.locks import Say, quiet
from provisioner.twin.model.tasks import TaskFault
from provisioner.twin.protocol import ApiFault, Call, PendingAnswer, refuse

_HOLD_S = 0.04
"""How long writing user.cfg holds its lock (observed: 45 ms a call, most of it this)."""
_MEMBER_HOLD_S = 0.05
"""How long pool membership holds user.cfg's lock (modelled)."""
Fields = dict[str, object]


def under_user_cfg(cluster: Cluster, doing: str, change: Callable[[], object]) -> PendingAnswer:
    """Change users, rights or pools under their lock. Errors with status 500 read `<doing> failed: …`, as in Proxmox VE."""

    def process() -> Process[object]:
        acquired = yield from cluster.user_cfg.acquire(quiet)
        if not acquired:
            raise refuse(f"{doing} failed: {cluster.user_cfg.timeout_text}")
        try:
            yield cluster.sleep(_HOLD_S)
            return change()
        except ApiFault as fault:
            raise fault if fault.status != 500 else refuse(f"{doing} failed: {fault.reason}") from None
        finally:
            cluster.user_cfg.release()

    return PendingAnswer(process())


def change_members(cluster: Cluster, change: Callable[[], None], *, say: Say) -> Process[None]:
    """Change a pool's members in a task, under user.cfg's lock. Raises TaskFault on a lock time-out, and without quorum."""
    acquired = yield from cluster.user_cfg.acquire(say)
    if not acquired:
        raise TaskFault(cluster.user_cfg.timeout_text)
    try:
        yield cluster.sleep(_MEMBER_HOLD_S)
        if not cluster.quorate:
            raise TaskFault("unable to open file '/etc/pve/user.cfg.tmp.1' - Permission denied")
        change()
    finally:
        cluster.user_cfg.release()


def names_in(text: str) -> list[str]:
    """The names in a list parameter."""
    for separator in ";\0, ":
        text = text.replace(separator, ",")
    return [name for name in text.split(",") if name]


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
        cluster.pools[name] = TwinPool(comment=call.params.get("comment", ""))

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


def _pool(cluster: Cluster, name: str) -> TwinPool:
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


def _comment(pool: TwinPool) -> Fields:
    return {"comment": pool.comment} if pool.comment else {}
