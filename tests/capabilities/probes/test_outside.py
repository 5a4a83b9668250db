"""The way to a desktop ends where it ends, in plain words: each server below is on loopback and breaks one step."""

from contextlib import ExitStack

import pytest

from provisioner.capabilities.probes.outside.chain import LogonChain
from provisioner.capabilities.probes.reasons import SOMEBODY_IN
from provisioner.capabilities.probes.settings import ProbeSettings, RobotSettings
from provisioner.model.ids import DesktopName
from provisioner.model.people.profiles import LogonProtocol
from provisioner.model.probes import ProbeStep, ProbeTarget, StepEnd
from provisioner.settings.secret import Secret
from tests.builders.logon import greeting, logon_server, name_server, saying, silent_server
from tests.builders.patience import FUSE_S
from tests.servers.certificates import Authority
from tests.servers.processes import free_port

NAME = "vd-5001.vd.example"
ROBOT = RobotSettings(user="robot", password=Secret("a password of the robot"))


class Still:
    def now(self):
        return 1_000.0


def probed(port, *, host="127.0.0.1", names=None, keep_out="", settings=None, **changed):
    """Of a desktop on this port; `names`: what DNS knows, else there is no name."""
    settings = settings or ProbeSettings(timeout_s=FUSE_S, nameservers=("127.0.0.1",))
    target = {"desktop": DesktopName("vd-5001"), "host": host, "port": port, "protocol": LogonProtocol.RDP, **changed}
    with ExitStack() as stack:
        dns_port = 53 if names is None else stack.enter_context(name_server(names))
        chain = LogonChain(settings, clock=Still(), dns_port=dns_port)
        return chain.probe(ProbeTarget(**target), keep_out=keep_out)


def ends(result):
    return [(step.step.value, step.end.value) for step in result.steps]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca")).issue("desktop")


def test_a_desktop_that_answers_rdp_is_well_as_far_as_a_probe_goes_without_a_robot(certificate):
    with logon_server(greeting(certificate, chooses=2)) as port:
        result = probed(port, host=NAME, names={NAME: "127.0.0.1"}, address="127.0.0.1")

    assert ends(result) == [("resolve", "done"), ("connect", "done"), ("greet", "done"), ("authenticate", "skipped")]
    assert result.failed is None
    assert result.steps[-1].why.code == "probe_no_robot"
    assert result.at == 1_000.0
    assert all(step.took_s > 0 for step in result.steps[:3])


def test_an_address_has_no_name_to_resolve(certificate):
    with logon_server(greeting(certificate)) as port:
        assert ends(probed(port))[0] == ("resolve", "skipped")


@pytest.mark.parametrize(
    ("names", "code"),
    [
        pytest.param({}, "probe_name_unknown", id="no such name"),
        pytest.param({NAME: "127.0.0.9"}, "probe_name_elsewhere", id="another desktop's address"),
    ],
)
def test_a_wrong_name_ends_the_way(names, code):
    result = probed(free_port(), host=NAME, names=names, address="127.0.0.1")

    assert ends(result) == [("resolve", "failed")]
    assert result.failed.why.code == code


@pytest.mark.long
def test_a_dns_server_that_is_away_is_told_from_a_name_that_is_unknown():
    settings = ProbeSettings(timeout_s=0.2, nameservers=("127.0.0.1",))
    result = LogonChain(settings, clock=Still(), dns_port=free_port()).probe(
        ProbeTarget(desktop=DesktopName("vd-5001"), host=NAME, port=1, protocol=LogonProtocol.RDP)
    )

    assert result.failed.why.code == "probe_name_silent"


def test_a_port_where_nothing_listens():
    result = probed(free_port())

    assert ends(result) == [("resolve", "skipped"), ("connect", "failed")]
    assert result.failed.why.code == "probe_port_refused"


@pytest.mark.parametrize(
    ("manner", "code"),
    [
        pytest.param(saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "probe_not_rdp", id="a web server"),
        pytest.param(saying(b"\x03\x00\x00\x13\x0e\xf0" + bytes(13)), "probe_not_rdp", id="another message of X.224"),
        pytest.param(saying(b"\x03\x00\xff\xff"), "probe_not_rdp", id="a length that no answer has"),
        pytest.param(saying(b""), "probe_closed", id="it closes"),
        pytest.param(saying(b"\x03\x00\x00\x13"), "probe_closed", id="it closes in the middle"),
        pytest.param(greeting(refuses=5), "probe_rdp_refuses", id="it takes no protection"),
        pytest.param(greeting(chooses=1), "probe_tls_fails", id="it promises TLS, and has none"),
    ],
)
def test_what_listens_is_no_rdp_server_that_works(manner, code):
    with logon_server(manner) as port:
        result = probed(port)

    assert ends(result)[1:] == [("connect", "done"), ("greet", "failed")]
    assert result.failed.why.code == code


@pytest.mark.long
def test_a_server_that_says_nothing_takes_its_time():
    with silent_server() as port:
        result = probed(port, settings=ProbeSettings(timeout_s=0.2))

    assert result.failed.why.code == "probe_greeting_silent"
    assert result.failed.took_s >= 0.2


def test_with_its_own_old_encryption_it_answers_rdp_all_the_same():
    with logon_server(saying(b"\x03\x00\x00\x0b\x06\xd0" + bytes(5))) as port:
        assert ("greet", "done") in ends(probed(port))


def test_another_protocol_is_not_greeted():
    with silent_server() as port:
        result = probed(port, protocol=LogonProtocol.OTHER)

    assert ends(result)[1:] == [("connect", "done"), ("greet", "skipped")]


def test_the_first_stop_is_the_gateway():
    with silent_server() as port:
        result = probed(1, host="10.255.255.1", gateway=f"gate.example:{port}", names={"gate.example": "127.0.0.1"})

    assert ends(result) == [("resolve", "done"), ("connect", "done"), ("greet", "skipped"), ("authenticate", "skipped")]


@pytest.mark.parametrize(
    ("chooses", "keep_out", "code"),
    [
        pytest.param(1, "", "probe_no_plain_password", id="no NLA"),
        pytest.param(2, SOMEBODY_IN(), "probe_somebody_in", id="somebody is in"),
        pytest.param(2, "", "probe_no_client", id="no FreeRDP"),
    ],
)
def test_the_robot_keeps_out_and_that_is_no_failure(certificate, chooses, keep_out, code):
    settings = ProbeSettings(timeout_s=FUSE_S, robot=ROBOT, command="/nonexistent/xfreerdp3")
    with logon_server(greeting(certificate, chooses=chooses)) as port:
        result = probed(port, keep_out=keep_out, settings=settings)

    last = result.steps[-1]
    assert (last.step, last.end, last.why.code) == (ProbeStep.AUTHENTICATE, StepEnd.SKIPPED, code)
    assert result.failed is None
