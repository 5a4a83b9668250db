"""A twin in its own process, for the demo and for tests."""

import json
import select
import ssl
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from provisioner.errors import BasculeError
from provisioner.twin.server.keeping import GUESTS_FILE, STATE_FILE
from provisioner.twin.server.state import CONTROL_HEADER, TwinState

_START_S = 60.0
_STOP_S = 10.0


class TwinProcess:
    """Starts `provisioner.twin.server.serve`, waits until it answers, and ends it. It also ends when this process dies.

    `folder` receives the state file, the certificates and `twin.log` with the process's standard error; with `keep_guests`,
    also the guests at the end.
    """

    def __init__(
        self, twin_file: Path, folder: Path, *, scale: float = 1.0, seed: int | None = None, keep_guests: bool = False
    ) -> None:
        self._folder = folder
        self._command = [sys.executable, "-m", "provisioner.twin.server.serve", "--end-with-stdin"]
        self._command += ["--twin", str(twin_file), "--state-file", str(self.state_file), "--scale", repr(scale)]
        if seed is not None:
            self._command += ["--seed", str(seed)]
        if keep_guests:
            self._command += ["--guests-file", str(folder / GUESTS_FILE)]
        self._process: subprocess.Popen[bytes] | None = None
        self._state: TwinState | None = None

    @property
    def state_file(self) -> Path:
        """Path of the state file."""
        return self._folder / STATE_FILE

    @property
    def state(self) -> TwinState:
        """Its address and secrets. Raises BasculeError unless it runs."""
        if self._state is None:
            raise BasculeError("the twin does not run")
        return self._state

    @property
    def pid(self) -> int:
        """Its process id. Raises BasculeError unless it runs."""
        if self._process is None:
            raise BasculeError("the twin does not run")
        return self._process.pid

    def start(self) -> TwinState:
        """Start it; returns when it answers. Raises BasculeError with its log when it does not start."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "twin.log").open("wb") as log:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=log)  # noqa: S603 (ourselves, no shell)
        if not self._says_ready(self._process):
            self.stop()
            raise BasculeError(f"the twin did not start: {(self._folder / 'twin.log').read_text().strip()}")
        self._state = TwinState.read(self.state_file)
        return self._state

    def stop(self) -> int | None:
        """End it; returns its exit code. A second call does nothing."""
        process, self._process, self._state = self._process, None, None
        if process is None:
            return None
        process.terminate()
        try:
            code = process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        return code

    def truth(self) -> dict[str, Any]:
        """The twin's true state now: the fields of Truth."""
        return self._control("GET", "/twin/truth")

    def inject(self, fault: str, **fields: object) -> None:
        """Schedule a fault: the name of a fault of the twin's spec (`KillNode`, …) and its fields."""
        self._control("POST", "/twin/faults", {"fault": fault, **fields})

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _says_ready(self, process: "subprocess.Popen[bytes]") -> bool:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], _START_S)
        return bool(readable) and process.stdout.readline() == b"ready\n"

    def _control(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        data = json.dumps(body).encode() if body else None
        request = Request(f"{self.state.url}{path}", method=method, data=data)  # noqa: S310 (always https://127.0.0.1)
        request.add_header(CONTROL_HEADER, self.state.control)
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=ssl.create_default_context(cafile=self.state.ca_file)))
        with opener.open(request, timeout=30) as answer:
            content: dict[str, Any] = json.load(answer)
        return content
