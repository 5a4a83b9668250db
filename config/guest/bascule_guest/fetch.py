"""Fetches this desktop's first-boot data from the receiver, and lays it out for bascule-first-boot, which applies it.

The request is signed with this boot's secret, and so is the answer, with what was asked: the receiver can neither make one up
nor give an earlier one. Nothing is fetched unless /etc/bascule/guest.conf says so.
"""

import configparser
import hashlib
import hmac
import http.client
import json
import secrets
import ssl
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from machine import Machine
from push import AGAIN_AT_MOST_S, AGAIN_S, Receiver, jittered, signature

STATE = "var/lib/bascule/first-boot-data"
"""bascule-first-boot's word: how far it is, and why it failed. It outlives boots."""
PLACE = "run/bascule/first-boot.json"
"""The data; there is a file from the moment that they came in this boot, emptied once they are applied."""
PATH = "/v1/first-boot"
MOST_BYTES = 256 * 1024
TIMEOUT_S = 15.0
"""The daemon answers between two of its cycles."""
_MOST_SAID = 300


def state_of(machine: Machine) -> tuple[str, str]:
    """`none`, `waiting`, `done` or `failed`, and why it failed. `none`: this image does not ask."""
    config = configparser.ConfigParser(interpolation=None)
    config.read_string(machine.read("etc/bascule/guest.conf"))
    if not config.getboolean("first_boot", "fetch", fallback=False):
        return "none", ""
    if not config.has_option("push", "url"):
        return "failed", "guest.conf asks for first-boot data and names no receiver (url in [push])"
    kept = machine.read(STATE)
    if not kept:
        return "waiting", ""
    said = json.loads(kept)
    return said["state"], said["why"]


def printable(text: str) -> str:
    """As a document may hold it: one line, ASCII, bounded."""
    words = " ".join(text.split()).encode("ascii", "replace").decode()
    return words if len(words) <= _MOST_SAID else words[: _MOST_SAID - 3] + "..."


def answer_signature(secret: str, *, vmid: int, boot_id: str, nonce: str, body: bytes) -> str:
    """HMAC-SHA256 of the daemon over who asked, what was asked, and the data."""
    text = f"first-boot\n{vmid}\n{boot_id}\n{nonce}\n".encode() + body
    return hmac.new(bytes.fromhex(secret), text, hashlib.sha256).hexdigest()


class Fetcher:
    """A thread that asks until the data are there."""

    def __init__(self, machine: Machine, receiver: Receiver, secret: str) -> None:
        self._machine, self._receiver, self._secret = machine, receiver, secret
        self._due, self._over = threading.Event(), threading.Event()
        self._context = ssl.create_default_context(cafile=receiver.ca_file or None)
        self._said = ""
        threading.Thread(target=self._run, name="first-boot", daemon=True).start()

    def begin(self) -> None:
        """It is time to ask; a second call does nothing."""
        self._due.set()

    def _run(self) -> None:
        self._due.wait()
        again_s = AGAIN_S
        while not self._fetch():
            self._over.wait(jittered(again_s))
            again_s = min(2 * again_s, AGAIN_AT_MOST_S)

    def _fetch(self) -> bool:
        try:
            data = self._ask()
            json.loads(data)
            self._machine.replace(Path(self._machine.root / PLACE), data.decode("utf-8"), mode=0o600)
            return True
        except (OSError, ValueError, http.client.HTTPException) as exc:
            if (text := f"first-boot data: {exc or type(exc).__name__}") != self._said:
                print(f"bascule-guest: {text}", file=sys.stderr, flush=True)
                self._said = text
            return False

    def _ask(self) -> bytes:
        """The data, proven to be the daemon's answer to this very request."""
        nonce, vmid, boot_id = secrets.token_hex(16), self._receiver.vmid, self._machine.boot_id
        body = json.dumps({"asks": "first-boot", "nonce": nonce}).encode()
        sequence = int(self._machine.uptime_s * 1e6)
        signed = signature(self._secret, vmid=vmid, boot_id=boot_id, sequence=sequence, body=body)
        headers = {"Bascule-Vmid": str(vmid), "Bascule-Boot": boot_id, "Bascule-Sequence": str(sequence)}
        url = urlsplit(self._receiver.url)
        connection = http.client.HTTPSConnection(url.hostname or "", url.port, timeout=TIMEOUT_S, context=self._context)
        try:
            kind = {"Content-Type": "application/json", "Bascule-Signature": signed, "Connection": "close"}
            connection.request("POST", PATH, body, headers | kind)
            answer = connection.getresponse()
            data = answer.read(MOST_BYTES + 1)
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(f"the receiver answers with {answer.status}")
        mine = answer_signature(self._secret, vmid=vmid, boot_id=boot_id, nonce=nonce, body=data)
        if len(data) > MOST_BYTES or not hmac.compare_digest(mine, answer.getheader("Bascule-Signature", "")):
            raise ValueError("the answer is not Bascule's")
        return data
