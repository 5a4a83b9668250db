"""`/access`: users, their tokens, tickets."""

from provisioner.twin.access.access import LOGIN_FAILED, ROOT, ApiToken, User
from provisioner.twin.access.gate import gate_of
from provisioner.twin.api.endpoints.user_cfg import known_group, names_in, under_user_cfg
from provisioner.twin.api.routes import route
from provisioner.twin.engine.events import Process
from provisioner.twin.model.cluster import Cluster
from provisioner.twin.protocol import ApiFault, Call, PendingAnswer, invalid, refuse

Fields = dict[str, object]

_CAPABILITIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "access": ("/access", ("User.", "Group.", "Permissions.")),
    "dc": ("/", ("Sys.Audit", "Sys.Modify", "SDN.")),
    "mapping": ("/mapping", ("Mapping.", "Permissions.")),
    "nodes": ("/nodes", ("Sys.", "Permissions.")),
    "sdn": ("/sdn", ("SDN.", "Permissions.")),
    "storage": ("/storage", ("Datastore.", "Permissions.")),
    "vms": ("/vms", ("VM.", "Permissions.")),
}
"""Decides which buttons the web interface shows: for each kind the path, and the prefixes of its privileges."""


@route("GET", "/access/ticket")
def ticket_form(_cluster: Cluster, _call: Call) -> object:
    """Empty; exists for clients that try it."""
    return None


@route("POST", "/access/ticket", protected=True)
def ticket(cluster: Cluster, call: Call) -> object:
    """A ticket in exchange for a password or a valid ticket."""
    gate, userid = gate_of(cluster), call.params["username"]
    if "@" not in userid and "realm" in call.params:
        userid = f"{userid}@{call.params['realm']}"
    user = gate.access.users.get(userid)
    password = call.params["password"]
    accepted = user is not None and user.usable(cluster.events.now) and user.password is not None and user.password == password
    if not accepted and gate.holder_of(password) != userid:
        return PendingAnswer(_refuse_login(cluster))
    answer: Fields = {"username": userid, "ticket": gate.ticket_for(userid), "CSRFPreventionToken": gate.csrf_for(userid)}
    if len(cluster.nodes) > 1 and gate.access.may(userid, "/", "Sys.Audit"):
        answer["clustername"] = cluster.spec.name
    return answer | {"cap": _capabilities(cluster, userid)}


@route("GET", "/access")
def index(_cluster: Cluster, _call: Call) -> object:
    """The paths below."""
    return [{"subdir": name} for name in ("users", "groups", "roles", "acl", "domains", "ticket", "permissions")]


@route("GET", "/access/users", protected=True)
def users(cluster: Cluster, call: Call) -> object:
    """The users visible to the caller."""
    access = gate_of(cluster).access
    visible = [
        user for user in access.users.values()
        if call.user in (ROOT, user.userid) or access.may(call.user, "/access/groups", "User.Modify", "Sys.Audit")
    ]  # fmt: skip
    return [_listed(user, full=call.flag("full")) for user in visible]


@route("POST", "/access/users", protected=True)
def create_user(cluster: Cluster, call: Call) -> object:
    """Create a user."""
    users, userid = gate_of(cluster).access.users, call.params["userid"]

    def create() -> None:
        if userid in users:
            raise refuse(f"user '{userid}' already exists")
        users[userid] = User(userid=userid, password=call.params.get("password"), email="")
        _update(cluster, users[userid], call)

    return under_user_cfg(cluster, "create user", create)


@route("GET", "/access/users/{userid}")
def user(cluster: Cluster, call: Call) -> object:
    """One user."""
    user = _user(cluster, call.args["userid"])
    shown = {key: value for key, value in _listed(user, full=False).items() if key not in ("userid", "realm-type")}
    tokens = {name: _token_fields(token) for name, token in user.tokens.items()}
    return shown | {"groups": sorted(user.groups), "tokens": tokens}


@route("PUT", "/access/users/{userid}", protected=True)
def update_user(cluster: Cluster, call: Call) -> object:
    """Change a user."""
    return under_user_cfg(cluster, "update user", lambda: _update(cluster, _user(cluster, call.args["userid"]), call))


@route("DELETE", "/access/users/{userid}", protected=True)
def delete_user(cluster: Cluster, call: Call) -> object:
    """Delete a user with its tokens and rights."""
    access, userid = gate_of(cluster).access, call.args["userid"]

    def delete() -> None:
        _user(cluster, userid)
        del access.users[userid]
        access.forget(userid)

    return under_user_cfg(cluster, "delete user", delete)


@route("GET", "/access/users/{userid}/token")
def tokens(cluster: Cluster, call: Call) -> object:
    """A user's tokens, without their secrets."""
    return [{"tokenid": name, **_token_fields(token)} for name, token in _user(cluster, call.args["userid"]).tokens.items()]


@route("GET", "/access/users/{userid}/token/{tokenid}")
def token(cluster: Cluster, call: Call) -> object:
    """One token, without its secret."""
    return _token_fields(_token(cluster, call))


@route("POST", "/access/users/{userid}/token/{tokenid}", protected=True)
def create_token(cluster: Cluster, call: Call) -> object:
    """Create a token; the only answer that shows its secret."""
    userid, name = call.args["userid"], call.args["tokenid"]
    owner = _user(cluster, userid)
    if name in owner.tokens:
        raise invalid(tokenid="Token already exists.")

    def create() -> object:
        secret = cluster.draws.token(userid, name, "secret", cluster.attempt(userid, name)).hex()
        value = "-".join((secret[:8], secret[8:12], secret[12:16], secret[16:20], secret[20:32]))
        owner.tokens[name] = ApiToken(secret=value)
        info = _update_token(cluster, owner.tokens[name], call)
        return {"full-tokenid": f"{userid}!{name}", "value": value, "info": info}

    return under_user_cfg(cluster, "generating token", create)


@route("PUT", "/access/users/{userid}/token/{tokenid}", protected=True)
def update_token(cluster: Cluster, call: Call) -> object:
    """Change a token's comment, expiry or privilege separation."""
    token = _token(cluster, call)
    return under_user_cfg(cluster, "updating token", lambda: _token_fields(token) | _update_token(cluster, token, call))


@route("DELETE", "/access/users/{userid}/token/{tokenid}", protected=True)
def delete_token(cluster: Cluster, call: Call) -> object:
    """Delete a token with its rights."""
    _token(cluster, call)
    access, userid, name = gate_of(cluster).access, call.args["userid"], call.args["tokenid"]

    def delete() -> None:
        del access.users[userid].tokens[name]
        access.forget(f"{userid}!{name}")

    return under_user_cfg(cluster, "deleting token", delete)


def _refuse_login(cluster: Cluster) -> Process[object]:
    yield cluster.sleep(cluster.spec.api.unauthorised_s)
    raise ApiFault(401, LOGIN_FAILED)


def _update(cluster: Cluster, user: User, call: Call) -> None:
    params = call.params
    groups = names_in(params.get("groups", ""))
    for name in groups:
        known_group(cluster, name)
    if groups or "groups" in params:
        user.groups = {*groups, *(user.groups if call.flag("append") else ())}
    user.comment = params.get("comment", user.comment)
    user.email = params.get("email", user.email)
    user.enabled = call.flag("enable", default=user.enabled)
    user.expire = int(params.get("expire", user.expire))
    gate_of(cluster).access.changed()


def _update_token(cluster: Cluster, token: ApiToken, call: Call) -> Fields:
    token.privsep = call.flag("privsep", default=token.privsep)
    token.expire = int(call.params.get("expire", token.expire))
    token.comment = call.params.get("comment", token.comment)
    gate_of(cluster).access.changed()
    changed: Fields = {name: call.params[name] for name in ("expire", "comment", "privsep") if name in call.params}
    return {"privsep": str(int(token.privsep)), **changed}


def _user(cluster: Cluster, userid: str) -> User:
    user = gate_of(cluster).access.users.get(userid)
    if user is None:
        raise refuse(f"no such user ('{userid}')")
    return user


def _token(cluster: Cluster, call: Call) -> ApiToken:
    userid, name = call.args["userid"], call.args["tokenid"]
    token = _user(cluster, userid).tokens.get(name)
    if token is None:
        raise refuse(f"no such token '{name}' for user '{userid}'")
    return token


def _listed(user: User, *, full: bool) -> Fields:
    fields: Fields = {
        "userid": user.userid, "enable": int(user.enabled), "expire": user.expire, "realm-type": user.userid.rpartition("@")[2],
    }  # fmt: skip
    if user.comment:
        fields["comment"] = user.comment
    if user.email is not None:
        fields["email"] = user.email
    if full:
        fields["groups"] = ",".join(sorted(user.groups))
        fields["tokens"] = [{"tokenid": name, **_token_fields(token)} for name, token in user.tokens.items()]
    return fields


def _token_fields(token: ApiToken) -> Fields:
    fields: Fields = {"privsep": int(token.privsep), "expire": token.expire}
    return fields | ({"comment": token.comment} if token.comment else {})


def _capabilities(cluster: Cluster, userid: str) -> Fields:
    access = gate_of(cluster).access
    return {
        kind: {privilege: 1 for privilege in sorted(access.privileges(userid, path)) if privilege.startswith(prefixes)}
        for kind, (path, prefixes) in _CAPABILITIES.items()
    }
