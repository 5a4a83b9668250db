"""proxmoxer, unchanged, drives the twin: what a script written for Proxmox VE does, it does here."""

import pytest
from proxmoxer import ProxmoxAPI, ResourceException
from proxmoxer.core import AuthenticationError
from proxmoxer.tools import Tasks

from tests.builders.twin_http import SECRET

pytestmark = pytest.mark.real


@pytest.fixture
def api(twin):
    return connect(twin, user="root@pam", token_name="full", token_value=SECRET)


def test_a_desktops_whole_life(api):
    template = api.nodes("pve1").qemu(9000)
    done(api, template.clone.post(newid=200, name="vd-200", description="note", pool="stage-1"))
    vm = api.nodes("pve1").qemu(200)
    assert vm.config.put(memory=2048, tags="B;a;b", ipconfig0="ip=10.40.0.9/21,gw=10.40.0.1", onboot=0) is None
    assert {"name": "vd-200", "memory": "2048", "tags": "a;b", "description": "note"}.items() <= vm.config.get().items()

    done(api, vm.status.start.post())
    assert vm.status.current.get()["status"] == "running"
    assert [member["vmid"] for member in api.pools.get(poolid="stage-1")[0]["members"]] == [200]

    done(api, vm.status.stop.post())
    done(api, vm.delete())
    with pytest.raises(ResourceException, match=r"nodes/pve1/qemu-server/200\.conf' does not exist"):
        vm.config.get()


def test_lists(api):
    assert {node["node"] for node in api.nodes.get()} == {"pve1", "pve2"}
    assert {guest["vmid"] for guest in api.cluster.resources.get(type="vm")} >= {9000, 9001}
    assert {storage["storage"] for storage in api.nodes("pve1").storage.get()} == {"local", "qcow"}
    assert api.version.get()["release"] == "9.2"
    assert int(api.cluster.nextid.get()) >= 100


def test_tasks_can_be_followed(api):
    upid = api.nodes("pve1").qemu(9000).clone.post(newid=210, name="vd-210")

    ended = Tasks.blocking_status(api, upid, timeout=30, polling_interval=0.05)
    assert (ended["status"], ended["exitstatus"], ended["user"], ended["tokenid"]) == ("stopped", "OK", "root@pam", "full")
    assert "TASK OK" in Tasks.decode_log(api.nodes("pve1").tasks(upid).log.get())
    assert Tasks.decode_upid(upid)["type"] == "qmclone"


@pytest.mark.parametrize(
    ("call", "status", "content", "errors"),
    [
        pytest.param(
            lambda api: api.nodes("pve1").qemu(9000).clone.post(newid=42), 400, "Parameter verification failed.",
            {"newid": "invalid format - value does not look like a valid VM ID\n"}, id="bad parameter",
        ),
        pytest.param(
            lambda api: api.nodes("pve1").qemu(777).config.get(), 500,
            "Configuration file 'nodes/pve1/qemu-server/777.conf' does not exist", None, id="no such guest",
        ),
        pytest.param(lambda api: api.nope.get(), 501, "Method 'GET /nope' not implemented", None, id="no such method"),
        pytest.param(
            lambda api: api.nodes("pve9").status.get(), 500,
            "hostname lookup 'pve9' failed - failed to get address info for: pve9: Temporary failure in name resolution",
            None, id="no such node",
        ),
        pytest.param(
            lambda api: api.nodes("pve1").qemu(9000).clone.post(newid=9000), 500,
            "unable to create VM 9000: config file already exists", None, id="VMID taken",
        ),
        pytest.param(
            lambda api: api.nodes("pve1").qemu(9000).agent.ping.post(), 500, "VM 9000 is not running", None, id="guest agent"
        ),
        pytest.param(
            lambda api: api.nodes("pve1").qemu(9000).config.put(onboot=True), 400, "Parameter verification failed.",
            {"onboot": "type check ('boolean') failed - got 'True'"}, id="Python's truth",
        ),
    ],
)  # fmt: skip
def test_errors_have_the_shape_scripts_look_for(api, call, status, content, errors):
    with pytest.raises(ResourceException) as raised:
        call(api)

    found = raised.value
    assert (found.status_code, found.content, found.errors) == (status, content, errors)


def test_a_password_opens_it_too(twin, api):
    api.access.users.post(userid="svc@pve", password="svc-password-1")
    api.access.acl.put(path="/", roles="PVEAuditor", users="svc@pve")

    assert connect(twin, user="svc@pve", password="svc-password-1").nodes.get()
    with pytest.raises(AuthenticationError):
        connect(twin, user="svc@pve", password="wrong")


def test_a_wrong_token_is_reported_on_the_first_call(twin):
    with pytest.raises(ResourceException, match="401 Unauthorized: Authentication failed!"):
        connect(twin, user="root@pam", token_name="full", token_value="wrong").version.get()


def connect(twin, **credentials):
    return ProxmoxAPI("127.0.0.1", port=twin.port, verify_ssl=twin.ca, timeout=30, **credentials)


def done(api, upid):
    """Wait for a task, and see that it went well."""
    assert Tasks.blocking_status(api, upid, timeout=30, polling_interval=0.05)["exitstatus"] == "OK"
