"""A real OpenSSH server that knows one key, bound to one forced command."""

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.processes import free_port, running

_CONFIGURATION = """\
ListenAddress 127.0.0.1:{port}
HostKey {home}/host_key
AuthorizedKeysFile {home}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin forced-commands-only
MaxStartups 100
PerSourcePenalties no
LogLevel VERBOSE
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sshd:
    """A running server; its forced command is the shell script `answer`, which a test may rewrite."""

    port: int
    user: str
    home: Path

    @property
    def key(self) -> Path:
        """The private key it lets in."""
        return self.home / "client_key"

    @property
    def host_key(self) -> str:
        """What it shows: type and key in one line."""
        return public_key(self.home / "host_key")

    def answers(self, script: str) -> None:
        """From now on the forced command runs this shell script."""
        (self.home / "answer").write_text(script)


@contextmanager
def sshd(home: Path) -> Iterator[Sshd]:
    """A server on its own port that runs as the user of the tests."""
    home.mkdir(parents=True)
    new_key(home / "host_key")
    new_key(home / "client_key")
    forced = f'restrict,command="/bin/sh {home}/answer" {public_key(home / "client_key")}\n'
    (home / "authorized_keys").write_text(forced)
    port = free_port()
    (home / "sshd_config").write_text(_CONFIGURATION.format(port=port, home=home))
    if os.geteuid() == 0:
        # What Debian's unit file makes before it starts one.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    command = ["/usr/sbin/sshd", "-D", "-e", "-f", str(home / "sshd_config")]
    with running(command, ports=(port,), log=home / "sshd.log"):
        yield Sshd(port=port, user=getpass.getuser(), home=home)


def new_key(path: Path, kind: str = "ed25519", passphrase: str = "") -> Path:
    """A key pair in OpenSSH's files; with a comment, as paramiko misreads two in three ECDSA keys that have none."""
    command = ["/usr/bin/ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path


def public_key(path: Path) -> str:
    """Type and key of a private key's file."""
    return " ".join(path.with_name(f"{path.name}.pub").read_text().split()[:2])
