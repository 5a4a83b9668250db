"""What is to be sent now, and what an answer means. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from provisioner.capabilities.notices.decide import Notices
from provisioner.capabilities.notices.model import KeptNotice, Notice, NoticeKind, NoticeStage, SendResult
from provisioner.model.ids import AgentId, Instant

_FIRST_S, _LONGEST_S = 60.0, 3_600.0
"""From one try to the next, doubled each time."""
_TRIES = 30
"""A day: a mail server that is down over a night is back by then."""
_DOUBTS = 3
"""Tries without an answer: a server that hangs may have delivered each of them."""
_OPEN = (NoticeStage.PENDING, NoticeStage.SENDING)
Kept = Mapping[tuple[AgentId, NoticeKind], KeptNotice]


def to_send(desired: Notices, kept: Kept, channel: str, *, now: Instant) -> Iterator[tuple[Notice, KeptNotice]]:
    """Each notice that is due, with its state: who has waited longest first."""
    found = []
    for key, notice in desired.items():
        before = kept.get(key)
        if before is None or before.about != notice.about:
            found.append((notice, _new(notice, channel, now)))
        elif before.stage in _OPEN and not 0 < before.next_at - now <= _LONGEST_S:
            found.append((notice, before))
    yield from sorted(found, key=lambda pair: (pair[1].at, pair[0].kind, pair[0].login))


def begun(kept: KeptNotice, *, now: Instant) -> KeptNotice:
    """It is about to be sent."""
    return replace(kept, stage=NoticeStage.SENDING, at=now, tries=kept.tries + 1, next_at=now)


def answered(kept: KeptNotice, result: SendResult, *, now: Instant) -> KeptNotice:
    """The outbox after a try."""
    match result:
        case SendResult.TAKEN:
            return replace(kept, stage=NoticeStage.SENT, at=now)
        case SendResult.NEVER:
            return replace(kept, stage=NoticeStage.FAILED, at=now)
        case SendResult.UNKNOWN if kept.tries >= _DOUBTS:
            return replace(kept, stage=NoticeStage.DOUBTFUL, at=now)
        case SendResult.LATER if kept.tries >= _TRIES:
            return replace(kept, stage=NoticeStage.FAILED, at=now)
    wait_s = min(_LONGEST_S, _FIRST_S * 2 ** (kept.tries - 1))
    return replace(kept, stage=NoticeStage.PENDING, next_at=now + wait_s)


def after_restart(kept: Iterable[KeptNotice], *, now: Instant) -> Iterator[KeptNotice]:
    """What was under way when the daemon ended may have been taken, or not."""
    for notice in kept:
        yield answered(notice, SendResult.UNKNOWN, now=now) if notice.stage is NoticeStage.SENDING else notice


def _new(notice: Notice, channel: str, now: Instant) -> KeptNotice:
    return KeptNotice(
        agent_id=notice.agent_id,
        kind=notice.kind,
        channel=channel,
        about=notice.about,
        stage=NoticeStage.PENDING,
        at=now,
    )


__all__ = ["Kept", "after_restart", "answered", "begun", "to_send"]
