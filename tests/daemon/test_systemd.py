"""Notifications to systemd, over a real datagram socket."""

import socket
import threading
from contextlib import suppress

import pytest

from provisioner.daemon.systemd import Systemd


def test_without_systemd_nothing_is_sent_and_no_socket_is_opened():
    systemd = Systemd({})

    systemd.tell("READY=1")
    systemd.close()


@pytest.mark.parametrize("listening", [True, False], ids=["it listens", "it has gone"])
def test_states_arrive_in_order_and_a_deaf_systemd_stops_nothing(tmp_path, listening):
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as theirs:
        theirs.bind(address)
        theirs.setblocking(False)
        ours = Systemd({"NOTIFY_SOCKET": address})
        if not listening:
            theirs.close()
        for state in ("READY=1", "WATCHDOG=1", "STOPPING=1"):
            ours.tell(state)
        ours.close()

        notifications = [theirs.recv(100).decode() for _ in range(3)] if listening else []

    assert notifications == (["READY=1", "WATCHDOG=1", "STOPPING=1"] if listening else [])


def test_an_address_without_a_file_is_found():
    """sd_notify(3): the `@` stands for the zero byte of Linux's abstract namespace."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as theirs:
        # Bound to nothing, Linux gives a free name there; unix(7), "Autobind feature".
        theirs.bind("")
        theirs.setblocking(False)
        ours = Systemd({"NOTIFY_SOCKET": "@" + theirs.getsockname()[1:].decode()})
        ours.tell("READY=1")
        ours.close()

        assert theirs.recv(100) == b"READY=1"


def fill(address):
    """Nobody reads what arrives, until nothing more does. How many there are."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as others:
        others.setblocking(False)
        sent = 0
        with suppress(BlockingIOError):
            while others.sendto(b"x", address):
                sent += 1
    return sent


def test_a_systemd_that_reads_nothing_holds_nothing_up_and_hears_later_what_it_missed(tmp_path):
    """A full buffer held the control loop up for good; a READY=1 that is lost would end the daemon."""
    address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as theirs:
        theirs.bind(address)
        theirs.setblocking(False)
        ours = Systemd({"NOTIFY_SOCKET": address})
        waiting = fill(address)
        said = ("READY=1", "STATUS=waits for the store", "STATUS=waits for the store still")
        telling = threading.Thread(target=lambda: [ours.tell(state) for state in said], daemon=True)
        telling.start()
        telling.join(10.0)
        assert not telling.is_alive()

        for _ in range(waiting):
            theirs.recv(100)
        ours.tell("WATCHDOG=1")
        ours.close()

        assert theirs.recv(100) == b"READY=1\nSTATUS=waits for the store still\nWATCHDOG=1"
