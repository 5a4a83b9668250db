"""Clones of this checkout as it is, changes that are not committed included, with its installed environment."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from tests.packaging.wheels import CHECKOUT

_STAMPED = {"runtime": "requirements-twin.lock", "test": "requirements-test.lock"}
_NOT_OURS = ("MAKE", "MFLAGS", "GIT_", "SOURCE_DATE_EPOCH", "PYTHONPATH")
"""What a `make` or a hook that runs the tests has set."""


def done_in(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A command, as a person types it there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)} | environment
    return subprocess.run(
        words, cwd=folder, env=kept, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=600
    )


def well(done: "subprocess.CompletedProcess[str]") -> str:
    """What it printed; it must end with 0."""
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def a_repository(folder: Path, *paths: str) -> Path:
    """One commit with every file of the checkout that git would keep, or with those below these paths."""
    listed = well(done_in(CHECKOUT, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths))
    for name in filter(None, listed.split("\0")):
        if (CHECKOUT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, folder / name)
    well(done_in(folder, "git", "init", "--quiet", "--initial-branch=main"))
    for name, value in {"user.name": "A test", "user.email": "test@example.org", "gc.auto": "0"}.items():
        well(done_in(folder, "git", "config", name, value))
    committed(folder, "as it is")
    return folder


def committed(folder: Path, subject: str) -> None:
    """Everything that lies there."""
    well(done_in(folder, "git", "add", "--all"))
    well(done_in(folder, "git", "commit", "--quiet", "--message", subject))


def cloned(repository: Path, folder: Path, umask: int = 0o022) -> Path:
    """By somebody with this umask."""
    before = os.umask(umask)
    try:
        well(done_in(repository, "git", "clone", "--quiet", str(repository), str(folder)))
    finally:
        os.umask(before)
    installed(folder)
    return folder


def installed(clone: Path) -> None:
    """What `.ci/setup` would install there. The stamps are the clone's own: it installs nothing into the tests' environment."""
    home = clone / ".venv"
    home.mkdir()
    for name in ("bin", "include", "lib", "pyvenv.cfg"):
        (home / name).symlink_to((CHECKOUT / ".venv" / name).resolve())
    for kind, lock in _STAMPED.items():
        summed = b"".join((clone / name).read_bytes() for name in (lock, "pyproject.toml", ".ci/uv.lock", ".ci/setup"))
        (home / f"installed-{kind}").write_text(hashlib.sha256(summed).hexdigest() + "  -\n")


def named_key(clone: Path, key: Path) -> None:
    """The line of this key in SECURITY.md, where the page says that it stands."""
    page = clone / "SECURITY.md"
    kind, public, *_ = well(done_in(clone, "ssh-keygen", "-y", "-f", str(key))).split()
    text = page.read_text(encoding="utf-8")
    begin, end = "## The key of releases\n", "\n```\n\n## What is checked"
    assert begin in text
    assert end in text
    line = f'\nbascule-release namespaces="bascule-release" {kind} {public}'
    page.write_text(text.replace(end, line + end), encoding="utf-8")
