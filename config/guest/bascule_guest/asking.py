"""Asks the receiver for something of this desktop's own. The question is signed with this boot's secret, and so is the answer,
with what was asked: the receiver can neither make one up nor give an earlier one.
"""

import hashlib
import hmac
import http.client
import json
import secrets
import ssl
from urllib.parse import urlsplit

from machine import Machine
from push import Fixed, Receiver, Trusting, signature

MOST_BYTES = 256 * 1024
TIMEOUT_S = 15.0
"""The daemon answers between two of its cycles."""


def answer_signature(secret: str, *, about: str, vmid: int, boot_id: str, nonce: str, body: bytes) -> str:
    """HMAC-SHA256 of the daemon over who asked, what was asked, and the answer."""
    text = f"{about}\n{vmid}\n{boot_id}\n{nonce}\n".encode() + body
    return hmac.new(bytes.fromhex(secret), text, hashlib.sha256).hexdigest()


class Asking:
    """One desktop's way to ask."""

    def __init__(self, machine: Machine, receiver: Receiver, secret: str, trust: Trusting | None = None) -> None:
        self._machine, self._receiver, self._secret = machine, receiver, secret
        self._trust = trust or Fixed(receiver)

    def answer(self, about: str, **more: object) -> bytes:
        """What the daemon answers to this very question. Raises OSError, ValueError and HTTPException."""
        nonce, vmid, boot_id = secrets.token_hex(16), self._receiver.vmid, self._machine.boot_id
        body = json.dumps({"asks": about, "nonce": nonce, **more}).encode()
        sequence = int(self._machine.uptime_s * 1e6)
        signed = signature(self._secret, vmid=vmid, boot_id=boot_id, sequence=sequence, body=body)
        headers = {"Bascule-Vmid": str(vmid), "Bascule-Boot": boot_id, "Bascule-Sequence": str(sequence)}
        status, data, mark = self._sent(f"/v1/{about}", body, headers | {"Bascule-Signature": signed})
        if status != 200:
            raise ValueError(f"the receiver answers with {status}")
        mine = answer_signature(self._secret, about=about, vmid=vmid, boot_id=boot_id, nonce=nonce, body=data)
        if len(data) > MOST_BYTES or not hmac.compare_digest(mine, mark):
            raise ValueError("the answer is not Bascule's")
        return data

    def _sent(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, str]:
        url = urlsplit(self._receiver.url)
        context = self._trust.context()
        connection = http.client.HTTPSConnection(url.hostname or "", url.port, timeout=TIMEOUT_S, context=context)
        try:
            kind = {"Content-Type": "application/json", "Connection": "close"}
            connection.request("POST", path, body, headers | kind)
            answer = connection.getresponse()
            return answer.status, answer.read(MOST_BYTES + 1), answer.getheader("Bascule-Signature", "")
        except ssl.SSLCertVerificationError as exc:
            self._trust.failed(exc)
            raise
        finally:
            connection.close()
