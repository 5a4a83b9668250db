"""Sends the document to the receiver: HTTPS, signed with the secret of this boot."""

import configparser
import hashlib
import hmac
import http.client
import random
import ssl
import threading
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from identity import vmid_of
from machine import Machine

EVERY_S = 60.0
"""At rest: three of them are lost before what the receiver knows is too old."""
JITTER = 0.1
AGAIN_S, AGAIN_AT_MOST_S = 2.0, 60.0
TIMEOUT_S = 5.0
MOST_ANSWER_BYTES = 4096
SIGNED = ("vmid", "boot", "sequence")
"""What is signed before the body, each in one line (provisioner/sessions/push.py)."""


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Where pushes go."""

    url: str
    ca_file: str
    vmid: int


def receiver_of(machine: Machine) -> Receiver | None:
    """From /etc/bascule/guest.conf; None: it names none, and the pull alone serves."""
    text = machine.read("etc/bascule/guest.conf")
    config = configparser.ConfigParser(interpolation=None)
    config.read_string(text)
    if not config.has_option("push", "url"):
        return None
    vmid = config.getint("push", "vmid", fallback=vmid_of(machine) or 0)
    if not vmid:
        raise ValueError("no network card has an address of Bascule's, and guest.conf names no vmid")
    return Receiver(url=config["push"]["url"], ca_file=config.get("push", "ca_file", fallback=""), vmid=vmid)


def signature(secret: str, *, vmid: int, boot_id: str, sequence: int, body: bytes) -> str:
    """HMAC-SHA256 over VMID, boot id, sequence number and body."""
    text = f"{vmid}\n{boot_id}\n{sequence}\n".encode() + body
    return hmac.new(bytes.fromhex(secret), text, hashlib.sha256).hexdigest()


class Trusting(Protocol):
    """What the receiver's certificate is checked with."""

    def context(self) -> ssl.SSLContext:
        """Raises OSError, ValueError and HTTPException: there is nothing to check it with yet."""

    def failed(self, error: Exception) -> None:
        """What came of it."""


class Fixed:
    """The authorities that guest.conf names, and no others."""

    def __init__(self, receiver: Receiver) -> None:
        self._context = ssl.create_default_context(cafile=receiver.ca_file or None)

    def context(self) -> ssl.SSLContext:
        """Of these."""
        return self._context

    def failed(self, error: Exception) -> None:
        """They stay what they are."""


class Pusher:
    """A thread that sends the newest document: a receiver that hangs delays no look."""

    def __init__(self, receiver: Receiver, trust: Trusting | None = None) -> None:
        self._receiver, self._trust = receiver, trust or Fixed(receiver)
        self._due = threading.Event()
        self._newest: tuple[str, dict[str, str], bytes] | None = None
        threading.Thread(target=self._run, name="push", daemon=True).start()

    def hand_in(self, body: bytes, *, secret: str, boot_id: str, sequence: int, at_once: bool) -> None:
        """The newest document, sent at once or when the next one is due."""
        vmid = self._receiver.vmid
        signed = signature(secret, vmid=vmid, boot_id=boot_id, sequence=sequence, body=body)
        headers = {"Bascule-Vmid": str(vmid), "Bascule-Boot": boot_id, "Bascule-Sequence": str(sequence)}
        self._newest = (signed, headers, body)
        if at_once:
            self._due.set()

    def _run(self) -> None:
        wait_s, again_s = 0.0, AGAIN_S
        while True:
            self._due.wait(wait_s)
            self._due.clear()
            if self._newest is None:
                wait_s = 1.0
            elif self._send(*self._newest):
                wait_s, again_s = jittered(EVERY_S), AGAIN_S
            else:
                wait_s, again_s = jittered(again_s), min(2 * again_s, AGAIN_AT_MOST_S)

    def _send(self, signed: str, headers: dict[str, str], body: bytes) -> bool:
        """Whether it was taken, or can never be."""
        parts = urlsplit(self._receiver.url)
        try:
            context = self._trust.context()
        except (OSError, ValueError, http.client.HTTPException):
            return False
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S, context=context)
        try:
            kind = {"Content-Type": "application/json", "Bascule-Signature": signed, "Connection": "close"}
            connection.request("POST", parts.path or "/", body, headers | kind)
            answer = connection.getresponse()
            answer.read(MOST_ANSWER_BYTES)
            return answer.status < 500 and answer.status != 429
        except (OSError, http.client.HTTPException) as exc:
            self._trust.failed(exc)
            return False
        finally:
            connection.close()


def jittered(seconds: float) -> float:
    """So that a thousand desktops do not ask at the same moment."""
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)
