"""The certificate that the receiver serves with, taken up anew once its file is another."""

import logging
from pathlib import Path

from provisioner.api.listening import tls_context
from provisioner.errors import ExpositionError

LOOK_S = 60.0
"""Real seconds between two looks at the files: a renewal comes a third of the certificate's life before its end."""
_log = logging.getLogger(__name__)


class ServedCertificate:
    """Of the context that new connections are served with."""

    def __init__(self, certificate: Path, key: Path | None) -> None:
        """Raises ExpositionError: the files cannot be used."""
        self._files = (certificate, key)
        self._known = self._marks()
        self.context = tls_context(certificate, key)
        self.context.num_tickets = 0  # nobody resumes: a desktop's program begins each push anew

    def take_up(self) -> bool:
        """Serve with the files as they are now, if they are others and can be used; whether it does. What is served goes on."""
        marks = self._marks()
        if marks == self._known:
            return False
        self._known = marks
        try:
            tls_context(*self._files)  # a pair that does not belong together would spoil the context in use
            self.context.load_cert_chain(*self._files)
        except (ExpositionError, OSError) as error:
            _log.warning("the certificate has changed and cannot be used; the earlier one is served: %s", error)
            return False
        _log.warning("the certificate has changed, and is served from now on")
        return True

    def _marks(self) -> tuple[object, ...]:
        """Another file, or other contents, have other ones."""
        return tuple(_mark(path) for path in self._files if path is not None)


def _mark(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
