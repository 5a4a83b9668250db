"""A copy of the product and its tests, and programs that run in it on what is in it."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("provisioner", "monitors", "tests", "config", "docs", "ansible")
FILES = ("pyproject.toml", "README.md", "ARCHITECTURE.md", "SECURITY.md", "Makefile")


def a_whole_copy(folder: Path) -> Path:
    """The product and its tests."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


def python(copy: Path, *words: str) -> str:
    """Run in the copy, on what is in the copy; what it said if it has failed, else nothing."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(copy), "HOME": str(copy)}
    ended = subprocess.run(
        [sys.executable, *words], cwd=copy, env=environment, capture_output=True, text=True, check=False, timeout=900
    )
    return "" if ended.returncode == 0 else ended.stdout[-4000:] + ended.stderr[-4000:]
