"""`--offline`: what is computed here, without the daemon.

What could not be observed is reported on standard error, with exit code 3: a partial view must not pass for a complete one.
"""

from contextlib import closing
from pathlib import Path

import typer

from provisioner.cli.clocks import clock_of_commands
from provisioner.cli.output import complain
from provisioner.cli.site import settings_of
from provisioner.daemon.composition import outside_of
from provisioner.daemon.offline_status import OfflineStatus, look_offline
from provisioner.texts.translate import _


def read_offline_status(config: Path) -> OfflineStatus:
    """Observe once everything that the configuration names. Raises SettingsError, and StoreError also if there is no store."""
    clock = clock_of_commands()
    settings = settings_of(config)
    with closing(outside_of(settings, clock=clock, on_call=lambda _: None)) as outside:
        outside.store.demand()
        return look_offline(settings, outside, now=clock.now())


def exit_if_incomplete(offline: OfflineStatus) -> None:
    """If anything could not be observed: say it on standard error and exit with 3."""
    for cluster, reason in sorted(offline.unseen.items()):
        complain(_("cluster {cluster} cannot be observed: {reason}", cluster=cluster, reason=reason))
    if offline.status.directory_error:
        complain(_("directory: {reason}", reason=offline.status.directory_error))
    if offline.unseen or offline.status.directory_error:
        raise typer.Exit(3)
