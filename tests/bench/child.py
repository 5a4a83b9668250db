"""A child process with its processor time and memory measured. Linux alone: `/proc` and wait4."""

import os
import re
import subprocess
from pathlib import Path

_TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")


class Child:
    """Started elsewhere; ended, and its figures taken, here."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.pid = process.pid
        self.cpu_s: float | None = None
        """Of itself and of all children that it waited for; None: it still runs."""

    def ended(self) -> bool:
        """Whether it has ended, by itself or not."""
        if self.cpu_s is None:
            self._reap(os.WNOHANG)
        return self.cpu_s is not None

    def end(self) -> float:
        """SIGTERM unless it has ended, and wait; CPU seconds."""
        if not self.ended():
            self._process.terminate()
            self._reap(0)
        assert self.cpu_s is not None
        return self.cpu_s

    def _reap(self, flags: int) -> None:
        pid, status, used = os.wait4(self.pid, flags)
        if pid:
            self._process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu_s = used.ru_utime + used.ru_stime


def peak_mib(pid: int | str = "self") -> float:
    """The most memory that a running process ever held; of it alone, while getrusage also knows what it was forked from."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def idle_s() -> float:
    """CPU seconds that no process wanted, of all cores since the machine started."""
    idle, waiting = Path("/proc/stat").read_text().split("\n", 1)[0].split()[4:6]
    return (int(idle) + int(waiting)) * _TICK_S


def cpu_s(pid: int) -> float:
    """CPU seconds of a running process, to within 10 ms."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * _TICK_S
