"""`bascule receiver`: takes what desktops push."""

import logging
import os
import sys
from pathlib import Path

from provisioner.cli.output import CONFIG, ConfigOption
from provisioner.settings.receiver_section import load_receiver_section

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""systemd's: with its `LoadCredential=` the receiver's account need not be able to read the files themselves."""


def receiver(config: ConfigOption = CONFIG) -> None:
    """Take what desktops push over TLS, and hand it to the daemon, until SIGTERM or SIGINT. Needs no secret but its TLS key."""
    from provisioner.receiver.serve import serve

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="receiver: %(message)s")
    settings = load_receiver_section(_given("bascule.yaml", config))
    key = None if settings.key is None else _given("key", settings.key)
    serve(settings, certificate=_given("certificate", settings.certificate), key=key)


def _given(name: str, path: Path) -> Path:
    """The file that systemd gives under this name, else the one at the path."""
    folder = os.environ.get(CREDENTIALS, "")
    given = Path(folder) / name
    return given if folder and given.exists() else path
