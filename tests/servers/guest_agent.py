"""The QEMU guest agent of a guest: Debian's qemu-ga, on a socket in there instead of the virtio port that QEMU gives."""

import base64
import json
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.servers.nspawn import Guest
from tests.servers.processes import START_S

_SOCKET = "/run/qemu-ga.sock"


def start(machine: Guest) -> None:
    """As root, as its own unit has it."""
    machine.says("systemd-run", "--quiet", "--unit=qemu-ga", "qemu-ga", "--method=unix-listen", f"--path={_SOCKET}")
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up:
        if machine.run("test", "-S", _SOCKET).returncode == 0:
            return
        time.sleep(0.05)
    raise RuntimeError("qemu-ga has no socket")


def asked(place: Path, command: str, *, within_s: float = START_S, **arguments: object) -> Any:
    """What the agent on this socket answers; OSError or ValueError: nothing, or a refusal in its words."""
    with socket.socket(socket.AF_UNIX) as agent:
        agent.settimeout(within_s)
        agent.connect(str(place))
        with agent.makefile("rb") as answers:
            # The agent may still have the answer to a question that nobody waited for.
            agent.sendall(b"\xff" + json.dumps({"execute": "guest-sync-delimited", "arguments": {"id": 1}}).encode())
            while not (line := answers.readline()).startswith(b"\xff"):
                if not line:
                    raise OSError("the agent has gone")
            agent.sendall(json.dumps({"execute": command, "arguments": arguments}).encode())
            answer = json.loads(answers.readline())
    if "error" in answer:
        raise ValueError(answer["error"]["desc"])
    return answer["return"]


def read(place: Path, path: str, *, count: int = 65536, within_s: float = START_S) -> bytes:
    """A file's first bytes, as Bascule reads it through Proxmox VE."""
    handle = asked(place, "guest-file-open", within_s=within_s, path=path, mode="r")
    try:
        return base64.b64decode(asked(place, "guest-file-read", within_s=within_s, handle=handle, count=count)["buf-b64"])
    finally:
        asked(place, "guest-file-close", within_s=within_s, handle=handle)


def shut_down(machine: Guest) -> str | None:
    """What Proxmox VE's shutdown sends; the agent's complaint, or None where it has none.

    A shutdown that goes well has no answer: so it is asked for a sign of life too, and that comes after.
    Read to the end: an agent that cannot deliver its answer ends itself.
    """
    complaint = None
    with socket.socket(socket.AF_UNIX) as agent:
        agent.settimeout(START_S)
        agent.connect(f"/proc/{machine.pid}/root{_SOCKET}")
        # A guest on its way down ends the agent, or stops it for a moment.
        with suppress(ConnectionError, TimeoutError), agent.makefile() as answers:
            agent.sendall(b'{"execute": "guest-shutdown"}\n{"execute": "guest-ping"}\n')
            while "error" in (answer := json.loads(answers.readline() or "{}")):
                complaint = str(answer["error"]["desc"])
    return complaint
