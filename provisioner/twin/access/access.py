"""The twin's users, tokens, roles and access control lists, evaluated as Proxmox VE does. The built-in roles and privileges
are those of a fresh installation of Proxmox VE 9.

Knows no request and no route: `checks.py` applies the rights to calls.
"""

import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

ROOT = "root@pam"
"""May do everything. Its tokens may not."""
LOGIN_FAILED = "authentication failure"
"""The only 401 with a body: a method raises it, not the check before the method."""
Privileges = dict[str, bool]
"""Each privilege, and whether it propagates to paths below."""
_TOP_PATHS = ("/", "/access", "/access/groups", "/mapping", "/nodes", "/pool", "/sdn", "/storage", "/vms")
_VM_CONFIG = "VM.Config.CDROM VM.Config.CPU VM.Config.Cloudinit VM.Config.Disk VM.Config.HWType VM.Config.Memory " + (
    "VM.Config.Network VM.Config.Options"
)
_AGENT = "VM.GuestAgent.Audit VM.GuestAgent.FileRead VM.GuestAgent.FileSystemMgmt VM.GuestAgent.FileWrite"
_VM_ADMIN = (
    f"VM.Allocate VM.Audit VM.Backup VM.Clone {_VM_CONFIG} VM.Console {_AGENT} VM.GuestAgent.Unrestricted "
    "VM.Migrate VM.PowerMgmt VM.Replicate VM.Snapshot VM.Snapshot.Rollback"
)
_DATASTORE_ADMIN = "Datastore.Allocate Datastore.AllocateSpace Datastore.AllocateTemplate Datastore.Audit"
_SDN_ADMIN = "SDN.Allocate SDN.Audit SDN.Use"
_USER_ADMIN = "Group.Allocate Realm.AllocateUser User.Modify"
_POOL_ADMIN = "Pool.Allocate Pool.Audit"
_SYS_ADMIN = "Sys.Audit Sys.Console Sys.Syslog"
_ADMIN = f"{_DATASTORE_ADMIN} {_USER_ADMIN} Mapping.Audit Mapping.Use {_POOL_ADMIN} {_SDN_ADMIN} {_SYS_ADMIN} {_VM_ADMIN}"
_ROOT_ONLY = "Mapping.Modify Permissions.Modify Realm.Allocate Sys.AccessNetwork Sys.Incoming Sys.Modify Sys.PowerMgmt"

BUILTIN_ROLES: dict[str, frozenset[str]] = {
    role: frozenset(privileges.split())
    for role, privileges in {
        "Administrator": f"{_ADMIN} {_ROOT_ONLY}",
        "NoAccess": "",
        "PVEAdmin": _ADMIN,
        "PVEAuditor": "Datastore.Audit Mapping.Audit Pool.Audit SDN.Audit Sys.Audit VM.Audit VM.GuestAgent.Audit",
        "PVEDatastoreAdmin": _DATASTORE_ADMIN,
        "PVEDatastoreUser": "Datastore.AllocateSpace Datastore.Audit",
        "PVEMappingAdmin": "Mapping.Audit Mapping.Modify Mapping.Use",
        "PVEMappingUser": "Mapping.Audit Mapping.Use",
        "PVEPoolAdmin": _POOL_ADMIN,
        "PVEPoolUser": "Pool.Audit",
        "PVESDNAdmin": _SDN_ADMIN,
        "PVESDNUser": "SDN.Audit SDN.Use",
        "PVESysAdmin": _SYS_ADMIN,
        "PVETemplateUser": "VM.Audit VM.Clone",
        "PVEUserAdmin": _USER_ADMIN,
        "PVEVMAdmin": _VM_ADMIN,
        "PVEVMUser": f"VM.Audit VM.Backup VM.Config.CDROM VM.Config.Cloudinit VM.Console {_AGENT} VM.PowerMgmt",
    }.items()
}

PRIVILEGES = BUILTIN_ROLES["Administrator"]
"""All privileges: a role with any other is refused (`VM.Monitor` was removed in version 9)."""


@dataclass(slots=True, kw_only=True)
class ApiToken:
    """A token of a user. Its repr hides the secret."""

    secret: str = field(repr=False)
    privsep: bool = True
    """True: the token only has its own rights, and never more than its user."""
    expire: int = 0
    """Seconds since the epoch; 0: never."""
    comment: str = ""


@dataclass(slots=True, kw_only=True)
class User:
    """A user of any realm."""

    userid: str
    password: str | None = field(default=None, repr=False)
    enabled: bool = True
    expire: int = 0
    comment: str = ""
    email: str | None = None
    groups: set[str] = field(default_factory=set)
    tokens: dict[str, ApiToken] = field(default_factory=dict)

    def usable(self, now: float) -> bool:
        """Whether the user may log in."""
        return self.enabled and (self.expire == 0 or self.expire > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class AclLine:
    """One line of the access control list."""

    path: str
    kind: str
    """`user`, `token` or `group`."""
    holder: str
    role: str
    propagate: bool = True


class Access:
    """The users and their rights. `pool_of` returns the pool of a `/vms/N` or `/storage/X` path."""

    def __init__(self, pool_of: Callable[[str], str | None] = lambda _path: None) -> None:
        self.users: dict[str, User] = {ROOT: User(userid=ROOT)}
        self.groups: dict[str, str] = {}
        self.roles: dict[str, frozenset[str]] = dict(BUILTIN_ROLES)
        self._grants: dict[tuple[str, str, str], dict[str, bool]] = {}
        self._pool_of = pool_of
        self._cache: dict[tuple[str, str, str | None], Privileges] = {}

    def authenticate(self, tokenid: str, secret: str, *, now: float) -> bool:
        """Whether `user@realm!token` exists, is valid now, and has this secret."""
        userid, _, name = tokenid.partition("!")
        user = self.users.get(userid)
        token = user.tokens.get(name) if user else None
        if user is None or token is None or not user.usable(now):
            return False
        valid = token.expire == 0 or token.expire > now
        return valid and hmac.compare_digest(token.secret.encode(), secret.encode())

    def privileges(self, who: str, path: str) -> Privileges:
        """The privileges of `user@realm` or `user@realm!token` on a path."""
        userid, _, name = who.partition("!")
        token = self._token(userid, name)
        if userid == ROOT and (not name or (token and not token.privsep)):
            return dict.fromkeys(self.roles["Administrator"], True)
        if name and token is None:  # deleted
            return {}
        who = who if token and token.privsep else userid  # without privilege separation a token has its user's rights
        pool = self._pool_of(path)
        key = (who, path, pool)
        if key not in self._cache:
            self._cache[key] = self._evaluate(who, path, pool)
        return self._cache[key]

    def may(self, who: str, path: str, *privileges: str) -> bool:
        """Whether `who` has at least one of these privileges on the path."""
        held = self.privileges(who, path)
        return any(privilege in held for privilege in privileges)

    def effective(self, who: str, *, also: Iterable[str] = ()) -> dict[str, Privileges]:
        """Every path with privileges; `also` are paths to check in addition to those in the access control list."""
        paths = {*_TOP_PATHS, *(path for path, _, _ in self._grants), *also}
        return {path: held for path in sorted(paths) if (held := self.privileges(who, path))}

    def grant(self, grant: AclLine) -> None:
        """Add a line to the access control list."""
        self._grants.setdefault((grant.path, grant.kind, grant.holder), {})[grant.role] = grant.propagate
        self.changed()

    def revoke(self, grant: AclLine) -> None:
        """Remove a line; a missing line is not an error."""
        roles = self._grants.get((grant.path, grant.kind, grant.holder), {})
        roles.pop(grant.role, None)
        if not roles:
            self._grants.pop((grant.path, grant.kind, grant.holder), None)
        self.changed()

    def grants(self) -> Iterator[AclLine]:
        """All lines of the access control list."""
        for (path, kind, holder), roles in sorted(self._grants.items()):
            for role, propagate in sorted(roles.items()):
                yield AclLine(path=path, kind=kind, holder=holder, role=role, propagate=propagate)

    def forget(self, holder: str) -> None:
        """Remove all lines of a deleted user (and its tokens), token or group."""
        gone = [key for key in self._grants if key[2] == holder or key[2].startswith(f"{holder}!")]
        for key in gone:
            del self._grants[key]
        self.changed()

    def changed(self) -> None:
        """Drop cached rights, after a change to users, groups, tokens or roles."""
        self._cache.clear()

    def _token(self, userid: str, token: str) -> ApiToken | None:
        user = self.users.get(userid)
        return user.tokens.get(token) if user and token else None

    def _evaluate(self, who: str, path: str, pool: str | None) -> Privileges:
        roles = self._roles(who, path)
        if pool is not None and "NoAccess" not in roles:
            # Rights on a guest through its pool never propagate.
            roles = {**dict.fromkeys(self._roles(who, f"/pool/{pool}"), False), **roles}
        held: Privileges = {}
        for role, propagate in roles.items():
            for privilege in self.roles.get(role, ()):
                held[privilege] = held.get(privilege, False) or propagate
        userid, _, token = who.partition("!")
        if not token or userid == ROOT:
            return held
        of_user = self.privileges(userid, path)  # a token never has more rights than its user
        return {privilege: reach and of_user[privilege] for privilege, reach in held.items() if privilege in of_user}

    def _roles(self, who: str, path: str) -> dict[str, bool]:
        """Only the deepest path with a line for the holder counts; a user's own line overrides its groups' lines."""
        roles: dict[str, bool] = {}
        for at in _prefixes(path):
            lines = self._lines(who, at, final=at == path)
            if lines:
                roles = {"NoAccess": lines["NoAccess"]} if "NoAccess" in lines else lines
        return roles

    def _lines(self, who: str, path: str, *, final: bool) -> dict[str, bool]:
        if "!" in who:
            return _propagating(self._grants.get((path, "token", who), {}), final=final)
        own = _propagating(self._grants.get((path, "user", who), {}), final=final)
        if own or who not in self.users:
            return own
        through: dict[str, bool] = {}
        for group in sorted(self.users[who].groups):
            through |= _propagating(self._grants.get((path, "group", group), {}), final=final)
        return through


def _prefixes(path: str) -> Iterator[str]:
    yield "/"
    parts = [part for part in path.split("/") if part]
    for length in range(1, len(parts) + 1):
        yield "/" + "/".join(parts[:length])


def _propagating(roles: dict[str, bool], *, final: bool) -> dict[str, bool]:
    return {role: propagate for role, propagate in roles.items() if final or propagate}
