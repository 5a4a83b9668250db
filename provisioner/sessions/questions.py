"""What a desktop asks for itself, whether it is such a question, and the signature of the answer.

It asks about its first boot and the receiver's authority; who may log on to it, with whom it lets in now; and what to do with
its sessions: the answer has words and numbers, and a message of the help desk for an image that can show it.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Set
from typing import Any

from provisioner.model.machines.guest_bounds import LONGEST_S, MAX_CONNECTIONS, MAX_LOGIN_CHARACTERS, MAX_MARKS, MAX_SESSIONS
from provisioner.model.session_rules import (
    MOST_WARN_MINUTES,
    About,
    AskedSessions,
    OpenSession,
    SessionOrder,
    SessionOrderKind,
    SessionVerdict,
    Warned,
)
from provisioner.sessions.push import Push

FIRST_BOOT, AUTHORITY = "first-boot", "receiver-authority"
_NONCE = re.compile(r"[0-9a-f]{32}")
ASKS_ACCESS = "access"
_ALLOWED = frozenset({"allowed"})
ASKS_ORDERS = "session-orders"
_ASKED = frozenset({"connections", "sessions"})
_SESSION = frozenset({"id", "user", "open_s", "away_s", "warned"})
_WITH_TEXTS = _SESSION | {"texts"}
"""Of an image that shows the help desk's messages: the marks of those that it has shown."""
_MARK = re.compile(r"[0-9a-f]{16}")
_ID = re.compile(r"[A-Za-z0-9]{1,16}")


def question_in(push: Push, about: str, *, more: Set[str] = frozenset()) -> dict[str, Any]:
    """The members of a question about this, which has `more` besides. Raises ValueError: it is none."""
    document = json.loads(push.body)
    if not isinstance(document, dict) or document.keys() != {"asks", "nonce"} | more or document["asks"] != about:
        raise ValueError(f"it is not a question about {about}")
    if not isinstance(document["nonce"], str) or not _NONCE.fullmatch(document["nonce"]):
        raise ValueError("its nonce is not 32 hexadecimal digits")
    return document


def answer_signature(secret: str, push: Push, about: str, *, body: str, more: Set[str] = frozenset()) -> str:
    """HMAC-SHA256 over who asked, what was asked and the answer, as bascule-guest checks it. Raises ValueError: no question."""
    nonce = question_in(push, about, more=more)["nonce"]
    text = f"{about}\n{push.vmid}\n{push.boot_id}\n{nonce}\n{body}"
    return hmac.new(bytes.fromhex(secret), text.encode(), hashlib.sha256).hexdigest()


def allowed_in(push: Push) -> str:
    """The login that the desktop lets in now. Raises ValueError: it is not a question who may log on."""
    allowed = question_in(push, ASKS_ACCESS, more=_ALLOWED)["allowed"]
    if not isinstance(allowed, str) or len(allowed) > MAX_LOGIN_CHARACTERS:
        raise ValueError("whom it lets in is not a login")
    return allowed


def access_signature(secret: str, push: Push, *, body: str) -> str:
    """HMAC-SHA256 over who asked, what was asked and the answer, as bascule-guest checks it."""
    return answer_signature(secret, push, ASKS_ACCESS, body=body, more=_ALLOWED)


def asked_in(push: Push) -> AskedSessions:
    """The sessions in a question. Raises ValueError: it is none."""
    document = question_in(push, ASKS_ORDERS, more=_ASKED)
    sessions = document["sessions"]
    if not isinstance(sessions, list) or len(sessions) > MAX_SESSIONS:
        raise ValueError("its sessions are not a list")
    connections = int(_number(document["connections"], MAX_CONNECTIONS))
    return AskedSessions(connections=connections, sessions=tuple(map(_session, sessions)))


def answer_text(verdict: SessionVerdict) -> str:
    """As the desktop carries it out."""
    return json.dumps({"orders": [_order(order) for order in verdict.orders], "again_s": round(verdict.again_s, 1)})


def orders_signature(secret: str, push: Push, *, body: str) -> str:
    """HMAC-SHA256 over who asked, what was asked and the answer, as bascule-guest checks it."""
    return answer_signature(secret, push, ASKS_ORDERS, body=body, more=_ASKED)


def _session(members: object) -> OpenSession:
    if not isinstance(members, dict) or members.keys() not in (_SESSION, _WITH_TEXTS):
        raise ValueError("a session is not as it should be")
    key, login = members["id"], members["user"]
    if not isinstance(key, str) or not _ID.fullmatch(key):
        raise ValueError("a session has no id of logind's")
    if not isinstance(login, str) or not 0 < len(login) <= MAX_LOGIN_CHARACTERS or not login.isprintable():
        raise ValueError("a session has no login")
    away_s = members["away_s"]
    return OpenSession(
        id=key,
        login=login,
        open_s=_number(members["open_s"], LONGEST_S),
        away_s=None if away_s is None else _number(away_s, LONGEST_S),
        warned=_warned(members["warned"]),
        texts=_marks(members["texts"]) if "texts" in members else None,
    )


def _marks(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_MARKS:
        raise ValueError("its texts are not a list")
    if not all(isinstance(mark, str) and _MARK.fullmatch(mark) for mark in value):
        raise ValueError("a text has no mark")
    return tuple(value)


def _warned(value: object) -> tuple[tuple[About, Warned], ...]:
    if not isinstance(value, dict) or not set(value) <= set(About):
        raise ValueError("a session was warned of something unknown")
    return tuple((About(about), _warning(*pair)) for about, pair in sorted(value.items()))


def _warning(minutes: object = None, ago_s: object = None) -> Warned:
    return Warned(minutes=int(_number(minutes, MOST_WARN_MINUTES)), ago_s=_number(ago_s, LONGEST_S))


def _number(value: object, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError("a number is out of its range")
    return float(value)


def _order(order: SessionOrder) -> dict[str, object]:
    common: dict[str, object] = {"do": order.kind.value, "session": order.session, "user": order.login}
    if order.kind is SessionOrderKind.SAY:
        assert order.about is not None, "a message is about something"
        return {**common, "about": order.about.value, "minutes": order.minutes}
    if order.kind is SessionOrderKind.SHOW:
        return {**common, "mark": order.mark, "text": order.text}
    return {**common, "only_disconnected": order.only_disconnected}
