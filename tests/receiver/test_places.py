"""Whoever asks without a key, or often, keeps nobody from their answer (H9)."""

import asyncio
import json
import socket as sockets
import ssl
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from provisioner.api.door import EACH_HANDSHAKES
from provisioner.api.limits import LIMITS, Bounded
from provisioner.api.listening import listen_on
from provisioner.api.places import NoPlace, Places
from provisioner.api.protocol import BoundedServer
from provisioner.model.machines.guest_bounds import MAX_STATUS_BYTES
from provisioner.model.words import FirstBootWord, PushWord
from provisioner.receiver.forwarding import MOST_WAITING, WaitingPushes
from provisioner.receiver.intake import AT_ONCE, EACH_AT_ONCE, EACH_WAITS
from tests.builders.cluster import NOW
from tests.builders.patience import FUSE_S
from tests.receiver.test_first_boot import first_boots
from tests.receiver.test_receiver import Lab, laboratory, request
from tests.sessions.desktops import SpeakingDesktop, _push

UNSIGNED = 350
SILENT = 900
"""Connections: fewer than Linux gives descriptors to a process, and more than three times as many as are let in at once."""
MOST = 10
SLOW = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
_DESKTOP = SpeakingDesktop(vmid=5001, booted_at=NOW - 300)


def some_places() -> Places:
    return Places(at_once=AT_ONCE, each_at_once=EACH_AT_ONCE, each_waits=EACH_WAITS)


async def takes(places: Places, address: str, held: list[str], over: asyncio.Event) -> None:
    try:
        async with places.of(address):
            held.append(address)
            await over.wait()
    except NoPlace:
        held.append(f"{address} none")


def test_one_address_has_never_all_the_places_and_only_so_many_of_it_wait():
    """H9."""

    async def play() -> list[str]:
        places, held, over = some_places(), list[str](), asyncio.Event()
        asking = [asyncio.create_task(takes(places, "192.0.2.66", held, over)) for _ in range(UNSIGNED)]
        asking.append(asyncio.create_task(takes(places, "192.0.2.1", held, over)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        before = list(held)
        over.set()
        await asyncio.gather(*asking)
        return before

    held = asyncio.run(play())

    assert held.count("192.0.2.66") == EACH_AT_ONCE < AT_ONCE
    assert held.count("192.0.2.1") == 1
    assert held.count("192.0.2.66 none") == UNSIGNED - EACH_WAITS - EACH_AT_ONCE


def test_addresses_take_turns():
    """H9: whoever has many waiting is not before those who have one."""

    async def play() -> list[str]:
        places, held, over = some_places(), list[str](), asyncio.Event()
        first = [asyncio.create_task(takes(places, f"busy-{number % 4}", held, over)) for number in range(40)]
        last = asyncio.create_task(takes(places, "seldom", held, over))
        await asyncio.sleep(0.01)
        over.set()
        await asyncio.gather(*first, last)
        return held

    assert asyncio.run(play()).index("seldom") < 16


def test_whoever_gives_up_leaves_its_place():
    async def play() -> list[str]:
        places, held, over = some_places(), list[str](), asyncio.Event()
        asking = [asyncio.create_task(takes(places, f"a{number}", held, over)) for number in range(AT_ONCE + 2)]
        await asyncio.sleep(0)
        for task in (*asking[:2], asking[-1]):
            task.cancel()
        await asyncio.sleep(0.01)
        over.set()
        await asyncio.gather(*asking, return_exceptions=True)
        return held

    assert asyncio.run(play()) == [f"a{number}" for number in range(AT_ONCE + 1)]


def test_pushes_of_one_address_never_take_all_the_room():
    """H9, its neighbour: a desktop that sends ever new pushes, signed or not."""
    waiting = WaitingPushes(now=lambda: 0.0)
    taken = sum(waiting.put(_DESKTOP.push(NOW + number / 1e5), "192.0.2.66") for number in range(MOST_WAITING))

    assert taken == MOST_WAITING // 2
    assert waiting.put(_DESKTOP.push(NOW + 1), "192.0.2.1")
    assert waiting.batch().refused[PushWord.OVERFLOWED] == MOST_WAITING - taken


def test_pushes_of_one_address_delay_nobody_elses():
    """H9: 512 large ones, forged, stood before everybody's; three went to the daemon at a time, four times a second: 40 s."""
    waiting = WaitingPushes(now=lambda: 0.0)
    signed = [_DESKTOP.push(NOW + number) for number in range(600)]
    for push in signed:
        waiting.put(replace(push, body=" " * MAX_STATUS_BYTES), "192.0.2.66")
    others = [waiting.put(push, "192.0.2.1") for push in (_DESKTOP.push(NOW + 1000), _DESKTOP.push(NOW + 1001))]
    sent = []
    for _ in range(2):
        batch = waiting.batch()
        sent += [push.sequence for push, _ in batch.pushes]
        waiting.taken(batch)

    assert others == [True, True]
    assert [number for number in sent if number > signed[-1].sequence] == [
        _DESKTOP.push(NOW + at).sequence for at in (1000, 1001)
    ]
    assert [number for number in sent if number <= signed[-1].sequence] == [push.sequence for push in signed[: len(sent) - 2]]


@pytest.mark.real
def test_connections_of_one_address_that_say_nothing_keep_no_desktop_from_pushing(tmp_path: Path):
    """H9: they stood in the kernel before everybody else's, 256 were let in at a time, and each had two seconds: a push took
    20 s, and a desktop gives up after five."""
    with laboratory(tmp_path) as lab, ExitStack() as stack:
        for _ in range(SILENT):
            place = ("127.0.0.1", lab.port)
            stack.enter_context(closing(sockets.create_connection(place, FUSE_S, source_address=("127.0.0.66", 0))))
        with closing(sockets.create_connection(place, _push.TIMEOUT_S)) as plain:
            context = ssl.create_default_context(cafile=lab.ca_file)
            with context.wrap_socket(plain, server_hostname="localhost") as connection:
                connection.sendall(request(lab.desktops[0], NOW + 1))
                answer = connection.recv(200)

        assert answer.startswith(b"HTTP/1.1 202 ")
        lab.comes(PushWord.REFUSED, EACH_HANDSHAKES)


@pytest.mark.long
@pytest.mark.parametrize("said", [pytest.param(b"GET /", id="silent"), pytest.param(SLOW, id="while a body comes")])
def test_one_addresss_many_connections_push_out_their_own(tmp_path: Path, said: bytes):
    """H9: beyond the limit whoever said nothing at that moment was cut off, however many connections another address had."""

    async def play() -> bytes:
        async with serving_here(MOST) as port:
            theirs = [await speaking(port, "127.0.0.66", said) for _ in range(MOST - 1)]
            ours = await speaking(port, "127.0.0.1", b"GET / HTTP/1.1\r\n")
            theirs += [await speaking(port, "127.0.0.66", said) for _ in range(2 * MOST)]
            ours[1].write(b"Host: x\r\n\r\n")
            answer = await ours[0].read(12)
            for _, writer in (*theirs, ours):
                writer.close()
            return answer

    assert asyncio.run(play()) == b"HTTP/1.1 204"


async def speaking(port: int, address: str, said: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    writer.write(said)
    await asyncio.sleep(0.01)
    return reader, writer


@asynccontextmanager
async def serving_here(connections: int) -> AsyncIterator[int]:
    async def answers(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    limits = replace(LIMITS, head_s=FUSE_S, body_s=FUSE_S, connections=connections)
    listening = listen_on("127.0.0.1", 0)
    server = BoundedServer(Bounded(answers, limits), limits, listening)
    serving = asyncio.create_task(server.serve())
    yield listening.getsockname()[1]
    server.end()
    await serving


@pytest.mark.real
def test_hundreds_of_unsigned_requests_do_not_hold_up_a_desktops_first_boot(tmp_path: Path):
    """H9: 350 connections without a key waited for the control thread, which answered four of them at each of its steps."""
    with first_boots(tmp_path) as lab:
        over = threading.Event()
        body = json.dumps({"asks": "first-boot", "nonce": "0" * 32}).encode()
        unsigned = request(lab.desktops[1], NOW + 20, body=body).replace(b"/v1/report", b"/v1/first-boot")
        with ThreadPoolExecutor(64) as pool:
            for _ in range(64):
                pool.submit(_asks_on, lab, unsigned, over)
            try:
                steps = _steps_until_given(lab, tmp_path / "root", over)
            finally:
                over.set()
                lab.take_up()

    assert steps <= 10
    assert lab.site.figures.first_boots[FirstBootWord.GIVEN] == 1


def _asks_on(lab: Lab, text: bytes, over: threading.Event) -> None:
    while not over.is_set():
        with suppress(OSError), closing(_elsewhere(lab)) as connection:
            connection.sendall(text)
            connection.recv(200)


def _elsewhere(lab: Lab) -> ssl.SSLSocket:
    """From another address than the other desktops."""
    plain = sockets.create_connection(("127.0.0.1", lab.port), timeout=FUSE_S, source_address=("127.0.0.66", 0))
    return ssl.create_default_context(cafile=lab.ca_file).wrap_socket(plain, server_hostname="localhost")


def _steps_until_given(lab: Lab, root: Path, over: threading.Event) -> int:
    """Steps of a control thread that takes one each half second, until the desktop has its data."""
    from tests.receiver.test_first_boot import Asking

    lab.take_up()
    asking = Asking(lab, lab.desktops[0], root)
    for step in range(1, 200):
        over.wait(0.5)
        lab.take_up()
        if asking.place.exists():
            return step
    return 200
