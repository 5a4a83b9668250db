"""Desktops that push, and the site that knows them: each has a boot, and a secret that the daemon has read."""

from collections.abc import Iterator
from dataclasses import replace

from provisioner.model.machines.desktops import FirstBoot, GuestReport
from provisioner.receiver.intake import PATH
from provisioner.sessions.push import headers_of
from tests.bench.site import NOW
from tests.bench.stage import BEGIN, FIRST_VMID
from tests.sessions.desktops import SpeakingDesktop

NEWS_EVERY = 20
"""Of so many pushes one is a log-on or log-off, as when 1,700 people come within twenty minutes; the others say nothing new."""


class Fleet:
    """So many desktops, which push in turn. Times are the site's."""

    def __init__(self, desktops: int) -> None:
        self._all = [SpeakingDesktop(vmid=FIRST_VMID + number, booted_at=BEGIN + 60) for number in range(desktops)]
        self._turns = 0

    def __len__(self) -> int:
        return len(self._all)

    def requests(self, count: int, at: float) -> list[bytes]:
        """What the next so many send at this time."""
        return [self.request(at) for _ in range(count)]

    def request(self, at: float) -> bytes:
        """What the next one sends."""
        desktop = self._all[self._turns % len(self._all)]
        self._turns += 1
        if self._turns % NEWS_EVERY == 0:
            came = {} if desktop.sessions else {"s1": ("jdupont", at - desktop.booted_at, True)}
            desktop.changes(at, **came)
        return _request(desktop, at)


def reports(desktops: int) -> Iterator[GuestReport]:
    """What the daemon has read of each, a minute ago."""
    for number in range(desktops):
        desktop = SpeakingDesktop(vmid=FIRST_VMID + number, booted_at=BEGIN + 60)
        yield replace(
            GuestReport(
                read_at=NOW - 60, first_boot=FirstBoot.DONE, booted_at=BEGIN + 60, ready_at=BEGIN + 110, logon_port_open=True
            ),
            boot_id=desktop.history.boot_id,
            push_secret=desktop.history.secret,
            sequence=round((NOW - 60 - desktop.booted_at) * 1e6),
        )


def _request(desktop: SpeakingDesktop, at: float) -> bytes:
    """As http.client in bascule-guest writes it."""
    push = desktop.push(at)
    head = {b"Host": b"localhost", b"Accept-Encoding": b"identity", b"Content-Length": str(len(push.body)).encode()}
    head |= {b"Content-Type": b"application/json", b"Connection": b"close"} | headers_of(push)
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in head.items())
    return f"POST {PATH} HTTP/1.1\r\n".encode() + lines + b"\r\n" + push.body.encode()
