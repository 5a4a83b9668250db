"""A desktop that asks for its first-boot data: whether it is who it says, and the signature of the answer."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable

from provisioner.model.ids import Instant
from provisioner.model.status_document import MAX_AGE_S
from provisioner.model.words import FirstBootWord, PushWord
from provisioner.sessions.checking import KnownBoot, Verdict, sender_of
from provisioner.sessions.push import Push

_NONCE = re.compile(r"[0-9a-f]{32}")
_WORDS = {
    PushWord.UNKNOWN_DESKTOP: FirstBootWord.UNKNOWN_DESKTOP,
    PushWord.UNKNOWN_BOOT: FirstBootWord.UNKNOWN_BOOT,
    PushWord.FORGED: FirstBootWord.FORGED,
}


def nonce_in(push: Push) -> str:
    """What the desktop has made up for this request. Raises ValueError: it is no request for first-boot data."""
    document = json.loads(push.body)
    if not isinstance(document, dict) or document.keys() != {"asks", "nonce"} or document["asks"] != "first-boot":
        raise ValueError("it is no request for first-boot data")
    nonce = document["nonce"]
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise ValueError("its nonce is not 32 hexadecimal digits")
    return nonce


def check_request(push: Push, known: Iterable[KnownBoot], *, heard_at: Instant) -> tuple[FirstBootWord, KnownBoot | Verdict]:
    """Whose request it is, or why it is not believed.

    A request that is played back gets the same answer again, which only that desktop can use.
    """
    sender = sender_of(push, known)
    if isinstance(sender, Verdict):
        return _WORDS[sender.word], sender
    late = heard_at - (sender.began_at + push.sequence / 1e6) > MAX_AGE_S
    return (FirstBootWord.LATE if late else FirstBootWord.GIVEN), sender


def answer_signature(secret: str, push: Push, *, body: str) -> str:
    """HMAC-SHA256 over who asked, what was asked and the answer, as bascule-guest checks it."""
    text = f"first-boot\n{push.vmid}\n{push.boot_id}\n{nonce_in(push)}\n{body}"
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()


__all__ = ["answer_signature", "check_request", "nonce_in"]
