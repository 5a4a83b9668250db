"""Programs that look into a disk: what they say is somebody else's, so bytes, time and memory of theirs are bounded."""

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from provisioner.errors import ImageError
from provisioner.reasons.images import TOOL_FAILED, TOOL_LONG, TOOL_MISSING

_PACKAGES = {"debugfs": "e2fsprogs", "partx": "util-linux"}
_PATH = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))
"""People who are not root have no sbin in theirs."""
_LIMITS: Mapping[int, int] = {resource.RLIMIT_CPU: 60, resource.RLIMIT_AS: 1 << 30, resource.RLIMIT_FSIZE: 1 << 20}
"""Seconds of a processor; bytes of memory; bytes of its complaints."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Asking:
    """About which disk, and how much is listened to."""

    named: Path
    disk: IO[bytes]
    most: int
    """Bytes."""
    cut: bool = False
    """More than `most` is not an error: the rest is not wanted."""
    fails: bool = False
    """That the program ends with an error is an answer, too."""


def output(asking: Asking, tool: str, *arguments: str) -> bytes:
    """What a program prints. Raises ImageError."""
    found = shutil.which(tool, path=_PATH) or tool
    with tempfile.TemporaryFile() as complaints:
        try:
            running = subprocess.Popen(  # noqa: S603 (our words, no shell)
                [found, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                pass_fds=[asking.disk.fileno()],
            )
        except FileNotFoundError as error:
            raise ImageError(TOOL_MISSING(path=str(asking.named), tool=tool, package=_PACKAGES[tool])) from error
        content, ended = _listened(running, asking.most)
        if ended is None and not asking.cut:
            raise ImageError(TOOL_LONG(path=str(asking.named), tool=tool, most=asking.most))
        if ended and not asking.fails:
            complaints.seek(0)
            said = complaints.read(200).decode("utf-8", errors="replace").strip() or str(ended)
            raise ImageError(TOOL_FAILED(path=str(asking.named), tool=tool, said=said))
    return content


def _listened(running: "subprocess.Popen[bytes]", most: int) -> tuple[bytes, int | None]:
    """What it has printed, and its exit code; None: it had more to say."""
    with running:
        try:
            _bound(running.pid)
            assert running.stdout is not None, "it is a pipe"
            content = running.stdout.read(most + 1)
            return content[:most], None if len(content) > most else running.wait()
        finally:
            running.kill()


def _bound(pid: int) -> None:
    for limit, most in _LIMITS.items():
        with suppress(ProcessLookupError, ValueError, PermissionError):  # it has ended, or has a lower one already
            resource.prlimit(pid, limit, (most, most))


__all__ = ["Asking", "output"]
