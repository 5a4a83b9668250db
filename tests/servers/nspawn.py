"""A guest with a real systemd: this machine's own files under a temporary overlay, up in a second; or a whole desktop's."""

import os
import secrets
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.builders.patience import comes
from tests.servers.processes import START_S
from tests.servers.sshd import new_key, public_key

_BOOT = """\
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
disk=${5:-$1}
mkdir -p "$disk/upper" "$disk/work" "$1/root"
mount -t overlay -o "lowerdir=$4,upperdir=$disk/upper,workdir=$disk/work" overlay "$1/root"
cp -a "$2/." "$1/root/"
mount -t tmpfs tmpfs /run
if mountpoint -q /sys/fs/cgroup; then umount -R /sys/fs/cgroup; fi
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# So that nspawn waits for no udev, which may not run on this machine, before it takes a network card.
mount -o remount,bind,ro /sys
group="/sys/fs/cgroup/$3"
mkdir "$group"
root=$1/root machine=$3 target=$6
shift 6
ended=133
while [ "$ended" = 133 ]; do
  ended=0
  ( echo 0 > "$group/cgroup.procs"
    exec systemd-nspawn --directory="$root" --boot --register=no --keep-unit --machine="$machine" \\
      --console=pipe "$@" -- --unit="$target" ) || ended=$?
  find "$group" -mindepth 1 -depth -type d -exec rmdir {} +
  target=multi-user.target
done
rmdir "$group"
"""
"""All mounts are in a namespace of their own and end with it; so does the control group, whose folders nspawn would leave.
On basic.target the servers installed on this machine stay off. With 133 nspawn says that the guest reboots."""
_APART = ("setpriv", "--pdeathsig=KILL", "unshare", "--mount", "--pid", "--mount-proc", "--kill-child=KILL")
"""Should the tests be killed, so is the first process of the namespace, and with it everything in there."""
_SSHD = """\
HostKey /etc/ssh/guest/host_key
AuthorizedKeysFile /etc/ssh/guest/authorized_keys
PermitRootLogin prohibit-password
UsePAM no
StrictModes no
LogLevel ERROR
Subsystem sftp internal-sftp
"""
_SSH = """\
Host guest
  User root
  IdentityFile {home}/client_key
  UserKnownHostsFile {home}/known_hosts
  ProxyCommand nsenter --target {pid} --all /usr/sbin/sshd -i -f /etc/ssh/guest/sshd_config
"""


_OTHERS = "find /etc/systemd/system/multi-user.target.wants /etc/rc?.d -type l ! -name 'bascule*' -delete"


@dataclass(slots=True, kw_only=True)
class Guest:
    """A running guest. Without a network of its own it shares the machine's: loopback is loopback."""

    pid: int
    """Of its init, seen from outside; another after a reboot."""
    outside: int = 0
    """The process that boots it, and boots it again; 0: somebody else's affair."""
    ssh_config: Path
    """For `ssh -F`: the name is `guest`, the account root. Nothing listens; each connection has an sshd of its own."""

    @property
    def down(self) -> bool:
        """Whether it has been powered off."""
        return not Path(f"/proc/{self.pid}").exists()

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A command in the guest, as root, to its end."""
        command = ["nsenter", "--target", str(self.pid), "--all", *words]
        # This machine's modules are also there to be found, and are not those of what is installed in there.
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL, env=env
        )

    def says(self, *words: str) -> str:
        """What a command prints; it must end with 0."""
        done = self.run(*words)
        assert done.returncode == 0, f"{shlex.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def reboot(self) -> None:
        """In order, from inside; then what is enabled in there starts, without this machine's other servers."""
        self.says("sh", "-c", _OTHERS)
        for connection in _from_outside(self.pid):
            os.kill(connection, signal.SIGKILL)
        self.says("systemd-run", "--on-active=0.5", "--timer-property=AccuracySec=10ms", "systemctl", "reboot")
        assert comes(lambda: self.down), "it does not go down"
        assert comes(lambda: self.up("multi-user.target")), "it does not boot again"

    def up(self, target: str) -> bool:
        """Whether it has booted so far; then it can be reached."""
        self.pid = init_of(self.outside) or 0
        if not self.pid or self.run("systemctl", "is-active", target).stdout.strip() != "active":
            return False
        self.says("mkdir", "-p", "-m", "0755", "/run/sshd")
        self.ssh_config.write_text(_SSH.format(home=self.ssh_config.parent, pid=self.pid))
        return True

    def put(self, path: str, text: str) -> None:
        """A script of this text, there for everybody to run."""
        self.says("sh", "-c", f"cat > {path} <<'END_OF_FILE'\n{text}\nEND_OF_FILE\nchmod 755 {path}")


@contextmanager
def guest(home: Path, *, own_network: bool = False, shared: Path | None = None) -> Iterator[Guest]:
    """A guest of this machine's own release, that lives as long as the context; only root can have one.

    `own_network`: only a private loopback. `shared`: a folder that is /shared in there, and outlives it.
    """
    files = _files(home)
    (home / "mount").mkdir()
    options = ["--private-network"] * own_network + ([] if shared is None else [f"--bind={shared}:/shared"])
    with (
        (home / "console.log").open("wb") as log,
        subprocess.Popen([*_APART, *_boot(home, files, options)], stdin=subprocess.DEVNULL, stdout=log, stderr=log) as process,
    ):
        try:
            yield _booted(process, home)
        finally:
            end(process)


def whole_guest(home: Path, files: Path, *, root: Path, card: str) -> "subprocess.Popen[bytes]":
    """Boots a whole image to its default target; its disk is below `home` and outlives it. See `init_of`, `end`.

    `card`: a network card of this machine, which becomes the guest's eth0. Its uptime begins now, as a VM's does.
    """
    (home / "mount").mkdir(exist_ok=True)
    boot = _boot(home, files, [f"--network-interface={card}:eth0"], root=root, disk=home / "disk", target="default.target")
    now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    clock = ["--time", f"--boottime=-{int(now_s)}", f"--monotonic=-{int(time.monotonic())}"]
    with (home / "console.log").open("ab") as log:
        return subprocess.Popen([*_APART, "--fork", *clock, *boot], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def end(process: "subprocess.Popen[bytes]") -> None:
    """As a power cut does.

    Not an orderly halt: that stops every process in the guest for a moment, and a process from outside stays stopped.
    """
    with suppress(ProcessLookupError):
        os.kill(init_of(process.pid) or process.pid, signal.SIGKILL)
    process.wait(timeout=START_S)


def _boot(
    home: Path,
    files: Path,
    options: list[str],
    *,
    root: Path = Path("/"),
    disk: Path | None = None,
    target: str = "basic.target",
) -> list[str]:
    given = [str(home / "mount"), str(files), f"guest-{secrets.token_hex(4)}", str(root), str(disk or ""), target]
    return ["/bin/sh", "-c", _BOOT, "boot", *given, *options]


def _files(home: Path) -> Path:
    """What the guest has besides this machine's files."""
    files = home / "files"
    ssh = files / "etc" / "ssh" / "guest"
    ssh.mkdir(parents=True)
    new_key(ssh / "host_key")
    (home / "known_hosts").write_text(f"guest {public_key(ssh / 'host_key')}\n")
    (ssh / "authorized_keys").write_text(public_key(new_key(home / "client_key")) + "\n")
    (ssh / "sshd_config").write_text(_SSHD)
    (files / "etc" / "machine-id").write_text(secrets.token_hex(16) + "\n")
    for folder in (files, files / "etc", files / "etc" / "ssh"):
        folder.chmod(0o755)
    return files


def _booted(process: "subprocess.Popen[bytes]", home: Path) -> Guest:
    found = Guest(pid=0, outside=process.pid, ssh_config=home / "ssh_config")
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up and process.poll() is None:
        if found.up("basic.target"):
            return found
        time.sleep(0.05)
    raise RuntimeError(f"the guest does not boot: {(home / 'console.log').read_text(errors='replace')[-2000:]}")


def _from_outside(pid: int) -> list[int]:
    """What has come into the guest by `nsenter`, such as a connection that ssh keeps.

    The halt stops it for a moment, and whoever waits for it outside stays stopped: nobody would take it away.
    """
    words = f"nsenter\0--target\0{pid}\0".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "cmdline").read_bytes().startswith(words):
                found.append(int(folder.name))
    return found


def init_of(pid: int) -> int | None:
    """The guest's init below this process, once it is there: unshare's shell has nspawn, whose one child becomes it."""
    try:
        if Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
            return pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return next((found for child in children if (found := init_of(int(child)))), None)
