"""H4: the roles of real accounts, by their first group and by their further ones, over the daemon's own socket."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from provisioner.api.peers import groups_are_told, peer_of
from tests.servers.accounts import need_root, with_accounts

ROLES = {"board": ["wall"], "viewer": ["informatique"], "helpdesk": ["assistance"], "operator": ["exploitation"]}
MAY = {
    "nothing": [403, 403, 403, 403],
    "board": [200, 403, 403, 403],
    "viewer": [200, 200, 403, 403],
    "helpdesk": [200, 200, 200, 403],
    "operator": [200, 200, 200, 200],
}
MANY = [f"group-{number}" for number in range(300)]
"""More than fit in 1,024 bytes."""
PEOPLE = {
    "wall": ("board", []),
    "amina": ("board", ["wall"]),
    "bruno": ("viewer", ["informatique"]),
    "claire": ("helpdesk", ["assistance"]),
    "david": ("helpdesk", ["informatique", "assistance", "wall"]),
    "elodie": ("operator", ["exploitation", *MANY]),
    "fatou": ("helpdesk", [*MANY, "assistance"]),
    "gilles": ("nothing", []),
    "helene": ("nothing", MANY),
}
"""What each may, and the further groups. `wall` has it by the first group."""
_CONNECT = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.recv(1)"
UNKNOWN_OPTION = 4_711
"""The kernel answers as one without SO_PEERGROUPS does."""


@pytest.mark.long
def test_nine_people_have_the_roles_of_their_groups():
    """H4: 9 of 9 had 403, so help desks worked as root."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        folder = Path(made)
        folder.chmod(0o755)
        accounts = {name: ["bascule-users", *further] for name, (_, further) in PEOPLE.items()}
        program = (sys.executable, "-m", "tests.api.asked_by_accounts", str(folder / "run" / "api.sock"), json.dumps(ROLES))
        ended = subprocess.run(
            [*with_accounts(folder, accounts), *program, *PEOPLE], capture_output=True, text=True, timeout=120
        )

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {name: MAY[role] for name, (role, _) in PEOPLE.items()}


@pytest.mark.parametrize("count", [0, 1, 256, 257, 65_536])
def test_the_kernel_tells_every_group_of_a_process(tmp_path, count):
    """H4: none was seen, of whatever number."""
    groups = set(range(70_000, 70_000 + count))

    assert peer_with(tmp_path, groups).groups == {os.getgid(), *groups}


def test_a_kernel_that_tells_none_is_noticed(tmp_path):
    """H4: then the first group counts alone, and somebody is to know."""
    known, peer = groups_are_told(option=UNKNOWN_OPTION), peer_with(tmp_path, {70_001}, option=UNKNOWN_OPTION)

    assert (known, groups_are_told(), peer.groups) == (False, True, {os.getgid()})


def peer_with(folder, groups, **asked):
    """The peer of a connection of a process that has these further groups: only root may give them."""
    need_root()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "s"))
        listening.listen()
        command = [sys.executable, "-I", "-S", "-c", _CONNECT, str(folder / "s")]
        with subprocess.Popen(command, extra_groups=sorted(groups)) as process:
            connection, _ = listening.accept()
            with connection:
                peer = peer_of(connection, **asked)
    assert (process.returncode, peer.pid) == (0, process.pid)
    return peer
