"""`bascule desktop show`: one desktop, found by a part of a name, never by a guess."""

import json

import pytest

from provisioner.errors import Refused
from provisioner.model.machines.desktops import Attempts, Phase
from tests.builders.api import an_api_site, serving
from tests.builders.cli import bascule
from tests.builders.core import a_desktop
from tests.builders.views import a_publication
from tests.views.test_why_places import EVERYONE

SITE = a_publication(
    a_desktop(1), a_desktop(3, Phase.FAILED), a_desktop(4, Phase.STOPPED), wanted=4, agents=5, waves=[EVERYONE]
)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("api"), an_api_site(SITE)) as at:
        yield at


def show(at, *words):
    return bascule("desktop", "show", *words, "--socket", str(at))


@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["vd-5001"], id="by the desktop"),
        pytest.param(["login0001"], id="by the login"),
        pytest.param(["AGENT", "1"], id="by the person's name"),
        pytest.param(["5001"], id="by the VMID"),
    ],
)
def test_one_desktop_is_shown_with_whose_where_and_what_comes_next(daemon, words):
    ended = show(daemon, *words)

    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert lines[0] == "Agent 1 (login0001), wave 'everyone'"
    assert lines[1] == "desktop vd-5001: VM pve/5001 on node n1, profile office"
    assert lines[2].startswith("ready since ")
    assert "sessions: nobody is logged on" in ended.out
    assert "address: " in ended.out
    assert "next: nothing has to be done, people can log on" in ended.out
    assert lines[-2].startswith("by the cycle that ended ")
    assert all(len(line) <= 80 for line in lines)


def test_an_agent_without_a_desktop_is_shown_too(daemon):
    ended = show(daemon, "login0002")

    assert ended.code == 0
    assert "no desktop yet, waiting since " in ended.out
    assert "next: " in ended.out


def test_several_that_match_are_named_and_none_is_shown(daemon):
    ended = show(daemon, "login")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("'login' is a part of 5 names, say which is meant: login0001 (Agent 1)")


def test_a_wrong_name_gets_a_proposal(daemon):
    ended = show(daemon, "logni0001")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("nothing matches 'logni0001': did you mean login0001")


@pytest.mark.parametrize("of", ["n1", "everyone"])
def test_a_node_or_a_wave_is_no_desktop(daemon, of):
    ended = show(daemon, of)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.strip() == f"'{of}' is neither a desktop nor an agent"


def test_programs_get_the_document(daemon):
    document = json.loads(show(daemon, "vd-5001", "--json").out)

    assert document["seat"]["desktop"]["name"] == "vd-5001"


@pytest.mark.long
def test_a_desktop_that_was_given_up_says_what_helps(tmp_path):
    refused = Attempts(count=1, reason="no", gave_up=True, error=Refused.word)
    site = a_publication(a_desktop(3, Phase.FAILED).but(attempts=refused), wanted=3)
    with serving(tmp_path, an_api_site(site)) as at:
        ended = show(at, "vd-5003")

    assert "`bascule desktop restart`" in " ".join(ended.out.split())


def test_without_a_daemon_nothing_is_shown(tmp_path):
    ended = show(tmp_path / "nobody.sock", "vd-5001")

    assert (ended.code, ended.out) == (3, "")
    assert "`bascule why` shows what the store keeps" in " ".join(ended.err.split())
