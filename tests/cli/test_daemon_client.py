"""Where the daemon is asked, and what an answer may be."""

import contextlib
import json
import socket
import threading
from pathlib import Path

import pytest

from provisioner.cli import daemon_client
from provisioner.cli.daemon_client import DaemonSilent, ask_daemon, daemon_socket
from provisioner.cli.output import CONFIG
from provisioner.errors import BasculeError, SettingsError
from tests.builders.api import an_api_site, ask, serving
from tests.builders.views import a_publication

OTHER = Path("/srv/other/bascule.yaml")


@pytest.fixture
def site(tmp_path, monkeypatch):
    """What a running daemon has written of itself."""
    file = tmp_path / "site.json"
    monkeypatch.setenv("BASCULE_SITE", str(file))
    file.write_text(json.dumps({"config": str(OTHER), "freeze_file": "/srv/other/freeze", "socket": "/srv/other/api.sock"}))
    return file


@pytest.mark.parametrize(
    ("option", "config", "found"),
    [
        pytest.param(Path("/x/y.sock"), OTHER, "/x/y.sock", id="as ordered"),
        pytest.param(None, CONFIG, "/srv/other/api.sock", id="no configuration named: this machine's daemon"),
        pytest.param(None, OTHER, "/srv/other/api.sock", id="the daemon of this configuration"),
        pytest.param(None, Path("/etc/third.yaml"), None, id="a configuration that no daemon is known to have"),
    ],
)
def test_the_socket_is_the_running_daemons_own_word(site, option, config, found):
    assert site.exists()
    assert daemon_socket(option, config) == (Path(found) if found else None)


@pytest.mark.parametrize("content", [None, "[]", "{", '{"config": "/x"}', '{"config": "/x", "freeze_file": "/y", "socket": 7}'])
def test_without_a_readable_word_it_is_the_usual_place(site, content):
    site.unlink() if content is None else site.write_text(content)

    assert daemon_socket(None, CONFIG) == Path("/run/bascule/api.sock")


@contextlib.contextmanager
def somebody_at(folder, answer):
    """Whatever is asked, this is sent back."""
    at = folder / "api.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(at))
        listening.listen()

        def serve():
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        yield at
        server.join(5)


@contextlib.contextmanager
def trickling_at(folder, *, seconds):
    """An answer of many bytes, of which ten a second come."""
    at, over = folder / "api.sock", threading.Event()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(at))
        listening.listen()

        def serve():
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                for _ in range(10 * seconds):
                    connection.sendall(b"x")
                    over.wait(0.1)

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        yield at
        over.set()
        server.join(5)


def an_answer(status, body):
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


REASONS = json.dumps(
    {"reasons": [{"code": "x", "arguments": {}, "text": "no"}, {"code": "y", "arguments": {}, "text": "never"}]}
)


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        pytest.param(an_answer(404, REASONS), SettingsError, "no; never", id="not found"),
        pytest.param(an_answer(403, REASONS), BasculeError, "no; never", id="not allowed"),
        pytest.param(an_answer(200, "<html>"), BasculeError, "is not this version's daemon", id="no JSON"),
        pytest.param(an_answer(500, "[]"), BasculeError, "is not this version's daemon", id="no reasons"),
        pytest.param(b"SSH-2.0\r\n", DaemonSilent, "no daemon answers at", id="no HTTP"),
        pytest.param(b"", DaemonSilent, "no daemon answers at", id="closed at once"),
        pytest.param(an_answer(200, "{}" * 9)[:-4], DaemonSilent, "in the middle of its answer", id="closed half-way"),
        pytest.param(an_answer(200, "[]"), BasculeError, "is not this version's daemon", id="no document"),
        pytest.param(an_answer(200, "[" * 100_000), BasculeError, "is not this version's daemon", id="a document without end"),
    ],
)
def test_an_answer_that_is_none_is_one_message(tmp_path, answer, error, said):
    with somebody_at(tmp_path, answer) as at, pytest.raises(error) as raised:
        ask_daemon(at, "status")

    assert said in str(raised.value)
    assert type(raised.value) is error


def test_of_what_is_no_answer_little_is_quoted(tmp_path):
    with somebody_at(tmp_path, b"x" * 1_000_000) as at, pytest.raises(DaemonSilent) as raised:
        ask_daemon(at, "status")

    assert len(str(raised.value)) < 400


def test_a_document_that_lacks_something_is_no_fault_of_the_command(tmp_path):
    """Of a daemon of another version, in the middle of an upgrade."""
    with somebody_at(tmp_path, an_answer(200, '{"card": {}}')) as at:
        document = ask_daemon(at, "person")

    for lacking in (document, document["card"]):
        with pytest.raises(BasculeError, match="is not this version's daemon"):
            lacking["wrong"]


@pytest.mark.long
def test_an_answer_that_trickles_in_is_waited_for_no_longer_than_any_other(tmp_path, monkeypatch):
    monkeypatch.setenv("BASCULE_PATIENCE", "1")
    with trickling_at(tmp_path, seconds=5) as at, pytest.raises(DaemonSilent, match="does not answer within 1 s"):
        ask_daemon(at, "status")


def test_what_is_asked_may_be_of_any_bytes(tmp_path):
    """An argument that is not UTF-8."""
    with somebody_at(tmp_path, an_answer(404, REASONS)) as at, pytest.raises(SettingsError, match="no; never"):
        ask_daemon(at, "person", of="\udce9")


def test_an_answer_is_its_document(tmp_path):
    with somebody_at(tmp_path, an_answer(200, '{"a": 1}')) as at:
        assert ask_daemon(at, "status", of="x y") == {"a": 1}


def test_a_socket_that_is_not_there_is_no_daemon(tmp_path):
    for at in (tmp_path / "nowhere", tmp_path / "nowhere/api.sock", tmp_path):
        with pytest.raises(DaemonSilent, match="no daemon answers at"):
            ask_daemon(at, "status")


@pytest.mark.long
def test_what_has_not_changed_is_not_sent_again(tmp_path):
    with serving(tmp_path, an_api_site(a_publication(wanted=1))) as at:
        asked = [ask_daemon(at, "desktops") for _ in range(2)]
        tag = daemon_client._kept[at, "/v1/desktops", "en"].tag
        again = ask(at, "/v1/desktops", If_None_Match=tag)

    assert asked[0] == asked[1]
    assert (again.status, again.body) == (304, b"")
