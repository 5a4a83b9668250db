"""Bascule's wheel, and its dependencies' wheels for a machine without an index."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LOCK = CHECKOUT / "requirements.lock"


def build_wheel(folder: Path) -> Path:
    """Build it from the checkout, as the release does."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=CHECKOUT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def wheelhouse() -> Path:
    """The lock file's wheels for Debian's Python: fetched once, then kept in build/ until the lock file changes."""
    done = subprocess.run([CHECKOUT / ".ci" / "wheels"], check=True, stdout=subprocess.PIPE, text=True, timeout=600)
    return Path(done.stdout.strip())
