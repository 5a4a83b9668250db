"""A child process with little memory: what holds a file of somebody else in memory ends there, not on the machine."""

import subprocess
import sys

_BEFORE = "import resource; resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))\n"


def run_with(memory: int, code: str, *arguments: str, seconds: float = 60) -> "subprocess.CompletedProcess[str]":
    """`memory`: bytes of address space, for it and its children. `arguments`: its `sys.argv[1:]`."""
    command = [sys.executable, "-c", _BEFORE.format(memory=memory) + code, *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=seconds)
