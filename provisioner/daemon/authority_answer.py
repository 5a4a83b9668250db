"""What a desktop is answered that asks for the receiver's authority: the image has none, or an earlier one.

It asks over a connection that it cannot check yet. So the answer is signed with the secret of its boot, which Bascule has read
through the hypervisor, with what was asked: nobody between them can make one up, or give an earlier one.
"""

import hashlib
import hmac
import json
import re
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from provisioner.named_files import read_named
from provisioner.sessions.push import Push

ASKS = "receiver-authority"
_NONCE = re.compile(r"[0-9a-f]{32}")


def authority_nonce(push: Push) -> str:
    """What the desktop has made up for this question. Raises ValueError: it is no question about the authority."""
    document = json.loads(push.body)
    if not isinstance(document, dict) or document.keys() != {"asks", "nonce"} or document["asks"] != ASKS:
        raise ValueError("it is no question about the receiver's authority")
    nonce = document["nonce"]
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise ValueError("its nonce is not 32 hexadecimal digits")
    return nonce


def authority_answer(push: Push, secret: str, file: Path) -> tuple[str, str]:
    """The certificates of this file and nothing else that may be in it, and the signature. Raises OSError and ValueError."""
    made = x509.load_pem_x509_certificates(read_named(file))
    body = "".join(part.public_bytes(Encoding.PEM).decode() for part in made)
    text = f"{ASKS}\n{push.vmid}\n{push.boot_id}\n{authority_nonce(push)}\n{body}"
    return body, hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()


__all__ = ["authority_answer", "authority_nonce"]
