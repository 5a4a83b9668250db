"""H9: a question that is nested as deep as one thread's stack bears, and the other's does not. Nobody has to have signed it."""

import asyncio
import time
from collections.abc import Callable

import pytest

from provisioner.daemon.push_desk import PushDesk
from provisioner.model.ids import Vmid
from provisioner.receiver.handover import ACCESS_PATH, ASK_PATH, ORDERS_PATH, PATH, PushBatch, encode_batch, encode_question
from provisioner.sessions.push import Push
from tests.builders.reconciler import SetClock, Site

_NESTED = {
    ORDERS_PATH: '{"asks": %s, "asks": "session-orders", "nonce": "' + "0" * 32 + '", "connections": 0, "sessions": []}',
    ACCESS_PATH: '{"asks": %s, "asks": "access", "nonce": "' + "0" * 32 + '", "allowed": ""}',
    ASK_PATH: '{"asks": %s, "asks": "first-boot", "nonce": "' + "0" * 32 + '"}',
}


def a_question(path: str, depth: int) -> bytes:
    nested = _NESTED[path] % ("[" * depth + "]" * depth)
    return encode_question(Push(vmid=Vmid(5001), boot_id="b", sequence=1, signature="0" * 64, body=nested))


def deeper(frames: int, do: Callable[[], None]) -> None:
    if frames:
        deeper(frames - 1, do)
    else:
        do()


@pytest.mark.parametrize("path", [ORDERS_PATH, ASK_PATH, ACCESS_PATH])
def test_no_question_however_nested_ends_the_control_thread(path: str):
    """It was a RecursionError, outside of every fence, for whoever reaches the receiver."""
    desk = PushDesk(None, clock=SetClock(), clock_rate=1.0, nudge=lambda: None)
    site = Site(agents=1)

    statuses = {asyncio.run(desk._ask(path, a_question(path, depth)))[0] for depth in range(100, 1500, 20)}
    deeper(100, lambda: desk.take_up(site.reconciler))

    assert statuses == {400, 503}
    assert site.reconciler.sessions.figures(site.clock.at).pushes == {}


def sent(desk: PushDesk, path: str, body: bytes) -> tuple[int, dict[bytes, bytes]]:
    messages = []

    async def receive():
        return {"body": body}

    async def send(message):
        messages.append(message)

    asyncio.run(desk._answer({"method": "POST", "path": path}, receive, send))
    return messages[0]["status"], dict(messages[0]["headers"])


A_BATCH = encode_batch(
    PushBatch(pushes=((Push(vmid=Vmid(5001), boot_id="b", sequence=1, signature="0" * 64, body="{}"), 2.0),))
)


class Taking:
    """A reconciler that takes pushes, with the times at which they were heard."""

    def __init__(self) -> None:
        self.sessions, self.heard_at = Site(agents=1).reconciler.sessions, list[float]()

    def take_pushes(self, pushes):
        self.heard_at += [heard_at for _, heard_at in pushes]


def test_while_the_store_is_away_nothing_is_acknowledged_and_the_receiver_keeps_it():
    """N8: 32 batches were, and taken up as if they had just come."""
    desk, taking = PushDesk(None, clock=SetClock(), clock_rate=1.0, nudge=lambda: None), Taking()
    desk.wait()

    answers = [sent(desk, PATH, A_BATCH), sent(desk, ORDERS_PATH, a_question(ORDERS_PATH, 1))]

    assert [(status, headers[b"retry-after"]) for status, headers in answers] == [(503, b"2")] * 2
    desk.take_up(taking)
    assert (taking.heard_at, sent(desk, PATH, A_BATCH)[0]) == ([], 204)


def test_what_has_waited_for_the_daemon_was_heard_when_it_came():
    """N8: also what came just before the store was away."""
    clock, taking = SetClock(), Taking()
    desk = PushDesk(None, clock=clock, clock_rate=10.0, nudge=lambda: None)
    assert sent(desk, PATH, A_BATCH)[0] == 204
    batch, came_s = desk._batches.get_nowait()
    desk._batches.put_nowait((batch, came_s - 60.0))
    now = clock.now()

    desk.take_up(taking)

    (heard_at,) = taking.heard_at
    assert now - heard_at == pytest.approx((60.0 + 2.0) * 10.0, abs=(time.monotonic() - came_s + 0.1) * 10.0)
