"""The daemon inside the test's process: it runs a configuration until its log has the awaited line."""

import inspect
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.adapters.logs.messages import LineEvents, LineLevel, LogLine
from provisioner.daemon.service import STORE_CHECK_S, Service, ServiceContext
from provisioner.reconciler import Reconciler
from provisioner.twin.server.state import TwinState

_FUSE_S, _LAST = 180.0, 15
"""Real seconds: under load such a life takes half a minute. The last lines of the log that are shown."""


@dataclass(slots=True, kw_only=True)
class Heard:
    """The lines of its log at level info and above, without their times."""

    lines: list[LogLine] = field(default_factory=list)

    def hear(self, line: LogLine) -> None:
        """One more."""
        if line.level is not LineLevel.DEBUG:
            self.lines.append(line)

    def about(self, subject: str) -> list[str]:
        """Its log lines about a subject."""
        return [line.text for line in self.lines if line.subject == subject]

    def has(self, text: str) -> bool:
        """Whether any line holds this."""
        return any(text in str(line) for line in self.lines)


def live(
    config: Path,
    twin: TwinState,
    *,
    until: Callable[[Heard, Reconciler], bool],
    store_check_s: float = STORE_CHECK_S,
    signals: bool = False,
    **environment: str,
) -> tuple[Heard, Reconciler]:
    """Run the daemon in the twin's time until it is so, and end it in order.

    `signals`: whether it takes those of this process, in the main thread alone. Raises AssertionError if it never comes.
    """
    heard = Heard()
    give_up = time.monotonic() + _FUSE_S
    surroundings = ServiceContext(
        environment=environment,
        clock=twin.clock,
        clock_rate=twin.scale,
        listeners=(LineEvents(heard.hear),),
        done=lambda reconciler: until(heard, reconciler) or time.monotonic() > give_up,
        signals=signals,
        store_check_s=store_check_s,
    )
    service = Service(config, surroundings)
    service.run()
    assert time.monotonic() <= give_up or until(heard, service.reconciler), _never_came(until, heard, service.reconciler)
    return heard, service.reconciler


def _never_came(until: Callable[[Heard, Reconciler], bool], heard: Heard, reconciler: Reconciler) -> str:
    """What was waited for, and the last that was heard and seen."""
    phases = "no status" if reconciler.status is None else f"desktops {dict(reconciler.status.phases)}"
    last = "\n".join(map(str, heard.lines[-_LAST:]))
    awaited = str(until) if isinstance(until, says) else inspect.getsource(until)
    return f"in {_FUSE_S:.0f} s it has not come to this:\n{awaited}\nat the end {phases}, and the log's last lines:\n{last}"


def a_variant(config: Path, folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A configuration changed, in a file beside it; with a store, a freeze file and a socket of its own in `folder`."""
    document = json.loads(config.read_text(encoding="utf-8"))
    document["store"] = {"url": f"sqlite:///{folder}/bascule.db"}
    document["freeze_file"] = str(folder / "freeze")
    document["api"] = {"socket": str(folder / "api.sock")}
    change(document)
    path = config.with_name(f"{folder.name}.yaml")
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@dataclass(frozen=True)
class says:  # noqa: N801 (a call reads as a condition: `until=says(…)`)
    """Until a line holds this."""

    text: str

    def __call__(self, heard: Heard, _: Reconciler) -> bool:
        return heard.has(self.text)
