"""A desktop's question who may log on to it, with whom it lets in now, and the signature of the answer."""

from provisioner.model.guest_bounds import MAX_LOGIN_CHARACTERS
from provisioner.sessions.push import Push
from provisioner.sessions.questions import answer_signature, question_in

ASKS = "access"
_KEYS = frozenset({"allowed"})


def allowed_in(push: Push) -> str:
    """The login that the desktop lets in now. Raises ValueError: it is no question who may log on."""
    allowed = question_in(push, ASKS, more=_KEYS)["allowed"]
    if not isinstance(allowed, str) or len(allowed) > MAX_LOGIN_CHARACTERS:
        raise ValueError("whom it lets in is no login")
    return allowed


def access_signature(secret: str, push: Push, *, body: str) -> str:
    """HMAC-SHA256 over who asked, what was asked and the answer, as bascule-guest checks it."""
    return answer_signature(secret, push, ASKS, body=body, more=_KEYS)


__all__ = ["ASKS", "access_signature", "allowed_in"]
