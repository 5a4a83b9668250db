"""The golden image's program, run as it is, on what logind, the kernel and cloud-init were seen to print on Debian 13."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.actions.stop import _require_unused
from provisioner.errors import GuestUnknown
from provisioner.model.machines.desktops import FirstBoot, GuestReport, SessionState
from provisioner.model.status_document import parse_status
from tests.builders.actions import a_stop

pytestmark = pytest.mark.long

PROGRAM = Path(__file__).parents[2] / "config" / "guest" / "bascule_guest"
_HEAD = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when\n"
LISTENING = (
    "   0: 00000000000000000000000000000000:0D3D 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000\n"
)
CONNECTED = (
    "   {}: 0000000000000000FFFF00000C00280A:0D3D 0000000000000000FFFF00002107010A:C95{} 01 00000000:00000000 02:000AF8F2\n"
)
OTHER = "   9: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000\n"
CLOUD_INIT_DONE = '{"v1": {"datasource": "DataSourceNoCloud [seed=/dev/sr0]", "errors": []}}'
CLOUD_INIT_FAILED = '{"v1": {"datasource": null, "errors": ["(\'scripts_user\', RuntimeError(\'1 failed\'))"]}}'


def a_session(
    name: str, service: str, *, opened_us: int = 5_000_000, kind: str = "user", state: str = "active", idle: str = "no"
) -> str:
    return f"Name={name}\nTimestampMonotonic={opened_us}\nService={service}\nClass={kind}\nState={state}\nIdleHint={idle}\n"


JEAN = a_session("jdupont", "xrdp-sesman", opened_us=5_000_000)
ZOE = a_session("zlefevre", "xrdp-sesman", opened_us=9_000_000)
ADMIN = a_session("root", "sshd")
MANAGER = a_session("jdupont", "systemd-user", kind="manager")
GREETER = a_session("gdm", "gdm-launch-environment", kind="greeter")


class Image:
    """A directory that stands for a desktop: its files, the kernel's lists, and loginctl with what it prints."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("bin", "run/bascule", "run/cloud-init", "var/lib/bascule", "proc/net"):
            (root / folder).mkdir(parents=True)
        self.shows()

    def shows(self, *sessions: str, listening: str = LISTENING, connections: int = 0) -> None:
        ids = "".join(f"{number} 1000 someone - 100{number} user - no -\n" for number, _ in enumerate(sessions, start=1))
        self.command(
            "loginctl", f'case "$1" in list-sessions) cat <<"E"\n{ids}E\n;; *) cat <<"E"\n{chr(10).join(sessions)}E\nesac'
        )
        self.file("proc/net/tcp", _HEAD + OTHER)
        self.file("proc/net/tcp6", _HEAD + listening + "".join(CONNECTED.format(n, n) for n in range(connections)))

    def command(self, name: str, script: str) -> None:
        path = self.root / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def file(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-IB", str(PROGRAM), "--root", str(self.root), *arguments]
        environment = {"PATH": f"{self.root / 'bin'}:/usr/bin:/bin"}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=20)

    def report(self) -> GuestReport:
        done = self.run("report")
        assert (done.returncode, done.stderr) == (0, "")
        return parse_status(done.stdout, read_at=time.time(), source="ssh")


@pytest.fixture
def image(tmp_path: Path) -> Image:
    image = Image(tmp_path)
    image.file("run/cloud-init/result.json", CLOUD_INIT_DONE)
    return image


def test_a_ready_desktop_without_a_session(image: Image):
    report = image.report()

    assert (report.ready, report.sessions) == (True, ())
    assert report.booted_at is not None
    assert report.ready_at is not None
    assert report.booted_at <= report.ready_at <= time.time() + 0.001


@pytest.mark.parametrize(
    ("sessions", "connections", "expected"),
    [
        pytest.param([JEAN], 1, {"jdupont": "connected"}, id="one at work"),
        pytest.param([JEAN], 0, {"jdupont": "disconnected"}, id="gone without logging off: logind still says active"),
        pytest.param([a_session("jdupont", "xrdp-sesman", idle="yes")], 1, {"jdupont": "connected"}, id="idle is not said"),
        pytest.param([JEAN, ZOE], 2, {"jdupont": "connected", "zlefevre": "connected"}, id="two at work"),
        pytest.param([JEAN, ZOE], 1, {"jdupont": "disconnected", "zlefevre": "connected"}, id="one of two: the younger"),
        pytest.param([ADMIN, MANAGER, GREETER], 0, {}, id="administrators, managers and greeters are nobody"),
        pytest.param([ADMIN, MANAGER, JEAN], 1, {"jdupont": "connected"}, id="one at work among those"),
        pytest.param([a_session("jdupont", "xrdp-sesman", state="closing")], 0, {}, id="logged off, remains going"),
        pytest.param([], 1, {}, id="somebody before the log-on mask"),
    ],
)
def test_sessions(image: Image, sessions, connections, expected):
    image.shows(*sessions, connections=connections)

    assert {session.login: session.state for session in image.report().sessions} == {
        name: SessionState(state) for name, state in expected.items()
    }


@pytest.mark.parametrize(
    ("sessions", "connections", "proof"),
    [
        pytest.param([], 0, True, id="nobody"),
        pytest.param([], 1, False, id="somebody at the log-on mask"),
        pytest.param([ADMIN, MANAGER], 1, False, id="somebody at the log-on mask, and an administrator"),
    ],
)
def test_more_connections_than_sessions_are_no_proof_that_nobody_is_there(image: Image, sessions, connections, proof):
    """A6: a person at the log-on screen has a connection, and a session a moment later."""
    image.shows(*sessions, connections=connections)
    report = image.report()

    refusal = None
    try:
        _require_unused(report, a_stop(), now=report.read_at)
    except GuestUnknown as unknown:
        refusal = unknown

    assert (refusal is None) is proof, refusal


def test_a_session_began_when_logind_says(image: Image):
    opened = time.monotonic() - 60
    image.shows(a_session("jdupont", "xrdp-sesman", opened_us=int(opened * 1e6)), connections=1)

    assert image.report().sessions[0].since == pytest.approx(time.time() - 60, abs=5)


@pytest.mark.parametrize(
    ("files", "first_boot"),
    [
        pytest.param({}, "running", id="cloud-init has not ended"),
        pytest.param({"run/cloud-init/result.json": CLOUD_INIT_DONE}, "done", id="cloud-init has ended well"),
        pytest.param({"run/cloud-init/result.json": CLOUD_INIT_FAILED}, "failed", id="cloud-init has ended with errors"),
        pytest.param({"etc/cloud/cloud-init.disabled": ""}, "done", id="the image has switched cloud-init off"),
        pytest.param({"proc/cmdline": "quiet cloud-init=disabled\n"}, "done", id="the kernel's command line has"),
        pytest.param(
            {"etc/cloud/cloud-init.disabled": "", "run/cloud-init/disabled": ""}, "done", id="the image has, as cloud-init says"
        ),
        pytest.param({"run/cloud-init/disabled": ""}, "failed", id="cloud-init has found no drive, and gone off"),
        pytest.param(
            {"run/cloud-init/disabled": "", "var/lib/bascule/first-boot": "done"}, "done", id="the marker says done without it"
        ),
        pytest.param({"var/lib/bascule/first-boot": "done\n"}, "done", id="the marker says done"),
        pytest.param(
            {"var/lib/bascule/first-boot": "running", "run/cloud-init/result.json": CLOUD_INIT_DONE},
            "running",
            id="the marker goes before cloud-init",
        ),
        pytest.param({"var/lib/bascule/first-boot": "failed"}, "failed", id="the marker says failed"),
    ],
)
def test_first_boot(tmp_path: Path, files, first_boot):
    image = Image(tmp_path)
    for path, text in files.items():
        image.file(path, text)

    assert image.report().first_boot is FirstBoot(first_boot)


def test_without_a_cloud_init_drive_it_says_why_nobody_can_log_on(image: Image):
    (image.root / "run/cloud-init/result.json").unlink(missing_ok=True)
    image.file("run/cloud-init/disabled", "")
    report = image.report()

    assert (report.ready, report.logon_port_open) == (False, True)
    assert "no data source" in report.first_boot_error


def test_a_closed_log_on_port_is_not_ready(image: Image):
    image.shows(listening="")

    report = image.report()

    assert (report.logon_port_open, report.ready, report.ready_at) == (False, False, None)


def test_the_first_moment_of_readiness_is_kept_through_a_later_trouble(image: Image):
    path = image.root / "run/bascule/status.json"
    image.run("write", str(path))
    first = json.loads(path.read_text())["ready_at"]
    image.shows(listening="")
    image.run("write", str(path))

    assert json.loads(path.read_text())["logon_port"] == "closed"
    assert json.loads(path.read_text())["ready_at"] == pytest.approx(first, abs=0.1)
    assert sorted(path.name for path in path.parent.iterdir()) == ["ready", "status.json"]


def test_printing_leaves_nothing_behind(image: Image):
    image.report()

    assert list((image.root / "run/bascule").iterdir()) == []


@pytest.mark.parametrize(
    ("breaks", "complaint"),
    [
        pytest.param(
            lambda image: image.command("loginctl", "echo 'Host is down' >&2; exit 1"), "Host is down", id="no logind"
        ),
        pytest.param(lambda image: (image.root / "proc/net/tcp").unlink(), "proc/net/tcp cannot", id="no list of sockets"),
        pytest.param(
            lambda image: image.command("loginctl", "exec sleep 30"), "timed out", id="logind hangs", marks=pytest.mark.real
        ),
        pytest.param(lambda image: image.shows("Service=xrdp-sesman\nClass=user\n"), "State", id="logind leaves things out"),
        pytest.param(lambda image: image.file("run/cloud-init/result.json", "{}"), "v1", id="cloud-init says something else"),
        pytest.param(lambda image: image.file("run/cloud-init/result.json", "{"), "Expecting", id="cloud-init was cut off"),
        pytest.param(lambda image: image.file("var/lib/bascule/first-boot", "perhaps"), "'perhaps', not", id="an unknown word"),
    ],
)
def test_what_cannot_be_found_out_gives_no_document(image: Image, breaks: Callable[[Image], None], complaint):
    path = image.root / "run/bascule/status.json"
    path.write_text("the one before")
    breaks(image)
    done = image.run("write", str(path))

    assert done.returncode == 1
    assert done.stderr.startswith("bascule-guest: ")
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert path.read_text() == "the one before"


def test_a_boot_has_the_kernels_own_name(image: Image):
    """E9: a boot is identified by its boot id, not by its apparent start."""
    assert image.report().boot_id == "", "an image whose /proc is elsewhere says nothing"

    (image.root / "proc/sys/kernel/random").mkdir(parents=True)
    image.file("proc/sys/kernel/random/boot_id", "0a9c1ecf-5d8f-4b1c-9a27-3f5a0f0f8a01\n")

    assert image.report().boot_id == "0a9c1ecf-5d8f-4b1c-9a27-3f5a0f0f8a01"


_CARDS6 = """\
fe800000000000000000000000000001 02 40 20 80     eth0
20010db8000000000000000000010007 02 40 00 80     eth0
20010db800000000aaaaaaaaaaaaaaaa 02 40 00 01     eth0
20010db8000000000000000000010008 02 40 00 40     eth0
00000000000000000000000000000001 01 80 10 80       lo
20010db8000000000000000000010009 03 40 00 80    virbr0
"""


def test_its_own_addresses_of_ipv6(image: Image):
    """None of the link, none that changes by itself or is still tried, none of a bridge."""
    card = image.root / "sys/class/net/eth0"
    (card / "device").mkdir(parents=True)
    (card / "address").write_text("02:00:00:00:13:89\n")
    image.file("proc/net/if_inet6", _CARDS6)

    said = json.loads(image.run("report").stdout)

    assert said["addresses"][-1:] == ["2001:db8::1:7"]
    assert not [address for address in said["addresses"][:-1] if ":" in address]
    assert image.report().identity.addresses[-1] == "2001:db8::1:7"
