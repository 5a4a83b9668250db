"""The trials beside the drawn clusters: who is who, and what orders and files may do. Each again without each rule."""

import subprocess
import sys

HISTORIES = "200"
ORDERS, FILES, PROCESSES = "20000", "2000", "2"
"""A fifth of what `python -m tests.fuzz` plays by itself."""
_PARTS = {
    "who is who": ("tests.histories", HISTORIES),
    "who is who, mutants": ("tests.histories", "--mutants"),
    "orders and files": ("tests.fuzz", "--orders", ORDERS, "--files", FILES, "--processes", PROCESSES),
    "orders and files, mutants": ("tests.fuzz", "--mutants"),
}


def play_others(*, jobs: int) -> list[tuple[bool, str]]:
    """Whether each was good, and its last line; what is wrong is printed as it comes."""
    return [_played(name, *words, "--jobs", str(jobs)) for name, words in _PARTS.items()]


def _played(name: str, module: str, *words: str) -> tuple[bool, str]:
    done = subprocess.run([sys.executable, "-m", module, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout, done.stderr, sep="", flush=True)
    last = [line.removeprefix("good").removeprefix("BAD").strip() for line in done.stdout.splitlines()[-3:]]
    return not done.returncode, f"{name}: {'; '.join(last)}"


__all__ = ["play_others"]
