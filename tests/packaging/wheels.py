"""Bascule's wheel, and its dependencies' wheels for a machine without an index."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LOCK = CHECKOUT / "requirements.lock"
_DEBIANS_PYTHON = "/usr/bin/python3"


def build_wheel(folder: Path) -> Path:
    """Build it from the checkout, as the release does."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=CHECKOUT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def wheelhouse() -> Path:
    """The lock file's wheels for Debian's Python: fetched once, then kept in build/ until the lock file changes."""
    version = subprocess.run([_DEBIANS_PYTHON, "--version"], check=True, capture_output=True, timeout=60).stdout
    name = hashlib.sha256(LOCK.read_bytes() + version).hexdigest()[:16]
    home = CHECKOUT / "build" / "wheelhouse"
    with _alone(home.with_name("wheelhouse.lock")):
        if not (home / name).is_dir():
            shutil.rmtree(home, ignore_errors=True)
            part = home / f".{name}"
            _fetch(part)
            part.rename(home / name)
    return home / name


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Two processes of one test run fetch it once."""
    file.parent.mkdir(exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(folder: Path) -> None:
    venv = folder.with_name("venv")
    subprocess.run([_DEBIANS_PYTHON, "-m", "venv", str(venv)], check=True, capture_output=True, timeout=120)
    pip = [f"{venv}/bin/python", "-m", "pip", "download", "--quiet", "--dest", str(folder)]
    subprocess.run([*pip, "--only-binary", ":all:", "--require-hashes", "--requirement", str(LOCK)], check=True, timeout=600)
    shutil.rmtree(venv)
