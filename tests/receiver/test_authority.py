"""F1: a desktop whose image has no authority of the receiver gets it from Bascule, by a connection that it cannot check."""

import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from provisioner.model.ids import ProfileName
from provisioner.model.status import Status
from provisioner.model.words import FirstBootWord, PushWord
from tests.builders.cluster import NOW
from tests.builders.patience import comes
from tests.receiver.test_receiver import PATH, UP_FOR_S, Lab, laboratory
from tests.servers.certificates import Authority
from tests.sessions.desktops import BootedMachine, SpeakingDesktop, _own, _push

pytestmark = pytest.mark.real
_trust = _own("trust")
FETCHED = "run/bascule/receiver-ca.pem"


@contextmanager
def a_lab(home: Path, *, gives: bool) -> Iterator[Lab]:
    with laboratory(home, count=3, gives=gives) as opened:
        site = opened.site
        profile = next(iter(site.config.profiles.values()))
        site.config = replace(site.config, profiles={ProfileName("standard"): profile})
        states = {name: replace(site.state(name), agent_login="jdupont") for name in site.names.values()}
        site.status = Status(at=NOW, desktops=states)
        yield opened


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with a_lab(tmp_path_factory.mktemp("a"), gives=True) as opened:
        yield opened


def a_trust(lab: Lab, root: Path, desktop: SpeakingDesktop, *, ca_file: Path, secret: str = "", port: int = 0) -> Any:
    """Of this desktop, with a root of its own."""
    (root / "proc/sys/kernel/random").mkdir(parents=True)
    (root / "run/bascule").mkdir(parents=True)
    (root / "proc/sys/kernel/random/boot_id").write_text(desktop.history.boot_id)
    (root / "proc/uptime").write_text("300.00 1.00\n")
    receiver = _push.Receiver(url=f"https://localhost:{port or lab.port}{PATH}", ca_file=str(ca_file), vmid=desktop.vmid)
    return _trust.Trust(BootedMachine(root, up_for_s=UP_FOR_S), receiver, secret or desktop.history.secret)


def asked(lab: Lab, trust: Any) -> object:
    """What its thread comes to, while the daemon's side answers."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(trust.context)

        def is_over() -> bool:
            lab.take_up()
            return waiting.done()

        assert comes(is_over)
        return waiting.exception() or waiting.result()


def test_an_image_without_the_authority_gets_it_and_pushes(lab: Lab, tmp_path: Path):
    desktop = lab.desktops[0]
    trust = a_trust(lab, tmp_path, desktop, ca_file=tmp_path / "none.pem")

    assert isinstance(asked(lab, trust), ssl.SSLContext)

    assert (tmp_path / FETCHED).read_text() == lab.ca_file.read_text()
    assert (tmp_path / FETCHED).stat().st_mode & 0o777 == 0o644
    receiver = _push.Receiver(url=f"https://localhost:{lab.port}{PATH}", ca_file=str(tmp_path / "none.pem"), vmid=desktop.vmid)
    before, push = lab.site.figures.pushes.get(PushWord.ACCEPTED, 0), desktop.push(NOW + 10)
    lab.site.clock.at = NOW + 10
    _push.Pusher(receiver, trust).hand_in(
        push.body.encode(), secret=desktop.history.secret, boot_id=push.boot_id, sequence=push.sequence, at_once=True
    )
    lab.comes(PushWord.ACCEPTED, before + 1)


def test_the_images_own_authority_is_taken_without_a_question(lab: Lab, tmp_path: Path):
    trust = a_trust(lab, tmp_path, lab.desktops[1], ca_file=lab.ca_file)

    assert isinstance(trust.context(), ssl.SSLContext)
    assert not (tmp_path / FETCHED).exists()


def test_an_earlier_authority_in_the_image_is_replaced_once_the_receiver_has_another(lab: Lab, tmp_path: Path):
    earlier = Authority(tmp_path / "earlier").ca_file
    trust = a_trust(lab, tmp_path, lab.desktops[1], ca_file=earlier)
    refused = handshake(lab, trust.context())
    assert isinstance(refused, ssl.SSLCertVerificationError)

    trust.failed(refused)

    context = asked(lab, trust)
    assert isinstance(context, ssl.SSLContext)
    assert handshake(lab, context) is None


def handshake(lab: Lab, context: ssl.SSLContext) -> Exception | None:
    connection = _push.http.client.HTTPSConnection("localhost", lab.port, context=context, timeout=60)
    try:
        connection.connect()
    except ssl.SSLError as error:
        return error
    finally:
        connection.close()
    return None


def test_with_another_secret_it_gets_none(lab: Lab, tmp_path: Path):
    before = lab.site.figures.first_boots.get(FirstBootWord.FORGED, 0)
    said = asked(lab, a_trust(lab, tmp_path, lab.desktops[2], ca_file=tmp_path / "none.pem", secret="ab" * 32))

    assert (type(said), str(said)) == (ValueError, "the receiver answers with 403")
    assert lab.site.figures.first_boots[FirstBootWord.FORGED] == before + 1
    assert not (tmp_path / FETCHED).exists()


@contextmanager
def a_stranger(home: Path, signature: str, *, says: str = "") -> Iterator[int]:
    """Somebody between them, who says this to everything, or gives an authority of theirs. Gives the port."""
    authority = Authority(home / "theirs")
    issued, said = authority.issue("stranger"), says.encode() or authority.ca_file.read_bytes()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.send_header("Bascule-Signature", signature)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.certificate, issued.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("signature", ["", "00" * 32])
def test_whoever_stands_between_cannot_give_an_authority_of_their_own(lab: Lab, tmp_path: Path, signature: str):
    with a_stranger(tmp_path, signature) as port:
        trust = a_trust(lab, tmp_path / "root", lab.desktops[2], ca_file=tmp_path / "none.pem", port=port)

        with pytest.raises(ValueError, match="the answer is not Bascule's"):
            trust.context()

    assert not (tmp_path / "root" / FETCHED).exists()


def test_after_a_question_without_an_answer_the_images_authority_counts_again(lab: Lab, tmp_path: Path):
    """Somebody stood between them for a while."""
    with a_stranger(tmp_path, "") as port:
        trust = a_trust(lab, tmp_path / "root", lab.desktops[2], ca_file=lab.ca_file, port=port)
        trust.failed(ssl.SSLCertVerificationError())
        with pytest.raises(ValueError, match="the answer is not Bascule's"):
            trust.context()

        assert handshake(lab, trust.context()) is None


def test_a_site_that_names_no_authority_gives_none(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path):
    with a_lab(tmp_path_factory.mktemp("b"), gives=False) as without:
        said = asked(without, a_trust(without, tmp_path, without.desktops[0], ca_file=tmp_path / "none.pem"))

    assert str(said) == "the receiver answers with 404"


def test_no_key_that_lies_beside_the_certificate_is_given(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path):
    with a_lab(tmp_path_factory.mktemp("c"), gives=True) as careless:
        key = next(careless.ca_file.parent.glob("*.key")).read_text()
        pem = careless.ca_file.read_text()
        careless.ca_file.write_text(key + pem)
        trust = a_trust(careless, tmp_path, careless.desktops[0], ca_file=tmp_path / "none.pem")

        assert isinstance(asked(careless, trust), ssl.SSLContext)

    assert (tmp_path / FETCHED).read_text() == pem
