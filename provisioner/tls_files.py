"""The TLS that this machine serves with: certificate and key from files, taken up anew once these have other contents.

Standard library only, for the receiver, which loads little.
"""

import hashlib
import logging
import ssl
import threading
from pathlib import Path

from provisioner.errors import ExpositionError
from provisioner.named_files import look_at_named, read_named
from provisioner.reasons.api import TLS_UNUSABLE
from provisioner.reasons.certificates import KEY_OF_ANOTHER
from provisioner.reasons.reason import NONE, Reason

LOOK_S = 60.0
"""Real seconds between two looks at the files: a renewal comes days before the certificate's end."""
_OF_ANOTHER = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH")
_log = logging.getLogger(__name__)


class ServedCertificate:
    """Makes the context that new connections are served with. Connections that are open go on with theirs."""

    def __init__(
        self, section: str, certificate: Path, key: Path | None, *, client_ca: Path | None = None, resumed: bool = True
    ) -> None:
        """`section`: of bascule.yaml; `key`: None: in the same file; `client_ca`: who vouches for clients, None: nobody has to.

        `resumed`: whether clients may begin where an earlier connection ended. Raises ExpositionError.
        """
        self._section, self._files, self._resumed = section, (certificate, key, client_ca), resumed
        self._turn = threading.Lock()
        self._known = self._contents()
        self.fault = NONE
        """Why the files as they are now cannot be used, and those from before are served; empty: they are served."""
        self._serve()

    @property
    def certificate(self) -> bytes:
        """The PEM certificates that are served."""
        return self._certificate

    def context(self) -> ssl.SSLContext:
        """For the next connection. Any thread may ask."""
        return self._context

    def take_up(self) -> bool:
        """Serve with the files as they are now, if they are others and can be used; whether it does. Any thread may call."""
        with self._turn:
            contents = self._contents()
            if contents == self._known:
                return False
            self._known = contents
            return self._is_taken_up()

    def _is_taken_up(self) -> bool:
        try:
            self._serve()
        except ExpositionError as error:
            self.fault = error.reason
            _log.warning("the certificate has changed and cannot be used; the earlier one is served: %s", error)
            return False
        self.fault = NONE
        _log.warning("%s: the certificate has changed, and is served from now on", self._section)
        return True

    def _serve(self) -> None:
        """A context of its own: an earlier one would go on trusting an earlier authority."""
        certificate, key, client_ca = self._files
        context = tls_context(self._section, certificate, key, client_ca=client_ca)
        if not self._resumed:
            context.num_tickets = 0
        try:
            self._certificate = read_named(certificate)
        except OSError as error:  # gone since it was read
            raise ExpositionError(_unusable(self._section, error, *self._files)) from error
        self._context = context

    def _contents(self) -> tuple[bytes, ...]:
        return tuple(_digest(file) for file in self._files if file is not None)


def tls_context(section: str, certificate: Path, key: Path | None, *, client_ca: Path | None = None) -> ssl.SSLContext:
    """Raises ExpositionError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        for file in filter(None, (certificate, key, client_ca)):
            look_at_named(file)  # ssl does not say which file is not there
        load_pair(context, certificate, key)
        if client_ca is not None:
            context.load_verify_locations(cafile=client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ValueError) as error:
        raise ExpositionError(_unusable(section, error, certificate, key, client_ca)) from error
    return context


def load_pair(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    """Raises OSError, as ssl.SSLError is, and ValueError; `strerror` is a reason where the key is of another certificate."""
    try:
        # For a key with a passphrase OpenSSL would ask at the terminal; a daemon has none.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        if error.reason in _OF_ANOTHER:
            raise OSError(0, KEY_OF_ANOTHER(key=str(key or certificate), certificate=str(certificate))) from error
        raise


def said_of_tls(error: Exception) -> str:
    """In the system's words, or ours; with the file, if the error names it."""
    said = error.strerror if isinstance(error, OSError) else None
    return said if isinstance(said, Reason) and said.code == KEY_OF_ANOTHER.code else str(error)


def _unusable(section: str, error: Exception, *files: Path | None) -> Reason:
    names = ", ".join(str(file) for file in files if file is not None)
    return TLS_UNUSABLE(section=section, files=names, said=said_of_tls(error))


def _digest(file: Path) -> bytes:
    """Of its contents; of a file that cannot be read, why not."""
    try:
        return hashlib.sha256(read_named(file)).digest()
    except (OSError, ValueError) as error:
        return str(error).encode()


__all__ = ["LOOK_S", "ServedCertificate", "load_pair", "said_of_tls", "tls_context"]
