"""What a desktop asks for itself: whether it is such a question, and the signature of the answer."""

import hashlib
import hmac
import json
import re
from collections.abc import Set
from typing import Any

from provisioner.sessions.push import Push

FIRST_BOOT, AUTHORITY = "first-boot", "receiver-authority"
_NONCE = re.compile(r"[0-9a-f]{32}")


def question_in(push: Push, about: str, *, more: Set[str] = frozenset()) -> dict[str, Any]:
    """The members of a question about this, which has `more` besides. Raises ValueError: it is none."""
    document = json.loads(push.body)
    if not isinstance(document, dict) or document.keys() != {"asks", "nonce"} | more or document["asks"] != about:
        raise ValueError(f"it is no question about {about}")
    if not isinstance(document["nonce"], str) or not _NONCE.fullmatch(document["nonce"]):
        raise ValueError("its nonce is not 32 hexadecimal digits")
    return document


def answer_signature(secret: str, push: Push, about: str, *, body: str, more: Set[str] = frozenset()) -> str:
    """HMAC-SHA256 over who asked, what was asked and the answer, as bascule-guest checks it. Raises ValueError: no question."""
    nonce = question_in(push, about, more=more)["nonce"]
    text = f"{about}\n{push.vmid}\n{push.boot_id}\n{nonce}\n{body}"
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()


__all__ = ["AUTHORITY", "FIRST_BOOT", "answer_signature", "question_in"]
