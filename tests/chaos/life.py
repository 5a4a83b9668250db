"""One life of a daemon in a process of its own, over HTTPS: `python -m tests.chaos.life FOLDER SEED`, until it is killed.

The adapter, the store, the threads and the loop are those of production; the folder holds what surrounds them.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from provisioner.adapters.logs.messages import LineEvents, LineLevel, LogLine
from provisioner.adapters.proxmox.hypervisor import ProxmoxHypervisor
from provisioner.adapters.proxmox.transport import Timeouts
from provisioner.adapters.sql.store import SqlStore
from provisioner.daemon.freeze_file import FreezeFiles
from provisioner.execution.thread_runner import ThreadCalls
from provisioner.model.intents import IntentKind
from provisioner.model.people.agents import Roster
from provisioner.model.people.profiles import Probe
from provisioner.ports import all_of
from provisioner.reconciler import Reconciler, run
from provisioner.settings.secret import Secret
from provisioner.settings.values import ClusterSettings
from provisioner.twin.server.state import ScaledClock
from tests.chaos.scene import KEY
from tests.chaos.surroundings import MortalStore, People
from tests.chaos.world import CLUSTER, INSTALLATION, TOKEN, a_small_world
from tests.scenarios.witness import Witness

_ROSTER_EVERY_S = 60.0
_READ_TIMEOUT_S = 35.0
"""Of the twin's time, as in production."""
_CONNECTIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a life takes place: the folder that the trial and the daemon share, and the twin in it."""

    folder: Path
    port: int
    ca: str
    clock: ScaledClock

    @classmethod
    def read(cls, folder: Path) -> "Place":
        """As written."""
        document = json.loads((folder / "place.json").read_text(encoding="utf-8"))
        return cls(folder=folder, port=document["port"], ca=document["ca"], clock=ScaledClock(**document["clock"]))

    def write(self) -> None:
        """For the lives to come."""
        document = {"port": self.port, "ca": self.ca, "clock": asdict(self.clock)}
        (self.folder / "place.json").write_text(json.dumps(document), encoding="utf-8")

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.folder / "store.db"

    @property
    def freeze_file(self) -> Path:
        """Exists: frozen."""
        return self.folder / "freeze"

    @property
    def people_file(self) -> Path:
        """The people in the directory, and its state."""
        return self.folder / "people.json"

    @property
    def death_file(self) -> Path:
        """`3 before`: the daemon dies right before its third commit from now."""
        return self.folder / "death"

    @property
    def wrong_file(self) -> Path:
        """What a witness in the daemon's process has seen."""
        return self.folder / "wrong"

    def store(self) -> SqlStore:
        """Not owned."""
        return SqlStore(f"sqlite:///{self.database}", clock=self.clock, installation=INSTALLATION)

    def write_people(self, people: People) -> None:
        """By a rename, so that no reader gets half of it."""
        fresh = self.folder / "people.new"
        fresh.write_text(json.dumps({"state": people.state, "numbers": people.numbers}), encoding="utf-8")
        fresh.rename(self.people_file)


class _Directory:
    """The people of the trial's process."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def read(self, since: Roster | None = None, *, in_force: Roster | None = None) -> Roster:
        """As People."""
        document = json.loads(self._place.people_file.read_text(encoding="utf-8"))
        people = People(0, self._place.clock.now)
        people.state, people.numbers = document["state"], document["numbers"]
        return people.read()


def main() -> None:
    """Live."""
    place, seed = Place.read(Path(sys.argv[1])), int(sys.argv[2])
    config, rate = a_small_world(seed).config, place.clock.scale
    hypervisor = ProxmoxHypervisor(
        ClusterSettings(
            cluster=CLUSTER,
            endpoints=(f"127.0.0.1:{place.port}",),
            token_id=f"{TOKEN.user}!{TOKEN.name}",
            token_secret=Secret(TOKEN.secret),
            ca_file=place.ca,
            connections=_CONNECTIONS,
        ),
        note_key=KEY,
        clock=place.clock,
        on_call=lambda _: None,
        timeouts=Timeouts(read_s=_READ_TIMEOUT_S / rate),
    )
    witness = Witness()
    files = FreezeFiles(configured=place.freeze_file, always=place.freeze_file)
    reconciler = Reconciler(
        config,
        store=MortalStore(place.store(), dies=partial(_dies, place.death_file)),  # type: ignore[arg-type]
        clock=place.clock,
        events=all_of((LineEvents(_say), witness)),
        freeze_mark=files.mark,
    )
    calls = ThreadCalls(
        hypervisors={CLUSTER: hypervisor},
        probes={(CLUSTER, Probe.GUEST_AGENT): hypervisor.guest_probe()},
        directory=_Directory(place),
        clock=place.clock,
        frozen=lambda: _is_frozen(reconciler, files),
        workers=_CONNECTIONS,
        clock_rate=rate,
    )
    reconciler.open()
    _every(_ROSTER_EVERY_S / rate, partial(_read_directory, reconciler, calls))
    run(reconciler, calls, until=lambda: _tell(witness, place.wrong_file))


def _is_frozen(reconciler: Reconciler, files: FreezeFiles) -> bool:
    status = reconciler.status
    standing = status is not None and any(intent.kind is IntentKind.FREEZE for intent in status.intents)
    return standing or files.standing()


def _read_directory(reconciler: Reconciler, calls: ThreadCalls) -> None:
    reconciler.read_directory()
    calls.nudge()


def _say(line: LogLine) -> None:
    if line.level is not LineLevel.DEBUG:
        sys.stdout.write(f"{line.level:7}  {line}\n")
        sys.stdout.flush()


def _dies(file: Path, when: str) -> bool:
    """Kills this process when its death is armed and due."""
    try:
        left, armed = file.read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return False
    if armed != when:
        return False
    if int(left) <= 1:
        file.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    file.write_text(f"{int(left) - 1} {armed}", encoding="utf-8")
    return False


def _every(real_s: float, do: Callable[[], object]) -> None:
    def tick() -> None:
        while not pause.wait(real_s):
            do()

    pause = threading.Event()
    threading.Thread(target=tick, daemon=True, name="ticks").start()


def _tell(witness: Witness, file: Path) -> bool:
    """The loop never ends by itself."""
    if witness.wrong:
        file.write_text("\n".join(witness.wrong), encoding="utf-8")
    return False


if __name__ == "__main__":
    main()
