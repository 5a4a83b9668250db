"""What FreeRDP says is understood, in the words that version 3.15 has said; and a real server lets the robot in, or not."""

import stat
import sys

import pytest

from provisioner.capabilities.probes.outside.chain import LogonChain
from provisioner.capabilities.probes.outside.freerdp import NoClient, log_on, outcome_in
from provisioner.capabilities.probes.settings import ProbeSettings, RobotSettings
from provisioner.daemon.system_clock import SystemClock
from provisioner.model.ids import DesktopName
from provisioner.model.people.profiles import LogonProtocol
from provisioner.model.probes import ProbeTarget
from provisioner.settings.secret import Secret
from tests.servers.shadow import ROBOT, shadow_server

PASSWORD = ROBOT.password
_HEAD = "[02:41:28:177] [30362:000076bf] [ERROR][com.freerdp.core] - "
CANCELLED = f"{_HEAD}[freerdp_abort_connect_context]: ERRCONNECT_CONNECT_CANCELLED [0x0002000B]\n"


def target(port):
    return ProbeTarget(desktop=DesktopName("vd-1"), host="127.0.0.1", port=port, protocol=LogonProtocol.RDP)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param("[nla_recv_pdu]: ERRCONNECT_AUTHENTICATION_FAILED [0x00020009]", "probe_logon_refused", id="refused"),
        pytest.param("[nla_recv]: ERRCONNECT_LOGON_FAILURE [0x00020014]", "probe_logon_refused", id="a wrong password"),
        pytest.param("[x]: ERRCONNECT_ACCOUNT_LOCKED_OUT [0x00020018]", "probe_logon_refused", id="locked out"),
        pytest.param(
            "[transport]: ERRCONNECT_CONNECT_TRANSPORT_FAILED [0x0002000D]", "probe_logon_breaks_off", id="broken off"
        ),
    ],
)
def test_its_words_are_understood(said, code):
    why = outcome_in(f"{_HEAD}{said}\n{CANCELLED}", 132, user="robot", command="xfreerdp3")

    assert why.code == code
    assert why.arguments["user"] == "robot"


def test_the_end_of_auth_only_is_a_desktop():
    assert not outcome_in(CANCELLED, 0, user="robot", command="xfreerdp3")


def test_arguments_that_it_does_not_know_say_nothing_of_a_desktop():
    with pytest.raises(NoClient) as caught:
        outcome_in("Unsupported command line syntax!", 255, user="robot", command="xfreerdp3")
    assert caught.value.reason.code == "probe_no_client"


def test_the_password_is_on_standard_input_and_nowhere_else(tmp_path):
    """A program in FreeRDP's place writes down what everybody can read of it."""
    client = tmp_path / "client"
    client.write_text(
        f"#!{sys.executable}\nimport os, pathlib, sys\nhere = pathlib.Path(__file__).parent\n"
        "(here / 'public').write_bytes(pathlib.Path('/proc/self/cmdline').read_bytes() + repr(os.environ).encode())\n"
        "(here / 'stdin').write_text(sys.stdin.read())\n"
    )
    client.chmod(client.stat().st_mode | stat.S_IXUSR)
    robot = RobotSettings(user="robot", domain="DEP", password=Secret(PASSWORD))

    assert not log_on(str(client), robot, target(3389), within_s=5.0)
    assert PASSWORD not in (tmp_path / "public").read_bytes().decode()
    lines = (tmp_path / "stdin").read_text().splitlines()
    assert {f"/p:{PASSWORD}", "/d:DEP", "/v:127.0.0.1:3389", "/sec:nla"} <= set(lines)


@pytest.mark.real
def test_a_real_server_lets_the_robot_in_with_its_password_alone(tmp_path):
    def ends(password, user="robot"):
        robot = RobotSettings(user=user, password=Secret(password))
        result = LogonChain(ProbeSettings(robot=robot), clock=SystemClock()).probe(target(port))
        return [(step.step.value, step.end.value, step.why.code) for step in result.steps][2:]

    with shadow_server(tmp_path) as port:
        assert ends(PASSWORD) == [("greet", "done", ""), ("authenticate", "done", ""), ("desktop", "done", "")]
        refused = [("greet", "done", ""), ("authenticate", "failed", "probe_logon_refused")]
        assert ends("wrong") == refused
        assert ends(PASSWORD, user="somebody") == refused
