"""Applies Proxmox VE's permission expressions to one call, with its own error texts."""

from collections.abc import Mapping
from typing import Any

from provisioner.twin.access.access import ROOT, Access
from provisioner.twin.protocol import ApiFault

_FORBIDDEN = "Permission check failed"


def forbidden(what: str = "") -> ApiFault:
    """Status 403; `what` is missing, in brackets where Proxmox VE names it."""
    return ApiFault(403, f"{_FORBIDDEN} ({what})" if what else _FORBIDDEN)


def demand_any(access: Access, who: str, path: str, *privileges: str) -> None:
    """Raise ApiFault unless the caller has one of the privileges on the path."""
    if not access.may(who, path, *privileges):
        raise forbidden(f"{path}, {'|'.join(privileges)}")


def demand_all(access: Access, who: str, path: str, *privileges: str) -> None:
    """Raise ApiFault unless the caller has all the privileges; it names the first missing privilege."""
    for privilege in privileges:
        demand_any(access, who, path, privilege)


def demand(access: Access, who: str, expression: list[Any], params: Mapping[str, str]) -> None:
    """Raise ApiFault unless a method's permission expression allows the call. root@pam may always."""
    if who == ROOT:
        return
    kind, *rest = expression
    match kind:
        case "and":
            for part in rest:
                demand(access, who, part, params)
        case "or":
            if not any(_holds(access, who, part, params) for part in rest):
                raise forbidden()
        case "perm":
            _demand_perm(access, who, rest, params)
        case "perm-modify":
            _demand_modify(access, who, params.get("path", ""))
        case "userid-param":
            _demand_user(access, who, rest[0], params)
        case "userid-group":
            demand_any(access, who, "/access/groups", *rest[0])
        case _:
            raise ValueError(f"unknown permission check {kind!r}")


def _holds(access: Access, who: str, expression: list[Any], params: Mapping[str, str]) -> bool:
    try:
        demand(access, who, expression, params)
    except ApiFault:
        return False
    return True


def _demand_perm(access: Access, who: str, rest: list[Any], params: Mapping[str, str]) -> None:
    template, privileges, *options = rest
    option = dict(zip(options[::2], options[1::2], strict=False))
    required = option.get("require_param")
    if required and required not in params:
        raise forbidden()
    path = template
    for name, value in params.items():
        path = path.replace(f"{{{name}}}", value)
    if option.get("any"):
        demand_any(access, who, path, *privileges)
    else:
        demand_all(access, who, path, *privileges)


def _demand_modify(access: Access, who: str, path: str) -> None:
    owning = {"/storage/": "Datastore.Allocate", "/vms/": "VM.Allocate", "/pool/": "Pool.Allocate"}
    own = next((privilege for start, privilege in owning.items() if path.startswith(start)), None)
    demand_any(access, who, path or "/access", "Permissions.Modify", *([own] if own else []))


def _demand_user(access: Access, who: str, test: str, params: Mapping[str, str]) -> None:
    userid = params.get("userid", "")
    if test == "self":
        if who != userid:
            raise forbidden()
        return
    demand_any(access, who, f"/access/realm/{userid.rpartition('@')[2]}", test)
