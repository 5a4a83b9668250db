"""A desktop that asks for its first-boot data: whether it is such a request, and the signature of the answer."""

import hashlib
import hmac
import json
import re

from provisioner.sessions.push import Push

_NONCE = re.compile(r"[0-9a-f]{32}")


def nonce_in(push: Push) -> str:
    """What the desktop has made up for this request. Raises ValueError: it is no request for first-boot data."""
    document = json.loads(push.body)
    if not isinstance(document, dict) or document.keys() != {"asks", "nonce"} or document["asks"] != "first-boot":
        raise ValueError("it is no request for first-boot data")
    nonce = document["nonce"]
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise ValueError("its nonce is not 32 hexadecimal digits")
    return nonce


def answer_signature(secret: str, push: Push, *, body: str) -> str:
    """HMAC-SHA256 over who asked, what was asked and the answer, as bascule-guest checks it."""
    text = f"first-boot\n{push.vmid}\n{push.boot_id}\n{nonce_in(push)}\n{body}"
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()


__all__ = ["answer_signature", "nonce_in"]
