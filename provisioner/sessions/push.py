"""A document that a desktop has sent by itself, as it arrives: nothing in it is believed yet."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

from provisioner.model.guest_bounds import MAX_STATUS_BYTES
from provisioner.model.ids import Vmid

SOURCE = "push"
MAX_SEQUENCE = 10**15
"""Microseconds since the boot: thirty years."""
_NUMBER = re.compile(rb"[1-9][0-9]{0,15}")
_BOOT_ID = re.compile(rb"[0-9a-f-]{1,64}")
_SIGNATURE = re.compile(rb"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One push."""

    vmid: Vmid
    boot_id: str
    sequence: int
    """Grows with each document of a boot."""
    signature: str
    body: str


def signature_of(secret: str, push: Push) -> str:
    """HMAC-SHA256 over VMID, boot id, sequence number and body, as bascule-guest makes it. `secret`: hexadecimal digits."""
    text = f"{push.vmid}\n{push.boot_id}\n{push.sequence}\n{push.body}"
    return hmac.new(bytes.fromhex(secret), text.encode(errors="replace"), hashlib.sha256).hexdigest()


def is_signed(push: Push, secret: str) -> bool:
    """Whether the push was signed with this secret."""
    return hmac.compare_digest(signature_of(secret, push), push.signature)


def headers_of(push: Push) -> dict[bytes, bytes]:
    """The headers of a request with this push, as `parse_push` reads them."""
    parts = {"vmid": push.vmid, "boot": push.boot_id, "sequence": push.sequence, "signature": push.signature}
    return {f"bascule-{name}".encode(): str(value).encode("ascii", "replace") for name, value in parts.items()}


def parse_push(headers: Mapping[bytes, bytes], body: bytes) -> Push:
    """The push in a request. Raises ValueError with one sentence about the first problem."""
    vmid = _matched(headers, b"bascule-vmid", _NUMBER)
    sequence = _matched(headers, b"bascule-sequence", _NUMBER)
    boot_id = _matched(headers, b"bascule-boot", _BOOT_ID)
    signature = _matched(headers, b"bascule-signature", _SIGNATURE)
    if not 0 < len(body) <= MAX_STATUS_BYTES:
        raise ValueError(f"the document has {len(body)} bytes, not 1 to {MAX_STATUS_BYTES}")
    if int(sequence) > MAX_SEQUENCE or int(vmid) > 999_999_999:
        raise ValueError("a number is too large")
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:  # JSON can be written in ASCII, and bascule-guest does
        raise ValueError("the document is not ASCII") from None
    if not text.isprintable():  # of ASCII: from the space to the tilde
        raise ValueError("the document has control characters")
    return Push(vmid=Vmid(int(vmid)), boot_id=boot_id, sequence=int(sequence), signature=signature, body=text)


def _matched(headers: Mapping[bytes, bytes], name: bytes, pattern: re.Pattern[bytes]) -> str:
    value = headers.get(name, b"")
    if not pattern.fullmatch(value):
        raise ValueError(f"{name.decode()} is missing, or not as it should be")
    return value.decode("ascii")
