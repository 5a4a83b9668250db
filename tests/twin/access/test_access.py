"""Rights are evaluated as Proxmox VE does: the deepest path decides, pools hand rights down, tokens never exceed their user."""

import pytest

from provisioner.twin.access.access import BUILTIN_ROLES, PRIVILEGES, Access, AclLine, ApiToken, User
from provisioner.twin.access.checks import demand, demand_bridges, demand_config, demand_root_parameters, demand_storages
from provisioner.twin.protocol import ApiFault

TOKEN = "robot@pve!tk"
SERVICE_ROLE = frozenset({"VM.Allocate", "VM.Audit", "VM.Clone", "VM.Config.Options", "VM.PowerMgmt"})


def an_access(*grants, privsep=False, pools=None):
    """A robot with a token; grants as (path, holder, role) or (path, holder, role, propagate)."""
    pools = pools or {}
    access = Access(pool_of=pools.get)
    access.users["robot@pve"] = User(userid="robot@pve", tokens={"tk": ApiToken(secret="s", privsep=privsep)})
    access.users["robot@pve"].groups = {"staff"}
    access.roles["SvcRole"] = SERVICE_ROLE
    for path, holder, role, *propagate in grants:
        kind = "token" if "!" in holder else "user" if "@" in holder else "group"
        access.grant(AclLine(path=path, kind=kind, holder=holder, role=role, propagate=not propagate or propagate[0]))
    return access


@pytest.mark.parametrize(
    ("grants", "privsep", "path", "privilege", "held"),
    [
        pytest.param([], False, "/vms/1", "VM.Audit", False, id="nothing given, nothing held"),
        pytest.param([("/", "robot@pve", "PVEAuditor")], False, "/vms/1", "VM.Audit", True, id="reaches down from the root"),
        pytest.param(
            [("/vms", "robot@pve", "PVEVMAdmin", False)], False, "/vms/1", "VM.Audit", False, id="not propagated stays there"
        ),
        pytest.param(
            [("/", "robot@pve", "PVEVMAdmin"), ("/vms/1", "robot@pve", "PVEAuditor")], False, "/vms/1", "VM.Clone", False,
            id="the deepest path decides alone",
        ),
        pytest.param(
            [("/vms", "robot@pve", "PVEVMAdmin"), ("/vms/1", "robot@pve", "NoAccess")], False, "/vms/1", "VM.Audit", False,
            id="NoAccess takes all away",
        ),
        pytest.param([("/vms", "staff", "PVEVMAdmin")], False, "/vms/1", "VM.Clone", True, id="through a group"),
        pytest.param(
            [("/vms", "staff", "PVEVMAdmin"), ("/vms", "robot@pve", "PVEAuditor")], False, "/vms/1", "VM.Clone", False,
            id="a user's own line beats its group's",
        ),
        pytest.param([("/vms", "robot@pve", "PVEVMAdmin")], True, "/vms/1", "VM.Audit", False, id="privsep: own line needed"),
        pytest.param(
            [("/vms", "robot@pve", "PVEVMAdmin"), ("/", TOKEN, "PVEAuditor")], True, "/vms/1", "VM.Audit", True,
            id="privsep: the intersection of both",
        ),
        pytest.param(
            [("/vms", "robot@pve", "PVEVMAdmin"), ("/", TOKEN, "PVEAuditor")], True, "/vms/1", "VM.Clone", False,
            id="privsep: never more than its own",
        ),
        pytest.param([("/", TOKEN, "Administrator")], True, "/", "Sys.Audit", False, id="privsep: never more than its user"),
    ],
)  # fmt: skip
def test_privileges(grants, privsep, path, privilege, held):
    access = an_access(*grants, privsep=privsep)

    assert access.may(TOKEN, path, privilege) is held


def test_a_pools_rights_reach_its_members_but_no_further():
    access = an_access(("/pool/stage", "robot@pve", "SvcRole"), pools={"/vms/400": "stage"})

    assert access.privileges(TOKEN, "/vms/400") == dict.fromkeys(SERVICE_ROLE, False)
    assert access.privileges(TOKEN, "/vms/401") == {}


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        pytest.param({}, True, id="in force"),
        pytest.param({"secret": "other"}, False, id="wrong secret"),
        pytest.param({"expire": 999}, False, id="expired"),
        pytest.param({"expire": 1001}, True, id="not expired yet"),
        pytest.param({"user_enabled": False}, False, id="its user is disabled"),
        pytest.param({"user_expire": 999}, False, id="its user has expired"),
        pytest.param({"token": "none"}, False, id="no such token"),
        pytest.param({"user": "nobody@pve"}, False, id="no such user"),
    ],
)
def test_authenticate(change, accepted):
    access = an_access()
    user = access.users["robot@pve"]
    user.enabled, user.expire = change.get("user_enabled", True), change.get("user_expire", 0)
    user.tokens["tk"].expire = change.get("expire", 0)
    tokenid = f"{change.get('user', 'robot@pve')}!{change.get('token', 'tk')}"

    assert access.authenticate(tokenid, change.get("secret", "s"), now=1000) is accepted


CLONE_INTO_POOL = ["perm", "/pool/{pool}", ["VM.Allocate"], "require_param", "pool"]
CLONE = ["and", ["perm", "/vms/{vmid}", ["VM.Clone"]], ["or", ["perm", "/vms/{newid}", ["VM.Allocate"]], CLONE_INTO_POOL]]
ON_TEMPLATE = ("/vms/9000", "robot@pve", "PVETemplateUser")
ON_POOL = ("/pool/stage", "robot@pve", "SvcRole")


@pytest.mark.parametrize(
    ("grants", "params", "refusal"),
    [
        pytest.param([], {}, "Permission check failed (/vms/9000, VM.Clone)", id="no right at all"),
        pytest.param([ON_TEMPLATE], {}, "Permission check failed", id="an or-check names nothing"),
        pytest.param([ON_TEMPLATE, ON_POOL], {}, "Permission check failed", id="the pool must be named in the call"),
        pytest.param([ON_TEMPLATE, ON_POOL], {"pool": "stage"}, None, id="allowed through the pool"),
        pytest.param([("/vms", "robot@pve", "PVEVMAdmin")], {}, None, id="allowed on the new VM"),
    ],
)  # fmt: skip
def test_the_clone_check(grants, params, refusal):
    access = an_access(*grants)

    assert refusal_of(lambda: demand(access, TOKEN, CLONE, {"vmid": "9000", "newid": "400", **params})) == refusal


@pytest.mark.parametrize(
    ("who", "path", "role", "refusal"),
    [
        pytest.param(
            TOKEN, "/vms", "PVEVMAdmin", "Permission check failed (/vms, Permissions.Modify)", id="not on the root of VMs"
        ),
        pytest.param(TOKEN, "/vms/5", "PVEVMAdmin", None, id="who may allocate a VM may hand it on"),
        pytest.param(
            TOKEN,
            "/pool/p",
            "PVEVMAdmin",
            "Permission check failed (/pool/p, Permissions.Modify|Pool.Allocate)",
            id="nor on a pool",
        ),
        pytest.param("root@pam", "/", "NoAccess", None, id="root@pam everywhere"),
    ],
)
def test_who_may_change_rights(who, path, role, refusal):
    access = an_access(("/vms", "robot@pve", role))

    assert refusal_of(lambda: demand(access, who, ["perm-modify", "{path}"], {"path": path})) == refusal


@pytest.mark.parametrize(
    ("who", "expression", "refusal"),
    [
        pytest.param("robot@pve", ["userid-param", "self"], None, id="oneself"),
        pytest.param(TOKEN, ["userid-param", "self"], "Permission check failed", id="a token is not its user"),
        pytest.param(
            TOKEN, ["userid-param", "Realm.AllocateUser"], "Permission check failed (/access/realm/pve, Realm.AllocateUser)",
            id="users of a realm",
        ),
        pytest.param(
            TOKEN, ["userid-group", ["User.Modify"]], "Permission check failed (/access/groups, User.Modify)", id="their groups"
        ),
        pytest.param(
            TOKEN, ["perm", "/vms/{vmid}", ["VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted"], "any", 1],
            "Permission check failed (/vms/7, VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted)", id="one of two",
        ),
    ],
)  # fmt: skip
def test_other_checks(who, expression, refusal):
    access = an_access()

    assert refusal_of(lambda: demand(access, who, expression, {"userid": "robot@pve", "vmid": "7"})) == refusal


ROOT_ONLY = "Parameter verification failed. {'skiplock': 'Only root may use this option.'}"


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        pytest.param({"description": "x", "tags": "a", "onboot": "0"}, None, id="general options"),
        pytest.param({"memory": "512"}, "Permission check failed (/vms/400, VM.Config.Memory)", id="memory"),
        pytest.param({"cores": "2"}, "Permission check failed (/vms/400, VM.Config.CPU)", id="cores"),
        pytest.param(
            {"ipconfig0": "ip=dhcp"}, "Permission check failed (/vms/400, VM.Config.Cloudinit|VM.Config.Network)", id="ipconfig"
        ),
        pytest.param({"net0": "virtio"}, "Permission check failed (/vms/400, VM.Config.Network)", id="network card"),
        pytest.param({"scsi1": "pool:1"}, "Permission check failed (/vms/400, VM.Config.Disk)", id="disk"),
        pytest.param({"ide2": "none,media=cdrom"}, "Permission check failed (/vms/400, VM.Config.CDROM)", id="CD drive"),
        pytest.param(
            {"delete": "tags,memory"}, "Permission check failed (/vms/400, VM.Config.Memory)", id="a deleted option counts"
        ),
        pytest.param({"args": "-S"}, "only root can set 'args' config", id="args is root@pam's"),
        pytest.param({"skiplock": "1"}, ROOT_ONLY, id="skiplock is root@pam's"),
    ],
)
def test_config_asks_for_a_right_a_group_of_options(params, refusal):
    access = an_access(("/vms", "robot@pve", "SvcRole"))

    assert refusal_of(lambda: demand_config(access, TOKEN, 400, params)) == refusal


def test_a_token_of_root_is_not_root():
    access = Access()
    access.users["root@pam"].tokens["full"] = ApiToken(secret="s", privsep=False)

    assert refusal_of(lambda: demand_config(access, "root@pam!full", 1, {"memory": "512"})) is None
    assert refusal_of(lambda: demand_root_parameters("root@pam!full", {"skiplock": "1"})) == ROOT_ONLY
    assert refusal_of(lambda: demand_root_parameters("root@pam", {"skiplock": "1"})) is None


@pytest.mark.parametrize(
    ("grants", "refusal"),
    [
        pytest.param([], "Permission check failed (/storage/qcow, Datastore.AllocateSpace)", id="no room given"),
        pytest.param(
            [("/storage/qcow", "robot@pve", "PVEDatastoreUser")],
            "Permission check failed (/sdn/zones/localnetwork/vmbr0/7, SDN.Use)",
            id="room, but no bridge",
        ),
        pytest.param(
            [("/storage/qcow", "robot@pve", "PVEDatastoreUser"), ("/sdn/zones/localnetwork", "robot@pve", "PVESDNUser")], None,
            id="both",
        ),
    ],
)  # fmt: skip
def test_what_a_clone_uses(grants, refusal):
    access = an_access(*grants)
    config = {
        "scsi0": "qcow:9000/base-9000-disk-0.qcow2,size=64M",
        "net0": "virtio,bridge=vmbr0,tag=7",
        "ide0": "none,media=cdrom",
    }

    def both():
        demand_storages(access, TOKEN, config)
        demand_bridges(access, TOKEN, config)

    assert refusal_of(both) == refusal


def test_builtin_roles_hold_known_privileges_only():
    assert len(PRIVILEGES) == 47
    assert all(role <= PRIVILEGES for role in BUILTIN_ROLES.values())


def refusal_of(call):
    """The text of a refusal, with its parameters; None: it went through."""
    try:
        call()
    except ApiFault as fault:
        return f"{fault.reason} {fault.errors}" if fault.errors else fault.reason
    return None
