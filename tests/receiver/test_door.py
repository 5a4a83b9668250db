"""Who is let in for a TLS handshake, and who is turned away (H9)."""

import asyncio
import resource
import socket
import ssl
from contextlib import ExitStack, closing

import pytest

from provisioner.api.door import BACKLOG, EACH_WAITS, WAITING, Door
from provisioner.api.listening import listen_on
from tests.builders.patience import FUSE_S

DESKTOPS = 1700
TURNS = 200
"""Of the loop: 64 connections are accepted in each."""


@pytest.mark.long
def test_no_desktop_is_turned_away_where_all_of_a_site_come_by_one_address_at_once():
    """H9: behind NAT or a proxy 1,060 of 1,700 were, and each was counted as a push that was refused."""

    async def play() -> int:
        refused: list[None] = []
        listening = listen_on("127.0.0.1", 0)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        door = Door(listening, asyncio.Protocol, lambda: context, handshake_s=FUSE_S, refused=lambda: refused.append(None))
        door.open()
        with ExitStack() as stack:
            for _ in range(DESKTOPS):
                stack.enter_context(closing(socket.create_connection(listening.getsockname(), FUSE_S)))
            for _ in range(TURNS):
                await asyncio.sleep(0)
            turned_away = len(refused)
            door.close()
            await door.wait_closed()
        return turned_away

    assert DESKTOPS <= BACKLOG
    assert asyncio.run(play()) == 0


def test_one_address_leaves_room_for_others_to_wait_and_a_process_has_descriptors_for_all():
    """H9: a service has 1,024 unless it asks for more: one address's connections took them all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    try:

        async def play() -> int:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            door = Door(listen_on("127.0.0.1", 0), asyncio.Protocol, lambda: context, handshake_s=1.0)
            door.open()
            door.close()
            return resource.getrlimit(resource.RLIMIT_NOFILE)[0]

        most = asyncio.run(play())
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert EACH_WAITS < WAITING
    assert most >= min(hard, 2 * WAITING)
