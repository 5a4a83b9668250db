"""`bascule run`: the daemon."""

import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from provisioner.adapters.logs.structured import StructuredLog, configure
from provisioner.cli.clocks import TWIN_STATE, read_twin_state
from provisioner.cli.output import CONFIG, ConfigOption
from provisioner.daemon.composition import pseudonyms_of
from provisioner.daemon.service import Service, ServiceContext
from provisioner.daemon.system_clock import SystemClock

TwinOption = Annotated[
    Path | None,
    typer.Option("--twin-state", envvar=TWIN_STATE, help="Against a served twin: its state file, whose time is then lived in."),
]


def run(config: ConfigOption = CONFIG, twin_state: TwinOption = None) -> None:
    """Run the daemon, until SIGTERM (ends within 10 s) or SIGINT. SIGHUP takes up a changed configuration."""
    twin, log = read_twin_state(twin_state) if twin_state else None, StructuredLog()
    surroundings = ServiceContext(
        environment=os.environ,
        clock=twin.clock if twin else SystemClock(),
        clock_rate=twin.scale if twin else 1.0,
        listeners=(log,),
    )
    service = Service(config, surroundings)
    chosen, log.names = service.settings.log, pseudonyms_of(service.settings)
    configure(format=chosen.format.value, level=chosen.level.value, stream=sys.stderr, names=log.names)
    service.run()
    _leave()


def _leave() -> None:
    """Python would wait for the threads whose calls a hanging cluster has not answered: for as long as their time-outs.

    All that is kept was durable before, and what the calls came to is found by looking, after the next start.
    """
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
