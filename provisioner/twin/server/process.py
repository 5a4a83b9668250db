"""A twin in its own process, for the demo and for tests; and how any served twin is asked by its control paths.

The process needs the extra `twin`; a daemon on a real cluster does not.
"""

import http.client
import json
import select
import ssl
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, OpenerDirector, ProxyHandler, Request, build_opener

from provisioner.errors import BasculeError, SettingsError
from provisioner.twin.server.keeping import GUESTS_FILE, STATE_FILE
from provisioner.twin.server.state import CONTROL_HEADER, TwinState

START_S = 600.0
"""Real seconds for which a process that lives may start: on a busy machine it takes minutes."""
_STOP_S = 10.0
SITE, BREAKDOWNS, MENDS = "/twin/site", "/twin/breakdowns", "/twin/mends"
TRUTH, FAULTS = "/twin/truth", "/twin/faults"
_ANSWER_S = 30.0
"""Real seconds."""


def not_started(what: str, process: "subprocess.Popen[bytes]", *, awaited: str, started: float, log: Path) -> BasculeError:
    """What was waited for and for how long, whether it has ended, and its log. `started`: by the monotonic clock."""
    waited, code = f"{time.monotonic() - started:.0f} s", process.poll()
    how = f"it runs, and has not {awaited} within {waited}" if code is None else f"it ended after {waited}, exit code {code}"
    said = log.read_text(encoding="utf-8", errors="replace").strip()
    return BasculeError(f"{what} did not start: {how}; " + (f"its log: {said}" if said else f"nothing is in its log {log}"))


class NotATwin(Exception):
    """Nobody answers, or not the twin of this state file; the text says what was found, in the system's words."""


def ask_twin(state: TwinState, path: str, order: object = None) -> tuple[int, dict[str, Any]]:
    """Status and document of its answer; with an order by POST. Raises NotATwin: then nothing was done; BasculeError: it may
    have been."""
    data = None if order is None else json.dumps(order).encode()
    request = Request(f"{state.url}{path}", data=data)  # noqa: S310 (always https://127.0.0.1)
    request.add_header(CONTROL_HEADER, state.control)
    try:
        with _opener(state).open(request, timeout=_ANSWER_S) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, _document(error)
    except URLError as error:
        raise NotATwin(str(error.reason)) from error
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise BasculeError(f"the twin has not answered {path}: {error}") from error


def _opener(state: TwinState) -> OpenerDirector:
    """Trusts the twin's own authority alone: nothing else on this port gets the secret, or an order. Raises NotATwin."""
    try:
        trusts = ssl.create_default_context(cafile=state.ca_file)
    except OSError as error:
        raise NotATwin(str(error)) from error
    return build_opener(ProxyHandler({}), HTTPSHandler(context=trusts))


def _document(error: HTTPError) -> dict[str, Any]:
    with error:
        try:
            document: dict[str, Any] = json.load(error)
        except ValueError:  # a twin of an earlier version does not know the path
            raise NotATwin(f"{error.code} {error.reason}") from error
    return document


class TwinProcess:
    """Starts `provisioner.twin.server.serve`, waits until it answers, and ends it. It also ends when this process dies.

    `folder` receives the state file, the certificates and `twin.log` with the process's standard error; with `keep_guests`,
    also the guests at the end.
    """

    def __init__(
        self,
        twin_file: Path,
        folder: Path,
        *,
        scale: float = 1.0,
        seed: int | None = None,
        keep_guests: bool = False,
        start_s: float = START_S,
    ) -> None:
        self._folder, self._start_s = folder, start_s
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
        """Start it; returns when it answers. Raises BasculeError, which says why, when it does not start."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        started, log_file = time.monotonic(), self._folder / "twin.log"
        with log_file.open("wb") as log:
            pipe = subprocess.PIPE
            self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, stderr=log)  # noqa: S603 (ourselves, no shell)
        if not self._says_ready(self._process):
            error = not_started("the twin", self._process, awaited="said that it is ready", started=started, log=log_file)
            self.stop()
            raise error
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
        return self._ask(TRUTH)

    def inject(self, fault: str, **fields: object) -> None:
        """Schedule a fault: the name of a fault of the twin's spec (`KillNode`, …) and its fields."""
        self._ask(FAULTS, {"fault": fault, **fields})

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _says_ready(self, process: "subprocess.Popen[bytes]") -> bool:
        assert process.stdout is not None
        readable, _, _ = select.select([process.stdout], [], [], self._start_s)
        if readable and process.stdout.readline() == b"ready\n":
            return True
        if readable:  # the end of its output: it ends
            with suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_S)
        return False

    def _ask(self, path: str, order: object = None) -> dict[str, Any]:
        """Raises BasculeError unless it is answered well."""
        status, document = ask_twin(self.state, path, order)
        if status != http.client.OK:
            raise BasculeError(f"the twin answers {path} with {status}: {document}")
        return document


def require_extra() -> None:
    """Raise SettingsError, with the command to install it, when the extra `twin` is missing."""
    if find_spec("aiohttp") is None:
        # The pip of this Python: another pip may not know Bascule, and would ask an index for anything of that name.
        raise SettingsError(f"the twin's server is not installed: {sys.executable} -m pip install 'bascule[twin]'")
