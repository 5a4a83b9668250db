"""This machine's files and commands, below a root that tests replace."""

import os
import subprocess
import time
from pathlib import Path


class Machine:
    """Reads the kernel's and systemd's own word."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> str:
        """A file's text; empty: there is none, or it is not for this account."""
        try:
            return (self.root / path).read_text(encoding="utf-8")
        except (FileNotFoundError, PermissionError):
            return ""

    def says(self, *command: str) -> str:
        """What a command prints; raises ValueError if it fails."""
        environment = {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=5, env=environment)
        if done.returncode != 0:
            raise ValueError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[:200]}")
        return done.stdout

    def replace(self, path: Path, text: str, *, mode: int = 0o644) -> None:
        """Whoever reads at the same moment gets the old text or the new, never half of one."""
        part = path.with_name(f".{path.name}.new")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), mode)
        part.replace(path)

    @property
    def boot_id(self) -> str:
        """The kernel's id of this boot."""
        return self.read("proc/sys/kernel/random/boot_id").strip()

    @property
    def uptime_s(self) -> float:
        """Seconds since the boot, as no clock that is set changes it."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)
