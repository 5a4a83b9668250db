"""Notifications to systemd, over a real datagram socket."""

import socket

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
