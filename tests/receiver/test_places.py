"""Whoever asks without a key, or often, keeps nobody from their answer (H9)."""

import asyncio
import json
import socket as sockets
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from provisioner.model.words import FirstBootWord, PushWord
from provisioner.receiver.intake import MOST_WAITING, Waiting
from provisioner.receiver.places import AT_ONCE, EACH_AT_ONCE, EACH_WAITS, NoPlace, Places
from tests.builders.cluster import NOW
from tests.builders.patience import FUSE_S
from tests.receiver.test_first_boot import first_boots
from tests.receiver.test_receiver import Lab, request
from tests.sessions.desktops import SpeakingDesktop

UNSIGNED = 350
_DESKTOP = SpeakingDesktop(vmid=5001, booted_at=NOW - 300)


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
        places, held, over = Places(), list[str](), asyncio.Event()
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
        places, held, over = Places(), list[str](), asyncio.Event()
        first = [asyncio.create_task(takes(places, f"busy-{number % 4}", held, over)) for number in range(40)]
        last = asyncio.create_task(takes(places, "seldom", held, over))
        await asyncio.sleep(0.01)
        over.set()
        await asyncio.gather(*first, last)
        return held

    assert asyncio.run(play()).index("seldom") < 16


def test_whoever_gives_up_leaves_its_place():
    async def play() -> list[str]:
        places, held, over = Places(), list[str](), asyncio.Event()
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
    waiting = Waiting(now=lambda: 0.0)
    taken = sum(waiting.put(_DESKTOP.push(NOW + number / 1e5), "192.0.2.66") for number in range(MOST_WAITING))

    assert taken == MOST_WAITING // 2
    assert waiting.put(_DESKTOP.push(NOW + 1), "192.0.2.1")
    assert waiting.batch().refused[PushWord.OVERFLOWED] == MOST_WAITING - taken


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
