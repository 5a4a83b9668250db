"""The SSH probe against a real sshd: a report, or 'unknown' with its reason; never a report from another host."""

import os
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paramiko
import pytest

from provisioner.adapters.ssh import SshGuestProbe
from provisioner.errors import GuestUnknown
from provisioner.model.machines.desktops import SessionState
from provisioner.model.machines.guest_bounds import MAX_STATUS_BYTES
from tests.builders.directory import READ_AT
from tests.builders.ssh import a_check_at, a_probe
from tests.builders.status import a_status
from tests.servers.processes import free_port
from tests.servers.sshd import Sshd, new_key, public_key, sshd

pytestmark = pytest.mark.real
HERE = "127.0.0.1"


@pytest.fixture(scope="module")
def desktop(tmp_path_factory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd") / "desktop") as server:
        yield server


@pytest.fixture
def make_probe(desktop: Sshd, tmp_path) -> Callable[..., SshGuestProbe]:
    def made(*, pinned: str = f"* {desktop.host_key}", **settings: Any) -> SshGuestProbe:
        hosts = tmp_path / "pinned"
        hosts.write_text(f"{pinned}\n")
        usual = {"user": desktop.user, "port": desktop.port, "key_file": desktop.key, "known_hosts_file": hosts}
        return a_probe(**{**usual, **settings})

    return made


def prints(text: str) -> str:
    return f"cat <<'END'\n{text}\nEND\n"


def why_unknown(probe: SshGuestProbe, address: str = HERE) -> str:
    with pytest.raises(GuestUnknown) as caught:
        probe.report(a_check_at(address))
    assert str(caught.value).startswith("desktop vd-")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_desktop_reports(desktop, make_probe):
    desktop.answers(prints(a_status()))

    report = make_probe().report(a_check_at(HERE))

    assert (report.read_at, report.ready) == (READ_AT, True)
    assert [(session.login, session.state, session.source) for session in report.sessions] == [
        ("jdupont", SessionState.CONNECTED, "ssh")
    ]


def test_the_forced_command_answers_whatever_is_asked(desktop, tmp_path):
    desktop.answers(prints(a_status()))

    with paramiko.SSHClient() as client:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        key = paramiko.PKey.from_path(desktop.key)
        client.connect(HERE, port=desktop.port, username=desktop.user, pkey=key, allow_agent=False, look_for_keys=False)
        _, answer, _ = client.exec_command(f"touch {tmp_path}/broken-in", timeout=10)
        assert '"version"' in answer.read().decode()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_other_kinds_of_client_key(desktop, make_probe, tmp_path, kind):
    key = new_key(tmp_path / "key", kind)
    authorised = desktop.home / "authorized_keys"
    authorised.write_text(authorised.read_text() + f'restrict,command="/bin/sh {desktop.home}/answer" {public_key(key)}\n')
    desktop.answers(prints(a_status()))

    assert make_probe(key_file=key).report(a_check_at(HERE)).ready


def test_known_hosts_is_read_again_when_it_changes(desktop, make_probe, tmp_path):
    desktop.answers(prints(a_status()))
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(f"# none yet\n10.0.0.1 {desktop.host_key}\n")
    probe = make_probe(known_hosts_file=known_hosts)

    assert "not found in known_hosts" in why_unknown(probe)

    known_hosts.write_text(f"[{HERE}]:{desktop.port} {desktop.host_key}\n")
    os.utime(known_hosts, ns=(0, known_hosts.stat().st_mtime_ns + 1))
    assert probe.report(a_check_at(HERE)).ready


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        pytest.param("* {key}", "", id="one key for all"),
        pytest.param("[127.0.0.*]:* {key}", "", id="one key for a network"),
        pytest.param("* {other}\n[127.0.0.1]:{port} {key}", "", id="a line of its own goes before the pattern"),
        pytest.param("* {key}\n[127.0.0.1]:{port} {other}", "another host key", id="also when it says otherwise"),
        pytest.param("10.40.* {key}", "not found in known_hosts", id="a pattern for others"),
        pytest.param("*,![127.0.0.1]:{port} {key}", "excludes names with '!'", id="an exclusion is refused, not passed over"),
        pytest.param(
            "@cert-authority * {key}",
            "a host key line cannot be read: '@cert-authority * ssh",
            id="authorities are not understood",
        ),
        pytest.param("nonsense", "not found in known_hosts", id="a line of nonsense"),
    ],
)
def test_known_hosts(desktop, make_probe, tmp_path, lines, reason):
    desktop.answers(prints(a_status()))
    other = public_key(new_key(tmp_path / "other"))
    known_hosts = tmp_path / "known_hosts"
    known_hosts.write_text(lines.format(key=desktop.host_key, other=other, port=desktop.port) + "\n")
    probe = make_probe(known_hosts_file=known_hosts)

    assert (reason in why_unknown(probe)) if reason else probe.report(a_check_at(HERE)).ready


def test_one_probe_serves_many_threads(desktop, make_probe):
    desktop.answers(prints(a_status()))
    probe = make_probe()

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: probe.report(a_check_at(HERE)), range(12)))

    assert [report.ready for report in reports] == [True] * 12


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param("true", "the document is empty", id="says nothing"),
        pytest.param("echo Bonjour", "the document is not JSON", id="says something else"),
        pytest.param("head -c 300 /dev/urandom | tr '\\n' x; printf '\\377'", "the answer is not text", id="binary"),
        pytest.param(prints(a_status(version=2)), "version is 2, not 1", id="a later version"),
        pytest.param(prints(a_status(sessions=...)), "the document lacks sessions", id="no word on sessions"),
        pytest.param("yes", f"the answer is larger than {MAX_STATUS_BYTES} bytes", id="endless output"),
        pytest.param("exec sleep 60", "no answer in time", id="hangs"),
        pytest.param(prints(a_status()) + "exec sleep 60 >&- 2>&-", "no answer in time", id="answers, closes, and stays"),
        pytest.param("while :; do echo; sleep 0.2; done", "no answer in time", id="a trickle"),
        pytest.param(prints(a_status()) + "exit 3", "the command ended with 3", id="a document and a failure"),
        pytest.param("kill -9 $$", "the command ended with -1", id="killed by a signal"),
        pytest.param("exec no-such-thing", "the command ended with 127: ", id="a missing command, with its complaint"),
        pytest.param("printf 'a\\033[31mb' >&2; exit 1", "the command ended with 1: a?[31mb", id="no escapes in the complaint"),
    ],
)
def test_an_answer_that_is_no_status_is_unknown(desktop, make_probe, script, reason):
    desktop.answers(script)
    hurried = {"channel_timeout_s": 1.0} if reason == "no answer in time" else {}

    assert reason in why_unknown(make_probe(**hurried))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"pinned": ""}, "not found in known_hosts", id="no key pinned"),
        pytest.param({"known_hosts_file": Path("/nowhere/known_hosts")}, "No such file or directory", id="no known_hosts"),
        pytest.param({"key_file": Path("/nowhere/key")}, "/nowhere/key cannot be read: No such file", id="no private key"),
        pytest.param({"key_file": Path("/etc/passwd")}, "/etc/passwd holds no private key", id="a private key that is none"),
        pytest.param({"user": "nobody"}, "the log-on was refused", id="another account"),
    ],
)
def test_a_wrong_setting_is_unknown(desktop, make_probe, change, reason):
    desktop.answers(prints(a_status()))

    assert reason in why_unknown(make_probe(**change))


def test_another_host_key_than_the_pinned_one(desktop, make_probe, tmp_path):
    desktop.answers(prints(a_status()))
    stranger = public_key(new_key(tmp_path / "stranger"))

    assert "it shows another host key than the pinned one" in why_unknown(make_probe(pinned=f"* {stranger}"))


def test_a_key_that_is_not_let_in(make_probe, tmp_path):
    assert "the log-on was refused" in why_unknown(make_probe(key_file=new_key(tmp_path / "other")))


def test_a_key_with_a_passphrase_is_named_and_nothing_of_it_is_told(make_probe, tmp_path):
    locked = new_key(tmp_path / "locked", passphrase="hush-hush")
    with pytest.raises(GuestUnknown, match="locked has a passphrase") as caught:
        make_probe(key_file=locked).report(a_check_at(HERE))

    assert "PRIVATE KEY" not in "".join(traceback.format_exception(caught.value))


def test_nobody_listens(make_probe):
    assert "Unable to connect" in why_unknown(make_probe(port=free_port()))


def test_a_desktop_without_an_address_cannot_be_asked(make_probe):
    assert "no address is reserved for it" in why_unknown(make_probe(), address="")


@pytest.mark.parametrize(
    "greeting",
    [
        pytest.param(b"", id="accepts and says nothing"),
        pytest.param(b"SSH-2.0-OpenSSH_10.0\r\n", id="greets and says no more"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", id="a web server"),
        pytest.param(b"SSH-1.5-old\r\n", id="a protocol of the last century"),
    ],
)
def test_something_else_on_the_port(make_probe, greeting):
    with a_listener_that_says(greeting) as port:
        why_unknown(make_probe(port=port, connect_timeout_s=1.0, banner_timeout_s=1.0, auth_timeout_s=1.0))


def test_no_report_leaves_a_connection_or_a_thread_behind(desktop, make_probe, tmp_path):
    desktop.answers(prints(a_status()))
    before = what_is_open()
    for key in (desktop.key, new_key(tmp_path / "other"), desktop.key):
        try:
            make_probe(key_file=key).report(a_check_at(HERE))
        except GuestUnknown:
            continue

    assert what_is_open() == before


def what_is_open() -> tuple[int, int]:
    """Open files, and transports after the closed ones have ended."""
    transports = [thread for thread in threading.enumerate() if isinstance(thread, paramiko.Transport)]
    for thread in transports:
        thread.join(5)
    return len(os.listdir("/proc/self/fd")), sum(thread.is_alive() for thread in transports)


def test_a_refusal_writes_no_traceback_anywhere(desktop, make_probe, capfd):
    why_unknown(make_probe(pinned=""))

    assert capfd.readouterr() == ("", "")


@contextmanager
def a_listener_that_says(greeting: bytes) -> Iterator[int]:
    over = threading.Event()
    with socket.create_server((HERE, 0)) as listener:
        thread = threading.Thread(target=_greet, args=(listener, greeting, over))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()


def _greet(listener: socket.socket, greeting: bytes, over: threading.Event) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.sendall(greeting)
        over.wait(20)
