"""`bascule guest receiver`: takes what desktops push."""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from provisioner.cli.output import CONFIG, ConfigOption, say
from provisioner.errors import SettingsError
from provisioner.reasons.certificates import NO_AUTHORITY
from provisioner.settings.store_access import load_receiver_section
from provisioner.texts.translate import _

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""systemd's: with its `LoadCredential=` the receiver's account need not be able to read the files themselves."""


def receiver(
    config: ConfigOption = CONFIG,
    renew: Annotated[
        bool, typer.Option("--renew", help="Instead: renew its certificate, if less than a third of its life is left.")
    ] = False,
) -> None:
    """Take what desktops push over TLS, and hand it to the daemon, until SIGTERM or SIGINT. Needs no secret but its TLS key."""
    if renew:
        _renew(config)
        return
    from provisioner.receiver.serve import serve

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="receiver: %(message)s")
    settings = load_receiver_section(_given("bascule.yaml", config))
    key = None if settings.key is None else _given("key", settings.key)
    serve(settings, certificate=_given("certificate", settings.certificate), key=key)


def _renew(config: Path) -> None:
    """With the site's own authority, which the receiver itself never reads. Raises SettingsError."""
    from provisioner.daemon.system_clock import SystemClock
    from provisioner.setup.receiver_files import renew

    settings = load_receiver_section(config)
    if settings.authority_key is None:
        raise SettingsError(NO_AUTHORITY(path=str(config)))
    if renew(settings, now=SystemClock().now()):
        say(_("{file} is renewed: restart the receiver, if it runs as a service", file=str(settings.certificate)))
    else:
        say(_("{file} lasts: nothing is renewed", file=str(settings.certificate)))


def _given(name: str, path: Path) -> Path:
    """The file that systemd gives under this name, else the one at the path."""
    folder = os.environ.get(CREDENTIALS, "")
    given = Path(folder) / name
    return given if folder and given.exists() else path
