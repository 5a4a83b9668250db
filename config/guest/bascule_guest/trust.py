"""By which authority this desktop trusts the receiver: the image's own; where the image has none, or an earlier one, that which
Bascule gives in this boot.

The answer is signed with this boot's secret, which Bascule has read through the hypervisor: whoever stands between can hold it
back, and can make none up. Until there is an authority nothing is sent but this question.
"""

import ssl
import threading
from pathlib import Path

from asking import Asking
from machine import Machine
from push import Receiver

ASKS = "receiver-authority"
FETCHED = "run/bascule/receiver-ca.pem"
"""It goes with the boot, as the secret does."""
SELDOM_S = 900.0
"""A receiver that goes on being of another authority is no reason to ask each minute."""


class Trust:
    """What the receiver's certificate is checked with. Any thread may call."""

    def __init__(self, machine: Machine, receiver: Receiver, secret: str) -> None:
        self._machine, self._receiver, self._secret = machine, receiver, secret
        self._turn = threading.Lock()
        self._context: ssl.SSLContext | None = None
        self._doubted, self._given_at = False, -SELDOM_S

    def context(self) -> ssl.SSLContext:
        """Asks if there is none. Raises OSError, ValueError and HTTPException: there is none yet."""
        with self._turn:
            if self._context is None:
                doubted, self._doubted = self._doubted, False  # without an answer the image's counts again
                self._context = (None if doubted else self._from_image()) or self._from_bascule()
            return self._context

    def failed(self, error: Exception) -> None:
        """The receiver is not of this authority, which may be an earlier one: the next one to come asks."""
        with self._turn:
            long_ago = self._machine.uptime_s - self._given_at >= SELDOM_S
            if isinstance(error, ssl.SSLCertVerificationError) and self._receiver.ca_file and long_ago:
                self._context, self._doubted = None, True

    def _from_image(self) -> ssl.SSLContext | None:
        """Or what was given earlier in this boot. None: there is none."""
        if not self._receiver.ca_file:
            return ssl.create_default_context()
        given = self._machine.root / FETCHED
        places = [path for path in (given, Path(self._receiver.ca_file)) if path.exists()]
        return ssl.create_default_context(cafile=places[0]) if places else None

    def _from_bascule(self) -> ssl.SSLContext:
        asking = Asking(self._machine, self._receiver, self._secret, Unchecked())
        text = asking.answer(ASKS).decode("ascii")
        context = ssl.create_default_context(cadata=text)
        self._machine.replace(self._machine.root / FETCHED, text, mode=0o644)
        self._given_at = self._machine.uptime_s
        return context


class Unchecked:
    """For that question alone: its answer proves itself."""

    def context(self) -> ssl.SSLContext:
        """Whoever answers."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    def failed(self, error: Exception) -> None:
        """Nothing is checked."""
