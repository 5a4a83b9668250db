"""`/access`: roles, the access control list, realms, and the caller's permissions."""

import re

from provisioner.twin.access.access import BUILTIN_ROLES, PRIVILEGES, ROOT, Access, AclLine
from provisioner.twin.access.checks import forbidden
from provisioner.twin.access.gate import gate_of
from provisioner.twin.api.endpoints.user_cfg import names_in, under_user_cfg
from provisioner.twin.api.routes import route
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.protocol import Call, invalid, refuse

_ACL_PATH = re.compile(
    r"/|/access(/groups(/[^/]+)?|/realm(/[^/]+)?)?|/mapping(/[^/]+){0,2}|/nodes(/[^/]+)?|/pool(/[^/]+){0,3}"
    r"|/sdn(/.+)?|/storage(/[^/]+)?|/vms(/\d+)?"
)


@route("GET", "/access/roles")
def roles(cluster: Cluster, _call: Call) -> object:
    """All roles."""
    return [
        {"roleid": name, "privs": ",".join(sorted(privileges)), "special": int(name in BUILTIN_ROLES)}
        for name, privileges in sorted(gate_of(cluster).access.roles.items())
    ]


@route("GET", "/access/roles/{roleid}")
def role(cluster: Cluster, call: Call) -> object:
    """One role's privileges."""
    held = gate_of(cluster).access.roles[_known(cluster, call.args["roleid"])]
    return {privilege: 1 for privilege in PRIVILEGES if privilege in held}


@route("POST", "/access/roles", protected=True)
def create_role(cluster: Cluster, call: Call) -> object:
    """Create a role."""
    access, name = gate_of(cluster).access, call.params["roleid"]

    def create() -> None:
        if name in access.roles:
            raise refuse(f"role '{name}' already exists")
        access.roles[name] = frozenset(names_in(call.params.get("privs", "")))
        access.changed()

    return under_user_cfg(cluster, "create role", create)


@route("PUT", "/access/roles/{roleid}", protected=True)
def update_role(cluster: Cluster, call: Call) -> object:
    """Set a role's privileges, or add to them."""
    access, name = gate_of(cluster).access, call.args["roleid"]

    def update() -> None:
        _own(cluster, name)
        before = access.roles[name] if call.flag("append") else frozenset()
        access.roles[name] = before | frozenset(names_in(call.params.get("privs", "")))
        access.changed()

    return under_user_cfg(cluster, "update role", update)


@route("DELETE", "/access/roles/{roleid}", protected=True)
def delete_role(cluster: Cluster, call: Call) -> object:
    """Delete a role."""
    access, name = gate_of(cluster).access, call.args["roleid"]

    def delete() -> None:
        _own(cluster, name)
        del access.roles[name]
        access.changed()

    return under_user_cfg(cluster, "delete role", delete)


@route("GET", "/access/acl")
def acl(cluster: Cluster, call: Call) -> object:
    """The lines the caller may change."""
    access = gate_of(cluster).access
    return [
        {"path": line.path, "type": line.kind, "ugid": line.holder, "roleid": line.role, "propagate": int(line.propagate)}
        for line in access.grants()
        if call.user == ROOT or access.may(call.user, line.path, "Permissions.Modify")
    ]


@route("PUT", "/access/acl", protected=True)
def change_acl(cluster: Cluster, call: Call) -> object:
    """Add or remove lines."""
    access, path = gate_of(cluster).access, call.params["path"].rstrip("/") or "/"
    if not _ACL_PATH.fullmatch(path):
        raise invalid(path=f"invalid ACL path '{call.params['path']}'")

    def change() -> None:
        lines = list(_lines(access, call, path))
        _demand_superset(access, call, path)
        for line in lines:
            access.revoke(line) if call.flag("delete") else access.grant(line)

    return under_user_cfg(cluster, "ACL update", change)


@route("GET", "/access/permissions")
def permissions(cluster: Cluster, call: Call) -> object:
    """The privileges of the caller, or of `userid`, on each path."""
    access = gate_of(cluster).access
    who = call.params.get("userid", call.user)
    of_own_token = who.startswith(f"{call.user}!")
    if who != call.user and not of_own_token and call.user != ROOT and not access.may(call.user, "/access", "Sys.Audit"):
        raise forbidden("/access, Sys.Audit")
    if path := call.params.get("path"):
        held = access.privileges(who, path)
        return {path: _reach(held)} if held else {}
    pools = [f"/pool/{name}" for name in cluster.pools] + [f"/vms/{vmid}" for vmid in cluster.pool_of]
    return {path: _reach(held) for path, held in access.effective(who, also=pools).items()}


@route("GET", "/access/domains")
def domains(_cluster: Cluster, _call: Call) -> object:
    """The realms."""
    return [
        {"realm": "pam", "type": "pam", "comment": "Linux PAM standard authentication"},
        {"realm": "pve", "type": "pve", "comment": "Proxmox VE authentication server"},
    ]


def _lines(access: Access, call: Call, path: str) -> list[AclLine]:
    """The lines in a call; raises ApiFault when a role or holder does not exist."""
    lines = []
    roles = names_in(call.params["roles"])
    for name in roles:
        if name not in access.roles:
            raise refuse(f"role '{name}' does not exist")
    for kind, known in (("user", access.users), ("group", access.groups), ("token", None)):
        for holder in names_in(call.params.get(f"{kind}s", "")):
            if known is not None and holder not in known:
                raise refuse(f"{kind} '{holder}' does not exist")
            if known is None:
                _demand_token(access, holder)
            lines += [
                AclLine(path=path, kind=kind, holder=holder, role=name, propagate=call.flag("propagate", default=True))
                for name in roles
            ]
    return lines


def _demand_superset(access: Access, call: Call, path: str) -> None:
    """VM.Allocate and similar privileges only let a caller grant what it has on the path itself (API2/ACL.pm of 9.1.1)."""
    held = access.privileges(call.user, path)
    if call.user == ROOT or "Permissions.Modify" in held:
        return
    adds, propagates = not call.flag("delete"), call.flag("propagate", default=True)
    for name in names_in(call.params["roles"]):
        what = f"Cannot {'add' if adds else 'remove'} role '{name}'"
        if name == "NoAccess":
            raise invalid(role=f"{what} - requires 'Permissions.Modify'")
        if access.roles[name] - held.keys():
            raise invalid(role=f"{what} - requires 'Permissions.Modify' or superset of privileges.")
        if adds and propagates and not all(held[privilege] for privilege in access.roles[name]):
            raise invalid(role=f"{what} with propagation - requires 'Permissions.Modify' or propagated superset of privileges.")


def _demand_token(access: Access, holder: str) -> None:
    userid, _, name = holder.partition("!")
    if userid not in access.users or name not in access.users[userid].tokens:
        raise refuse(f"no such token '{name}' for user '{userid}'")


def _known(cluster: Cluster, name: str) -> str:
    if name not in gate_of(cluster).access.roles:
        raise refuse(f"role '{name}' does not exist")
    return name


def _own(cluster: Cluster, name: str) -> None:
    if _known(cluster, name) in BUILTIN_ROLES:
        raise refuse(f"auto-generated role '{name}' cannot be modified")


def _reach(held: dict[str, bool]) -> dict[str, int]:
    return {privilege: int(reach) for privilege, reach in held.items()}
