"""Tokens: known by their hash alone, and gone when their line is."""

import ssl
from contextlib import closing
from http.client import HTTPSConnection

import pytest

from provisioner.api.callers import Role
from provisioner.api.tokens import Tokens, make_token
from tests.builders.api import an_api_site, ask, serving_by_tls
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.core import a_desktop
from tests.builders.views import a_publication


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tokens"


def test_a_token_is_not_in_its_line(file):
    token, known = make_token("grafana", Role.BOARD)
    file.write_text(f"# ours\n\n{known.line}  # the wall\n")
    caller = Tokens(file).caller_with(f"Bearer {token}")

    assert token not in known.line
    assert len(token) > 40
    assert (caller.name, caller.role) == ("token grafana", Role.BOARD)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic eDp5", "bearer " + "x" * 10_000])
def test_whatever_is_no_token_is_nobody(file, header):
    file.write_text(make_token("grafana", Role.BOARD)[1].line)

    assert Tokens(file).caller_with(header) is None


def test_a_deleted_line_counts_no_more(file):
    token, known = make_token("grafana", Role.VIEWER)
    file.write_text(known.line)
    tokens = Tokens(file)
    assert tokens.caller_with(f"Bearer {token}") is not None

    file.write_text("")
    assert tokens.caller_with(f"Bearer {token}") is None
    file.unlink()
    assert tokens.caller_with(f"Bearer {token}") is None


@pytest.mark.parametrize(
    "line", ["grafana viewer", "grafana king {digest}", "grafana viewer short", "a b viewer {digest}", "a viewer " + "é" * 64]
)
def test_a_faulty_line_is_said_and_hides_no_other(file, line, caplog):
    """H10: of letters that no hash has, in a line as long as one, every request was answered with 500."""
    token, known = make_token("good", Role.VIEWER)
    file.write_text(line.format(digest=known.digest) + "\n" + known.line)

    assert Tokens(file).caller_with(f"Bearer {token}").name == "token good"
    assert "line 1" in caplog.text


def test_the_command_makes_a_token_that_counts(tmp_path):
    site = a_lonely_site(tmp_path).write("tokens", "").write("api.pem", "x").write("api.key", "x")
    site.change("api: {socket: api.sock}", "api: {address: 127.0.0.1, certificate: api.pem, key: api.key, tokens: tokens}")
    made = bascule("config", "token", "grafana", "--role", "board", "--config", str(site.main))

    assert made.code == 0, made.err
    assert Tokens(tmp_path / "tokens").caller_with(f"Bearer {made.out.strip()}").role is Role.BOARD
    assert made.out.strip() not in (tmp_path / "tokens").read_text()


@pytest.mark.parametrize("words", [("grafana", "--role", "king"), ("two words", "--role", "board")])
def test_a_wrong_call_makes_none(tmp_path, words):
    ended = bascule("config", "token", *words, "--config", str(a_lonely_site(tmp_path).main))

    assert (ended.code, ended.out) == (2, "")


def test_without_a_file_the_line_is_said(tmp_path):
    made = bascule("config", "token", "grafana", "--role", "board", "--config", str(a_lonely_site(tmp_path).main))

    assert made.code == 0
    assert " board " in made.err


@pytest.mark.real
def test_over_tcp_there_is_tls_and_a_token_or_nothing(tmp_path, file):
    """And whoever comes by TCP is nobody without one, also root."""
    token, known = make_token("grafana", Role.BOARD)
    file.write_text(known.line)
    site = an_api_site(a_publication(a_desktop(1), wanted=1))
    with serving_by_tls(tmp_path, site, file) as settings:
        context = ssl.create_default_context(cafile=tmp_path / "ca" / "ca.pem")
        asked = {}
        for name, headers in {
            "with": {"Authorization": f"Bearer {token}"},
            "without": {},
            "wrong": {"Authorization": "Bearer x"},
        }.items():
            with closing(HTTPSConnection("127.0.0.1", settings.port, context=context, timeout=10)) as connection:
                connection.request("GET", "/v1/figures", headers=headers)
                response = connection.getresponse()
                asked[name] = (response.status, response.headers["www-authenticate"])
                response.read()
        with closing(HTTPSConnection("127.0.0.1", settings.port, context=context, timeout=10)) as connection:
            connection.request("GET", "/v1/desktops", headers={"Authorization": f"Bearer {token}"})
            people = connection.getresponse().status
        local = ask(tmp_path / "api.sock", "/v1/desktops").status

    assert asked == {"with": (200, None), "without": (401, "Bearer"), "wrong": (401, "Bearer")}
    assert (people, local) == (403, 200)
