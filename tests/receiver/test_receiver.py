"""The receiver as a process, with TLS, between the golden image's own client and the daemon's side of the socket."""

import json
import socket as sockets
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.api.door import HANDSHAKES, WAITING
from provisioner.daemon.push_desk import PushDesk
from provisioner.model.machines.first_boot import DomainJoin, FirstBootGrant
from provisioner.model.words import FirstBootWord, PushWord
from provisioner.reconciler.first_boots import answer_first_boot
from provisioner.sessions.push import Push
from provisioner.settings.store_access import load_receiver_section
from provisioner.twin.server.receiver import PushClient
from tests.builders.cluster import NOW
from tests.builders.patience import FUSE_S, comes
from tests.servers.certificates import Authority
from tests.servers.processes import free_port, running
from tests.sessions.desktops import SpeakingDesktop, _push
from tests.sessions.site import Site

pytestmark = pytest.mark.real
PATH = "/v1/report"
BOGUS = 600
UP_FOR_S = 300.0
"""For so long its desktops have been up when they were read."""


@dataclass
class Lab:
    """A receiver and a daemon's side, at a site with some desktops."""

    port: int
    ca_file: Path
    desk: PushDesk
    site: Site
    desktops: list[SpeakingDesktop]
    log: Path
    pid: int
    certificate: Path
    ends: ExitStack
    """What asks the receiver ends before it, or it would say in another test that nobody answers."""

    def take_up(self) -> None:
        """As the control thread does."""
        self.desk.take_up(_Taking(self.site))  # type: ignore[arg-type]

    def comes(self, word: PushWord, count: int = 1) -> None:
        def is_counted() -> bool:
            self.take_up()
            return self.site.figures.pushes.get(word, 0) >= count

        assert comes(is_counted), (self.site.figures.pushes, self.log.read_text())

    def connect(self) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=self.ca_file)
        plain = sockets.create_connection(("127.0.0.1", self.port), timeout=FUSE_S)
        return context.wrap_socket(plain, server_hostname="localhost")

    def send(self, text: bytes) -> int:
        """The status of the answer; 0: the connection was closed without one."""
        with closing(self.connect()) as connection, suppress(ConnectionError):
            with suppress(ConnectionError, ssl.SSLError):
                connection.sendall(text)
            with suppress(ssl.SSLError):
                head = connection.recv(200)
                return int(head.split()[1]) if head else 0
        return 0

    def push(self, desktop: SpeakingDesktop, at: float) -> int:
        return self.send(request(desktop, at))


class _Taking:
    """The reconciler, as far as the desk needs it."""

    def __init__(self, site: Site) -> None:
        self.sessions, self._site = site.intake, site

    def first_boot(self, push: Push, heard_at: float) -> FirstBootGrant | FirstBootWord:
        site = self._site
        return answer_first_boot(push, heard_at, sessions=site.intake, status=site.status, config=site.config)

    def take_pushes(self, pushes: object) -> None:
        self._site.intake.pushed(pushes, self._site.config)  # type: ignore[arg-type]


def request(desktop: SpeakingDesktop, at: float, *, body: bytes | None = None, length: int | None = None) -> bytes:
    push = desktop.push(at)
    content = push.body.encode() if body is None else body
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nBascule-Vmid: {push.vmid}\r\nBascule-Boot: {push.boot_id}\r\n"
        f"Bascule-Sequence: {push.sequence}\r\nBascule-Signature: {push.signature}\r\n"
        f"Content-Length: {len(content) if length is None else length}\r\n\r\n"
    )
    return head.encode() + content


Join = Callable[[FirstBootGrant], DomainJoin | None]


@contextmanager
def laboratory(home: Path, count: int = 3, *, join: Join = lambda _: None, gives: bool = False) -> Iterator[Lab]:
    """`gives`: the authority to desktops that ask for it."""
    authority, port = Authority(home / "tls"), free_port()
    issued = authority.issue("receiver")
    config = home / "bascule.yaml"
    config.write_text(
        f"receiver: {{address: 127.0.0.1, port: {port}, certificate: {issued.certificate}, key: {issued.key}, "
        f"{f'authority: {authority.ca_file}, ' if gives else ''}"
        f"socket: {home}/d/daemon.sock}}\nnote_key: {{file: /nowhere}}\n"
    )
    settings = load_receiver_section(config)
    site = Site({5001 + number: "standard" for number in range(count)}, at=NOW)
    desktops = [SpeakingDesktop(vmid=5001 + number, booted_at=NOW - UP_FOR_S) for number in range(count)]
    for desktop in desktops:
        site.pull(desktop)
    site.cycle()
    desk = PushDesk(settings, clock=site.clock, clock_rate=1.0, nudge=lambda: None, join=join)
    desk.open()
    command = [str(Path(sys.executable).with_name("bascule")), "guest", "receiver", "--config", str(config)]
    log = home / "receiver.log"
    try:
        with running(command, ports=[port], log=log) as process, ExitStack() as ends:
            yield Lab(port, authority.ca_file, desk, site, desktops, log, process.pid, issued.certificate, ends)
    finally:
        desk.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[Lab]:
    with laboratory(Path(tmp_path_factory.mktemp("r")), count=150) as opened:
        yield opened


def test_what_a_desktop_pushes_with_its_own_program_is_counted(lab: Lab):
    desktop = lab.desktops[0]
    lab.site.clock.at = NOW + 10
    desktop.changes(NOW + 10, s1=("jdupont", 310.0, True))
    push = desktop.push(NOW + 10)
    own = _push.Pusher(_push.Receiver(url=f"https://localhost:{lab.port}{PATH}", ca_file=str(lab.ca_file), vmid=5001))
    own.hand_in(push.body.encode(), secret=desktop.history.secret, boot_id=push.boot_id, sequence=push.sequence, at_once=True)
    before = lab.site.figures.pushes.get(PushWord.ACCEPTED, 0)
    lab.comes(PushWord.ACCEPTED, before + 1)

    assert lab.site.open() == 1


def test_what_a_served_twin_sends_is_counted_and_of_each_desktop_the_newest_alone(lab: Lab):
    lab.site.clock.at = NOW + 15
    desktop = lab.desktops[6]
    name = lab.site.names[desktop.vmid]
    client = PushClient(f"https://localhost:{lab.port}{PATH}", ca_file=lab.ca_file)
    for seconds in range(11, 16):
        desktop.changes(NOW + seconds, **{f"s{seconds}": ("zlefevre", 300.0 + seconds, True)})
        client.send(desktop.push(NOW + seconds))

    def is_known() -> bool:
        lab.take_up()
        return (known := lab.site.intake.known(name)) is None or known.event_number >= desktop.history.number

    comes(is_known)
    client.close()

    known = lab.site.intake.known(name)
    assert known is not None
    assert (known.event_number, known.source, known.open) == (desktop.history.number, "push", 1)


def test_a_push_comes_to_the_daemon_by_itself(lab: Lab):
    """Within how many seconds: docs/en/performance.md."""
    lab.site.clock.at = NOW + 20
    before = lab.site.figures.pushes.get(PushWord.ACCEPTED, 0)
    assert lab.push(lab.desktops[1], NOW + 20) == 202
    lab.comes(PushWord.ACCEPTED, before + 1)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param(lambda d: request(d, NOW + 30, body=b'{"a": "\x00\x1b[2J"}'), 400, id="control characters"),
        pytest.param(lambda d: request(d, NOW + 30, body="{é}".encode()), 400, id="not ASCII"),
        pytest.param(lambda d: request(d, NOW + 30, body=b" " * 10_000_000), 413, id="ten megabytes"),
        pytest.param(lambda d: request(d, NOW + 30, length=10**12), 413, id="a terabyte announced"),
        pytest.param(lambda d: b"POST /v1/report HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 400, id="no signature"),
        pytest.param(lambda d: b"GET /v1/report HTTP/1.1\r\nHost: x\r\n\r\n", 404, id="nothing can be asked"),
        pytest.param(lambda d: b"POST /v1/intents HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 404, id="no order"),
        pytest.param(lambda d: b"\x16\x03\x01 nonsense\r\n\r\n", 400, id="no HTTP"),
    ],
)
def test_what_is_no_push_is_refused(lab: Lab, text: Callable[[SpeakingDesktop], bytes], status: int):
    # Closed while still sending: the answer may be lost with the connection.
    assert lab.send(text(lab.desktops[2])) in (status, 0)
    assert lab.push(lab.desktops[2], NOW + 31) == 202


def test_a_slow_body_is_cut_off_and_holds_up_nobody(lab: Lab):
    whole = request(lab.desktops[2], NOW + 40)
    with closing(lab.connect()) as slow:
        slow.sendall(whole[:-20])
        assert lab.push(lab.desktops[2], NOW + 41) == 202
        slow.settimeout(FUSE_S)
        assert b" 408 " in slow.recv(200)


def test_forgeries_and_repetitions_are_counted_and_change_nothing(lab: Lab):
    lab.site.clock.at = NOW + 60
    victim, other = lab.desktops[3], lab.desktops[4]
    forged = other.push(NOW + 60, vmid=victim.vmid)
    text = request(victim, NOW + 60).replace(victim.push(NOW + 60).signature.encode(), forged.signature.encode())
    before = dict(lab.site.figures.pushes)
    assert lab.send(text) == 202, "the receiver has no secret to judge it by"
    lab.comes(PushWord.FORGED, before.get(PushWord.FORGED, 0) + 1)

    good = request(victim, NOW + 60)
    assert (lab.send(good), lab.send(good)) == (202, 202)
    lab.comes(PushWord.ACCEPTED, before.get(PushWord.ACCEPTED, 0) + 1)
    time.sleep(0.5)  # what waits in the receiver is kept once; what the daemon has, the daemon knows
    assert lab.send(good) == 202
    lab.comes(PushWord.REPEATED, before.get(PushWord.REPEATED, 0) + 1)


def test_many_bogus_connections_are_bounded_and_real_pushes_go_on(lab: Lab):
    def bogus(number: int) -> None:
        with suppress(OSError), closing(sockets.create_connection(("127.0.0.1", lab.port), timeout=5)) as connection:
            connection.sendall(b"\x00" * (number % 64))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(bogus, range(800)))
    descriptors = len(list(Path(f"/proc/{lab.pid}/fd").iterdir()))

    assert descriptors < 600
    assert lab.push(lab.desktops[5], NOW + 70) == 202


def test_all_desktops_at_once_lose_nothing(lab: Lab):
    lab.site.clock.at = NOW + 100
    before = lab.site.figures.pushes.get(PushWord.ACCEPTED, 0)
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda desktop: lab.push(desktop, NOW + 100), lab.desktops))
    assert set(statuses) == {202}
    lab.comes(PushWord.ACCEPTED, before + len(lab.desktops))


def test_what_is_pushed_while_the_daemon_is_away_waits_for_it(tmp_path: Path):
    with laboratory(tmp_path) as lab:
        lab.desk.close()
        assert lab.push(lab.desktops[0], NOW + 1) == 202
        time.sleep(0.5)
        lab.site.clock.at = NOW + 5
        lab.desk.open()
        lab.comes(PushWord.ACCEPTED)

        assert "does not answer" in lab.log.read_text()


def test_the_receiver_reads_no_secret_of_the_daemon(tmp_path: Path):
    """Its configuration names a note key that is not there."""
    with laboratory(tmp_path) as lab:
        held = subprocess.run(["cat", f"/proc/{lab.pid}/environ"], capture_output=True, check=True).stdout

        assert lab.push(lab.desktops[0], NOW) == 202
        assert b"SECRET" not in held
        assert json.dumps(lab.log.read_text()) == '""'


@pytest.mark.parametrize(
    ("head", "pieces"),
    [
        pytest.param("", 1, id="as bascule-guest sends it"),
        pytest.param("", 7, id="in pieces"),
        pytest.param("User-Agent: curl\r\n", 1, id="from another client"),
        pytest.param("Bascule-Vmid: 5002\r\n", 1, id="a header twice: the last counts"),
    ],
)
def test_every_way_to_write_a_push_is_judged_alike(lab: Lab, head: str, pieces: int):
    at = NOW + 200
    desktop, lab.site.clock.at = lab.desktops[10 + pieces + len(head)], at
    before = lab.site.figures.pushes.get(PushWord.ACCEPTED, 0)
    text = request(desktop, at).replace(b"Host: localhost\r\n", b"Host: localhost\r\n" + head.encode())
    with closing(lab.connect()) as connection:
        for number in range(pieces):
            connection.sendall(text[len(text) * number // pieces : len(text) * (number + 1) // pieces])
            time.sleep(0.05 * (pieces > 1))
        assert connection.recv(200).startswith(b"HTTP/1.1 202 ")
    lab.comes(PushWord.ACCEPTED, before + 1)


@pytest.mark.parametrize(
    "said", [pytest.param(b"", id="nothing"), pytest.param(b"\x16\x03\x01\x02\x00\x01", id="half a ClientHello")]
)
def test_handshakes_that_never_end_are_few_counted_and_hold_up_nobody_for_long(tmp_path: Path, said: bytes):
    with laboratory(tmp_path) as lab, ExitStack() as stack:
        for _ in range(BOGUS):
            connection = stack.enter_context(closing(sockets.create_connection(("127.0.0.1", lab.port), timeout=FUSE_S)))
            connection.sendall(said)
        descriptors = len(list(Path(f"/proc/{lab.pid}/fd").iterdir()))

        assert lab.push(lab.desktops[0], NOW + 1) == 202
        assert descriptors < HANDSHAKES + WAITING
        lab.comes(PushWord.REFUSED, BOGUS // 2)
        assert "Traceback" not in lab.log.read_text()
