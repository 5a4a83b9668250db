"""The golden image, built by the role's own script from the role's own list; kept in build/ until any part of it changes."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.builders.ansible import ANSIBLE

CHECKOUT = Path(__file__).resolve().parents[2]
FILES = ANSIBLE / "roles" / "golden_image" / "files"
HOME = CHECKOUT / "build" / "image"
VERSION = "2026-11-27"
_BUILD_S = 3600


def built() -> Path:
    """The folder with `root.tar` and `golden.raw`."""
    return kept(HOME, _build, "image")


def kept(home: Path, build: Callable[[Path], None], *further: str) -> Path:
    """The folder that `build` has filled for the image as it is now; one that was built before is taken, older ones go."""
    home.parent.mkdir(exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        name = _fingerprint(*further)
        if not (home / name).is_dir():
            shutil.rmtree(home, ignore_errors=True)
            part = home / f".{name}"
            part.mkdir(parents=True)
            build(part)
            part.rename(home / name)
    return home / name


def _build(folder: Path) -> None:
    run_build(folder, ["root", "root.tar"])
    run_build(folder, ["disk", "root.tar", "golden.raw", "8"])


def run_build(folder: Path, words: Sequence[str], **given: str) -> None:
    """The role's own script, with Bascule's files for the image beside what it makes."""
    bascule = Path(sys.executable).with_name("bascule")
    subprocess.run([bascule, "guest", "files", str(folder / "guest")], check=True, capture_output=True, timeout=60)
    environment = os.environ | {"GUEST": str(folder / "guest"), "VERSION": VERSION} | given
    with (folder / "build.log").open("ab") as log:
        command = [str(FILES / "build-image"), *words]
        done = subprocess.run(command, check=False, cwd=folder, env=environment, stdout=log, stderr=log, timeout=_BUILD_S)
    assert done.returncode == 0, (folder / "build.log").read_text(errors="replace")[-2000:]


def _fingerprint(*further: str) -> str:
    parts = [FILES, CHECKOUT / "config" / "guest", CHECKOUT / "provisioner" / "cli" / "desktop" / "guest.py"]
    files = sorted(file for part in parts for file in ([part] if part.is_file() else part.rglob("*")) if file.is_file())
    text = hashlib.sha256(" ".join(further).encode())
    for file in (file for file in files if "__pycache__" not in file.parts):
        text.update(f"{file.relative_to(CHECKOUT)} {file.stat().st_mode:o}\n".encode() + file.read_bytes())
    return text.hexdigest()[:16]
