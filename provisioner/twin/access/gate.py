"""Authentication, permission checks and filtered views for the twin's calls.

Each cluster has one gate, in `Cluster.attached`; the endpoints for users and rights change its Access.
"""

import hashlib
import hmac
import re
from base64 import b64encode

from provisioner.twin.access import checks
from provisioner.twin.access.access import ROOT, Access, AclLine, ApiToken, User
from provisioner.twin.access.checks import demand, demand_any, forbidden
from provisioner.twin.access.views import VIEWS, owns_task
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.protocol import ApiFault, Call, MethodRules, Route, refuse

ANYBODY = "anybody"
"""The `auth` of a request to a method that needs no login."""
_KEY = "gate"
_TICKET_LIFE_S = 2 * 3600
_TICKET_AHEAD_S = 300
_TOKEN = re.compile(r"PVEAPIToken[= ](?P<id>[^=]+)=(?P<secret>.+)")
_COOKIE = re.compile(r"PVEAuthCookie=(?P<ticket>[^;]*)(;(?P<csrf>.*))?")
_TICKET = re.compile(r"PVE:(?P<user>[^:]+):(?P<at>[0-9A-F]{8})::(?P<signature>.+)")


class AccessGate:
    """Authentication, permission and parameter checks of one cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.access = Access(pool_of=self._pool_of)
        self._ticket_key = hashlib.sha256(f"tickets of {cluster.spec.name} {cluster.spec.seed}".encode()).digest()
        self.access.roles |= cluster.spec.roles
        for token in cluster.spec.tokens:
            self._add_token(token.user, token.name, token.secret, privsep=token.privsep, acl=token.acl)

    def caller(self, auth: str | None) -> str:
        """The user of this header or ticket (see server/pveproxy.py); raises ApiFault 401. None means root@pam."""
        if auth is None:
            return ROOT
        if auth == ANYBODY:
            return ""
        if token := _TOKEN.fullmatch(auth):
            if self.access.authenticate(token["id"], token["secret"], now=self._cluster.events.now):
                return token["id"]
            raise ApiFault(401, "Authentication failed!")
        if cookie := _COOKIE.fullmatch(auth):
            return self._ticket_holder(cookie["ticket"], cookie["csrf"])
        raise ApiFault(401, "No ticket")

    def authorise(self, call: Call, route: Route, rules: MethodRules | None) -> None:
        """Raise ApiFault 403 unless the caller has the rights. `rules` are the schema's; None: the schema has no entry."""
        if call.user == ROOT or rules is None or rules.world:
            return
        if rules.check is not None:
            demand(self.access, call.user, rules.check, {**call.params, **call.args})
        if "{upid}" in route.pattern:
            self._demand_task(call, "Sys.Modify" if route.write else "Sys.Audit")
        elif route.pattern == "/nodes/{node}/tasks":
            call.own_tasks_only = not self.access.may(call.user, f"/nodes/{call.node}", "Sys.Audit")

    def validate(self, call: Call, route: Route, rules: MethodRules | None) -> None:
        """Raise ApiFault 400 for unknown or wrong parameters; then check the rights that depend on their values."""
        if rules is None:
            return
        if errors := rules.errors({**call.params, **call.args}):
            raise ApiFault(400, "Parameter verification failed.", errors)
        self._demand_details(call, route)

    def view(self, call: Call, route: Route, data: object) -> object:
        """The part of an answer that the caller may see."""
        view = VIEWS.get((route.method, route.pattern))
        return data if view is None or call.user == ROOT else view(self.access, self._cluster, call, data)

    def ticket_for(self, userid: str) -> str:
        """A new ticket, valid for two hours."""
        stamp = f"{int(self._cluster.events.now):08X}"
        return f"PVE:{userid}:{stamp}::{self._sign(f'PVE:{userid}:{stamp}')}"

    def csrf_for(self, userid: str) -> str:
        """The CSRF token for a write with a ticket."""
        stamp = f"{int(self._cluster.events.now):08X}"
        return f"{stamp}:{self._sign(f'{stamp}:{userid}')}"

    def holder_of(self, ticket: str) -> str | None:
        """The user of a ticket; None when it is not valid."""
        match = _TICKET.fullmatch(ticket)
        if match is None or not self._fresh(match["at"]):
            return None
        user = self.access.users.get(match["user"])
        signed = self._sign(f"PVE:{match['user']}:{match['at']}")
        valid = user is not None and user.usable(self._cluster.events.now) and hmac.compare_digest(signed, match["signature"])
        return match["user"] if valid else None

    def _ticket_holder(self, ticket: str, csrf: str | None) -> str:
        userid = self.holder_of(ticket)
        if userid is None:
            raise ApiFault(401, "Authentication failed!")
        if csrf is None:
            return userid
        stamp, _, signature = csrf.partition(":")
        if not self._fresh(stamp) or not hmac.compare_digest(self._sign(f"{stamp}:{userid}"), signature):
            raise ApiFault(401, "Permission denied - invalid csrf token")
        return userid

    def _fresh(self, stamp: str) -> bool:
        if not re.fullmatch(r"[0-9A-F]{8}", stamp):
            return False
        age = self._cluster.events.now - int(stamp, 16)
        return -_TICKET_AHEAD_S < age < _TICKET_LIFE_S

    def _sign(self, text: str) -> str:
        return b64encode(hmac.new(self._ticket_key, text.encode(), hashlib.sha256).digest()).decode().rstrip("=")

    def _demand_details(self, call: Call, route: Route) -> None:
        action = route.name
        if action in ("PUT /nodes/{node}/qemu/{vmid}/config", "POST /nodes/{node}/qemu/{vmid}/config"):
            checks.demand_config(self.access, call.user, call.vmid, call.params)
        elif action == "POST /nodes/{node}/qemu/{vmid}/clone":
            self._demand_pool(call)
            self._demand_clone(call)
        elif action == "POST /nodes/{node}/qemu":
            self._demand_create(call)
        elif "{vmid}" in route.pattern:
            checks.demand_root_parameters(call.user, call.params)

    def _demand_task(self, call: Call, privilege: str) -> None:
        parts = call.args["upid"].split(":")
        owner = parts[7] if len(parts) > 7 else call.user
        if not owns_task(call.user, owner):
            demand_any(self.access, call.user, f"/nodes/{call.node}", privilege)

    def _demand_pool(self, call: Call) -> None:
        pool = call.params.get("pool")
        if pool is not None and pool not in self._cluster.pools:
            raise forbidden(f"pool '{pool}' does not exist")

    def _demand_clone(self, call: Call) -> None:
        source = self._cluster.guests.get(call.vmid)
        if call.user == ROOT or source is None:
            return
        config = source.public_config()
        if target := call.params.get("storage"):
            demand_any(self.access, call.user, f"/storage/{target}", "Datastore.AllocateSpace")
        else:
            checks.demand_storages(self.access, call.user, config)
        checks.demand_bridges(self.access, call.user, config)

    def _demand_create(self, call: Call) -> None:
        checks.demand_root_parameters(call.user, call.params)
        pool, vmid = call.params.get("pool"), call.params["vmid"]
        self._demand_pool(call)
        if call.user == ROOT:
            return
        through_pool = pool is not None and self.access.may(call.user, f"/pool/{pool}", "VM.Allocate")
        if not through_pool and not self.access.may(call.user, f"/vms/{vmid}", "VM.Allocate"):
            raise forbidden()
        if "args" in call.params:
            raise refuse("only root can set 'args' config")
        checks.demand_storages(self.access, call.user, call.params)
        checks.demand_bridges(self.access, call.user, call.params)

    def _pool_of(self, path: str) -> str | None:
        vmid = path.removeprefix("/vms/") if path.startswith("/vms/") else ""
        return self._cluster.pool_of.get(int(vmid)) if vmid.isdigit() else None

    def _add_token(self, userid: str, name: str, secret: str, *, privsep: bool, acl: tuple[tuple[str, str], ...]) -> None:
        user = self.access.users.setdefault(userid, User(userid=userid))
        user.tokens[name] = ApiToken(secret=secret, privsep=privsep)
        holders = [("user", userid), ("token", f"{userid}!{name}")] if privsep else [("user", userid)]
        for path, role in acl:
            for kind, holder in holders:
                if holder != ROOT:
                    self.access.grant(AclLine(path=path, kind=kind, holder=holder, role=role))


def gate_of(cluster: Cluster) -> AccessGate:
    """The cluster's gate, created at its first use."""
    if _KEY not in cluster.attached:
        cluster.attached[_KEY] = AccessGate(cluster)
    gate: AccessGate = cluster.attached[_KEY]
    return gate
