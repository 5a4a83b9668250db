"""N7: docs/en/recovery.md played with its own commands as root, as it says: a machine is lost, another takes its place."""

import json
import shutil
import time
from contextlib import contextmanager
from pathlib import Path

import pyrage
import pytest
import yaml

from tests.ansible.installed import Installed
from tests.ansible.operated.pages import filled_in, pasted
from tests.builders.ansible import Operator, short_folder
from tests.servers.nspawn import guest
from tests.servers.postgres import PASSWORD, postgres

pytestmark = pytest.mark.guest

PAGE = "docs/en/recovery.md"
BACKUP, CRON, ENDS, REVOKED, MAKES_WAY, RESTORE, STARTS, STORE_CHECK, EMPTY_DATABASE, STORE_BACK, OTHER_STORE, MOVE = pasted(
    PAGE
)
"""REVOKED is run on a node, by test_pages.py; EMPTY_DATABASE and STORE_BACK by tests/cli/test_store_back.py."""
WITHIN_S = 120
"""From the end of the installation to a daemon that knows its desktops; seconds."""


def typed(machine, block, folder="/root"):
    """What a shell of root's says to a block of the page."""
    return machine.says("bash", "-e", "-c", f"cd {folder}\n{block}")


def desktops(daemon):
    listed = json.loads(daemon.machine.says("bascule", "desktop", "list", "--json"))
    return {desktop["name"]: desktop["login"] for desktop in listed["desktops"]}


def made(daemon):
    """What the cluster really has."""
    truth = daemon.site.twin.truth()
    return {name: truth[name] for name in ("desktops", "ready", "duplicates", "orphans")}


def inside(machine, path):
    """A file of the guest, as this machine sees it."""
    return Path(f"/proc/{machine.pid}/root{path}")


@contextmanager
def another_machine(daemon, home):
    """Where the role installs the same release, for the same site."""
    home.mkdir()
    with short_folder() as temp, guest(home) as machine:
        over_ssh = {"ansible_user": "root", "ansible_python_interpreter": "/usr/bin/python3"}
        over_ssh["ansible_ssh_common_args"] = f"-F {machine.ssh_config}"
        operator = Operator(home, group="bascule", machine=over_ssh, temp=temp)
        yield Installed(machine, operator, daemon.site, daemon.parts)


@pytest.fixture(scope="module")
def saved(operated):
    """With two backups, made by the page's command and by its crontab; the private key, and the copy of backup.key."""
    identity = pyrage.x25519.Identity.generate()
    recipient = {"age1…": str(identity.to_public())}
    operated.machine.says("mkdir", "-p", "-m", "0700", "/mnt/backup")
    typed(operated.machine, filled_in(BACKUP, **recipient))
    command = filled_in(CRON, **recipient).partition("root  ")[2].replace("\\%", "%")
    operated.machine.says("env", "-i", "PATH=/usr/bin:/bin", "/bin/sh", "-c", command)
    return operated, identity


def test_backups_are_made_by_the_pages_commands_as_root(saved):
    """N7: `Permission denied`: the wrapper had become another account."""
    daemon, _ = saved
    listed = daemon.machine.says("find", "/mnt/backup", "-type", "f", "-printf", "%u %m %f\\n").splitlines()

    assert len(listed) == 2, listed
    assert all(line.startswith("root 600 bascule-2026-") for line in listed)
    assert daemon.machine.says("find", "/var/lib/bascule", "!", "-user", "bascule") == ""
    assert "can open" in typed(daemon.machine, STORE_CHECK) or "opens it as it is" in typed(daemon.machine, STORE_CHECK)


def test_a_lost_machine_is_replaced_by_the_pages_commands(saved, tmp_path):
    """N7: after a restore into an empty folder the unit lacked its EnvironmentFile."""
    daemon, identity = saved
    known, vms = desktops(daemon), made(daemon)
    typed(daemon.machine, ENDS)
    try:
        with another_machine(daemon, tmp_path / "other") as other:
            other.play().well()
            took = taken_over(daemon, other, identity)
            assert desktops(other) == known
            assert other.shows("ActiveState") == "active"
            assert other.machine.says("sh", "-c", "until bascule status | grep '3 of 3 wanted'; do sleep 1; done")
            assert "BASCULE_NOTE_KEY" in "".join(other.environment())
            assert made(daemon) == vms
            assert (vms["duplicates"], vms["orphans"]) == (0, [])
            assert took < WITHIN_S
    finally:
        daemon.machine.says("systemctl", "enable", "--now", "bascule")
    assert len(known) == 3


def test_the_store_goes_to_another_database_by_the_pages_commands(operated):
    """N8: nothing moved it. The daemon goes on here with the store that it had, which is as it was."""
    machine, new = operated.machine, "/etc/bascule/bascule-new.yaml"
    with postgres() as server:
        server.run("CREATE SCHEMA moved AUTHORIZATION bascule")
        given = yaml.safe_load(
            filled_in(
                OTHER_STORE,
                **{"postgresql+psycopg://bascule@db.example.org/bascule": server.url("moved").replace(f":{PASSWORD}", "")},
            )
        )
        document = json.loads(inside(machine, "/etc/bascule/bascule.yaml").read_text())
        inside(machine, new).write_text(json.dumps(document | given))
        inside(machine, "/etc/bascule/secrets/store-password").write_text(PASSWORD)
        machine.says("sh", "-ec", f"chgrp bascule {new} /etc/bascule/secrets/*; chmod 0640 {new} /etc/bascule/secrets/*")
        try:
            said = typed(machine, MOVE)
            there = server.run("SELECT name FROM moved.desktops ORDER BY name")
        finally:
            machine.says("sh", "-ec", f"rm {new} /etc/bascule/secrets/store-password; systemctl start bascule")

    assert "bascule check" in said
    assert {name for (name,) in there} == desktops(operated).keys()


def taken_over(daemon, other, identity):
    """How long it takes, in seconds."""
    began = time.monotonic()
    backup = "/mnt/backup/bascule-2026-11-26"
    shutil.copy(inside(daemon.machine, backup), inside(other.machine, "/root/bascule-2026-11-26"))
    shutil.copy(inside(daemon.machine, "/etc/bascule/backup.key"), inside(other.machine, "/root/backup.key"))
    other.machine.says("sh", "-c", f"umask 077; echo '{identity}' > /root/key.txt")
    typed(other.machine, MAKES_WAY)
    # Without a terminal: as the page says.
    typed(other.machine, filled_in(RESTORE, FILE="bascule-2026-11-26", **{"--key backup.key": "--key backup.key --yes"}))
    typed(other.machine, STARTS)
    assert other.logs("cycle:")
    return time.monotonic() - began
