"""`bascule desktop probe`: of one desktop, of a sample, and of none."""

from contextlib import ExitStack

import pytest

from provisioner.model.machines.desktops import Phase, Session, SessionState
from tests.builders.api import an_api_site, serving
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.cluster import NOW
from tests.builders.core import a_desktop
from tests.builders.logon import greeting, logon_server
from tests.builders.views import a_publication
from tests.servers.certificates import Authority

pytestmark = pytest.mark.long

IN = Session(login="login0003", state=SessionState.CONNECTED, since=NOW - 60)


def a_site_of(*desktops):
    return an_api_site(a_publication(*desktops, wanted=len(desktops), agents=len(desktops)))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca")).issue("desktop")


@pytest.fixture
def probe(tmp_path, certificate):
    """Four desktops: two that answer, one that does not, one that is off."""
    with ExitStack() as stack:
        port = stack.enter_context(logon_server(greeting(certificate, chooses=2), host="127.77.0.1"))
        stack.enter_context(logon_server(greeting(certificate, chooses=2), host="127.77.0.2", port=port))
        (tmp_path / "site").mkdir()
        site = a_lonely_site(tmp_path / "site").change("  standard: standard.yaml", "  office: standard.yaml")
        site.change("profile: standard", "profile: office").append("probes: {timeout: 1s}\n")
        site.write("standard.yaml", (tmp_path / "site" / "standard.yaml").read_text() + f"connection: {{port: {port}}}\n")
        places = [(1, Phase.READY), (2, Phase.READY), (3, Phase.READY), (4, Phase.STOPPED)]
        published = a_site_of(*(a_desktop(number, phase, address=f"127.77.0.{number}") for number, phase in places))
        at = stack.enter_context(serving(tmp_path, published))
        yield lambda *words: bascule("desktop", "probe", *words, "--socket", str(at), "--config", str(site.main))


def test_each_step_of_one_desktop_is_shown_with_its_time(probe):
    ended = probe("login0001")

    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0].startswith("desktop vd-5001, at 127.77.0.1:")
    assert [line.split("  ")[0] for line in lines[2:]] == [
        "resolves its name", "connects to its port", "answers RDP", "lets the robot in",
    ]  # fmt: skip
    assert "people connect to its address" in lines[2]
    assert lines[3].split()[-3:-1] == ["ok", lines[3].split()[-2]]
    assert "no robot account is configured" in lines[5]


def test_a_step_that_fails_is_said_plainly_and_ends_the_command_with_1(probe):
    ended = probe("vd-5003")

    assert ended.code == 1
    assert "127.77.0.3 refuses connections to port" in ended.out
    assert "answers RDP" not in ended.out


def test_a_program_gets_codes_and_milliseconds(probe):
    ended = probe("vd-5003", "--json")

    (shown,) = ended.document["probes"]
    assert ended.code == 1
    assert (shown["desktop"], shown["failed_at"]) == ("vd-5003", "connect")
    assert [(step["step"], step["end"]) for step in shown["steps"]] == [("resolve", "skipped"), ("connect", "failed")]
    assert shown["steps"][1]["why"]["code"] == "probe_port_refused"
    assert 0 <= shown["took_ms"] < 1000
    assert ended.document["summary"]["code"] == "probes_not_enough"


def test_a_sample_is_of_ready_desktops_alone(probe):
    ended = probe("--sample", "9")

    assert ended.code == 1
    assert sorted(line.split()[0] for line in ended.out.splitlines()[1:4]) == ["vd-5001", "vd-5002", "vd-5003"]
    assert ended.out.splitlines()[-1].startswith("result: 1 of 3 desktops have failed: not enough to say")


@pytest.mark.parametrize("words", [(), ("login0001", "--sample", "2")], ids=["neither", "both"])
def test_which_is_to_be_said(probe, words):
    ended = probe(*words)

    assert (ended.code, ended.out) == (2, "")
    assert "say which desktop" in ended.said


def test_without_a_daemon_nothing_is_known(tmp_path):
    (tmp_path / "site").mkdir()
    site = a_lonely_site(tmp_path / "site")

    assert bascule("desktop", "probe", "vd-5001", "--socket", str(tmp_path / "none"), "--config", str(site.main)).code == 3
