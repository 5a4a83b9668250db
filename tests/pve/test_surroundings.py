"""What administrators have set up, as the doctor reads it: recorded answers, and answers by Proxmox VE's API description."""

import pytest

from provisioner.errors import HypervisorError
from provisioner.pve import surroundings
from provisioner.pve.surroundings import BackupJob, Bridge, NodeCertificate, NodeTime, TokenLife
from provisioner.pve.wire import run
from tests.builders.pve import NODE, ScriptedCluster, ok

USERS = [
    {"groups": "", "userid": "root@pam", "tokens": [{"privsep": 0, "tokenid": "full", "comment": "lab", "expire": 0}],
     "enable": 1, "expire": 0, "realm-type": "pam"},
    {"groups": "", "tokens": [{"expire": 1_800_000_000, "privsep": 1, "tokenid": "t1"}], "userid": "svc@pve",
     "comment": "service", "realm-type": "pve", "enable": 1, "email": "", "expire": 0},
]  # fmt: skip
"""As pve-manager 9.2.11 answered `full=1`, with another end for the token."""
VMBR0 = {
    "bridge_fd": "0", "bridge_ports": "", "iface": "vmbr0", "autostart": 1, "method6": "manual", "priority": 3, "netmask": "24",
    "bridge_stp": "off", "active": 1, "method": "static", "type": "bridge", "address": "10.10.10.1", "cidr": "10.10.10.1/24",
    "families": ["inet"],
}  # fmt: skip
"""As pve-manager 9.2.11 answered."""


def read(operation, path, data):
    return run(operation, ScriptedCluster({f"GET {path}": ok(data)}).send)


@pytest.mark.parametrize(
    ("token", "life"),
    [
        pytest.param("svc@pve!t1", TokenLife(token_ends_at=1_800_000_000.0, user_ends_at=None), id="it ends"),
        pytest.param("root@pam!full", TokenLife(token_ends_at=None, user_ends_at=None), id="it never ends"),
        pytest.param("svc@pve!t2", None, id="no such token"),
        pytest.param("other@pve!t1", None, id="a user that is not shown"),
    ],
)
def test_the_end_of_a_token(token, life):
    assert read(surroundings.life_of(token), "/access/users", USERS) == life


@pytest.mark.parametrize(
    ("entry", "bridge"),
    [
        pytest.param(VMBR0, Bridge(name="vmbr0"), id="as recorded"),
        pytest.param(
            {**VMBR0, "bridge_vlan_aware": 1, "bridge_vids": "2 4 100-200", "mtu": "9000"},
            Bridge(name="vmbr0", vlans=((2, 2), (4, 4), (100, 200)), mtu=9000),
            id="VLAN-aware, with jumbo frames",
        ),
        pytest.param({**VMBR0, "bridge_vids": "2-4094"}, Bridge(name="vmbr0"), id="VLANs of a bridge that is not aware"),
        pytest.param({key: VMBR0[key] for key in ("iface", "type")}, Bridge(name="vmbr0", active=False), id="down"),
        pytest.param({"iface": "desks", "type": "vnet"}, Bridge(name="desks"), id="a vnet has no state"),
    ],
)
def test_bridges(entry, bridge):
    assert read(surroundings.bridges_of(NODE), "/nodes/pve1/network", [entry]) == {bridge.name: bridge}


def test_a_clock_and_its_zone():
    answer = {"localtime": 1_795_531_989, "timezone": "Europe/Paris", "time": 1_795_528_389}

    found = read(surroundings.time_of(NODE), "/nodes/pve1/time", answer)

    assert found == NodeTime(at=1_795_528_389.0, ahead_of_utc_s=3600.0)


@pytest.mark.parametrize(
    ("entry", "jobs"),
    [
        pytest.param(
            {
                "id": "backup-1",
                "enabled": 1,
                "schedule": "sat 02:00",
                "all": 1,
                "exclude": "100,101",
                "next-run": 1_800_000_000,
            },
            (BackupJob(name="backup-1", schedule="sat 02:00", next_run=1.8e9, excluded=frozenset({100, 101})),),
            id="all but two guests",
        ),
        pytest.param(
            {"id": "b", "schedule": "21:00", "vmid": "9001;9002", "node": "pve1"},
            (BackupJob(name="b", schedule="21:00", vmids=frozenset({9001, 9002}), node="pve1"),),
            id="two guests, on one node",
        ),
        pytest.param({"id": "b", "enabled": 0, "schedule": "21:00", "all": 1}, (), id="switched off"),
    ],
)
def test_backup_jobs(entry, jobs):
    assert read(surroundings.backup_jobs(), "/cluster/backup", [entry]) == jobs


@pytest.mark.parametrize("crs", [{"ha": "static", "ha-rebalance-on-start": 1}, "ha=static,ha-rebalance-on-start=1"])
def test_the_scheduler_of_resources(crs):
    answer = {"keyboard": "en-us", "crs": crs}

    assert read(surroundings.balancing(), "/cluster/options", answer) == {"ha": "static", "ha-rebalance-on-start": "1"}


def test_certificates_without_the_authoritys():
    answer = [
        {"filename": "pve-root-ca.pem", "notafter": 2_100_000_000},
        {"filename": "pve-ssl.pem", "notafter": 1_860_000_000},
    ]

    found = read(surroundings.certificates_of(NODE), "/nodes/pve1/certificates/info", answer)

    assert found == (NodeCertificate(file="pve-ssl.pem", ends_at=1_860_000_000.0),)


def test_an_answer_of_the_wrong_form_is_an_error_of_ours():
    with pytest.raises(HypervisorError, match="an answer of the wrong form"):
        read(surroundings.bridges_of(NODE), "/nodes/pve1/network", [{"type": "bridge"}])
