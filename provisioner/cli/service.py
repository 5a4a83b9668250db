"""`bascule run`: the daemon."""

import os
import sys

from provisioner.adapters.structured_log import StructuredLog, configure
from provisioner.cli.output import CONFIG, ConfigOption
from provisioner.daemon.service import Service, Surroundings, SystemClock


def run(config: ConfigOption = CONFIG) -> None:
    """Run the daemon, until SIGTERM (ends within 10 s) or SIGINT. SIGHUP takes up a changed configuration."""
    surroundings = Surroundings(environment=os.environ, clock=SystemClock(), listeners=(StructuredLog(),))
    service = Service(config, surroundings)
    configure(format=service.settings.log.format.value, level=service.settings.log.level.value, stream=sys.stderr)
    service.run()
