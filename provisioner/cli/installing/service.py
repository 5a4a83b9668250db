"""`bascule run`: the daemon."""

import os
import sys
import threading
import time
from pathlib import Path
from typing import Annotated

import typer

from provisioner.adapters.logs.structured import StructuredLog, configure
from provisioner.cli.clocks import TWIN_STATE, read_twin_state
from provisioner.cli.output import CONFIG, ConfigOption
from provisioner.cli.times import zone_of_files
from provisioner.daemon.beside import OwnCommand
from provisioner.daemon.composition import pseudonyms_of
from provisioner.daemon.service import Service, ServiceContext
from provisioner.daemon.system_clock import SystemClock
from provisioner.settings.site_zone import site_zone

_WITH_ITS_DAEMON = "import ctypes; ctypes.CDLL(None).prctl(1, 15); from provisioner.cli.entry import main; main()"
OWN_COMMAND = (sys.executable, "-P", "-c", _WITH_ITS_DAEMON)
"""Starts a command of this Bascule, wherever it is installed; no file of the current folder is imported. The kernel ends it
(PR_SET_PDEATHSIG is 1, SIGTERM 15) with the daemon: after a `kill -9` the next daemon asks anew."""
TwinOption = Annotated[
    Path | None,
    typer.Option("--twin-state", envvar=TWIN_STATE, help="Run against a served twin, in its time: the twin's state file."),
]


def run(config: ConfigOption = CONFIG, twin_state: TwinOption = None) -> None:
    """Run the daemon until SIGTERM or SIGINT.

    It ends within 10 s. SIGHUP reloads the configuration.
    """
    twin, log = read_twin_state(twin_state) if twin_state else None, StructuredLog()
    state = {TWIN_STATE: str(twin_state)} if twin_state else {}
    rate = twin.scale if twin else 1.0
    context = ServiceContext(
        environment=os.environ,
        command=OwnCommand(words=OWN_COMMAND, environment={**os.environ, **state}),
        clock=twin.clock if twin else SystemClock(),
        elapsed=None if twin else time.monotonic,
        clock_rate=rate,
        listeners=(log,),
        store_answers=lambda: _recall_people(log, service),
    )
    service = Service(config, context)
    zone_of_files(site_zone(service.settings.timezone))
    settings, log.names = service.settings.log, pseudonyms_of(service.settings)
    _recall_people(log, service)
    configure(format=settings.format.value, level=settings.level.value, stream=sys.stderr, names=log.names)
    service.run()
    _leave()


def _recall_people(log: StructuredLog, service: Service) -> None:
    """Their names are hidden in every line, also those of people who have left."""
    if log.names is not None:
        log.names.recall(service.known_people())


def _leave() -> None:
    """End now, also if threads still wait for a cluster that does not answer: Python would wait for their time-outs.

    Nothing is lost: the store is durable before each call, and the next start observes what the calls did.
    """
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
