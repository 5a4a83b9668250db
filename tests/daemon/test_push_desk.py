"""H9: a question that is nested as deep as one thread's stack bears, and the other's does not. Nobody has to have signed it."""

import asyncio
from collections.abc import Callable

import pytest

from provisioner.daemon.push_desk import PushDesk
from provisioner.model.ids import Vmid
from provisioner.receiver.handover import ACCESS_PATH, ASK_PATH, ORDERS_PATH, encode_question
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
