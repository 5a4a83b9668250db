"""A batch of pushes as it goes over the Unix socket from the receiver to the daemon: JSON, bounded, checked again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.model.words import PushWord
from provisioner.sessions.push import Push, headers_of, parse_push

MOST_PUSHES = 256
MOST_BYTES = 480 * 1024
"""Of documents in a batch: beside what is around them it stays below the limit of a body (api.limits)."""
PATH = "/pushes"
ASK_PATH = "/first-boot"
ACCESS_PATH = "/access"
ORDERS_PATH = "/session-orders"
AUTHORITY_PATH = "/receiver-authority"
_REFUSED = (PushWord.REFUSED, PushWord.OVERFLOWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushBatch:
    """What is handed over at once."""

    pushes: Sequence[tuple[Push, float]] = ()
    """Each with the seconds that it has waited in the receiver."""
    refused: Mapping[PushWord, int] = field(default_factory=dict)
    """How many the receiver has refused since the last batch."""

    def __bool__(self) -> bool:
        return bool(self.pushes or self.refused)


def encode_batch(batch: PushBatch) -> bytes:
    """As the receiver sends it."""
    rows = [
        [push.vmid, push.boot_id, push.sequence, push.signature, push.body, round(waited_s, 3)]
        for push, waited_s in batch.pushes
    ]
    return json.dumps({"pushes": rows, "refused": batch.refused}).encode("ascii")


def decode_batch(text: bytes) -> PushBatch:
    """As the daemon takes it, which does not rely on the receiver either. Raises ValueError."""
    try:
        document: Any = json.loads(text)
        rows, refused = list(document["pushes"]), dict(document["refused"])
        if len(rows) > MOST_PUSHES:
            raise ValueError(f"{len(rows)} pushes are more than {MOST_PUSHES}")
        return PushBatch(pushes=tuple(map(_push, rows)), refused={word: _count(refused.get(word, 0)) for word in _REFUSED})
    except (TypeError, KeyError, AttributeError, RecursionError, OverflowError) as wrong:
        raise ValueError(f"the batch is not as a receiver makes it: {type(wrong).__name__}") from wrong


def encode_question(push: Push) -> bytes:
    """What a desktop asks for itself."""
    return encode_batch(PushBatch(pushes=((push, 0.0),)))


def decode_question(text: bytes) -> Push:
    """As the daemon takes it. Raises ValueError."""
    ((push, _waited_s),) = decode_batch(text).pushes
    return push


def _push(row: list[Any]) -> tuple[Push, float]:
    vmid, boot_id, sequence, signature, body, waited_s = row
    headers = headers_of(Push(vmid=vmid, boot_id=boot_id, sequence=sequence, signature=signature, body=""))
    return parse_push(headers, str(body).encode("ascii", "replace")), _seconds(waited_s)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise ValueError("a push has waited for no number of seconds")
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise ValueError("a count is not a number")
    return value
