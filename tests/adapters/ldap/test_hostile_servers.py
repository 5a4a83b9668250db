"""C5: an answer that never ends is no reading: the reason is reported, and the next server is asked."""

import itertools
import time
import uuid
from collections.abc import Iterator

import pytest

from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.settings.directory import Tls
from tests.builders.cli import a_lonely_site, bascule
from tests.builders.directory import FixedClock, ldap_settings
from tests.servers.hostile import BIND, SEARCH, Hostile, Question, Talk, a_hostile_server

pytestmark = pytest.mark.real
ID = str(uuid.UUID(int=1)).encode()


def honest(question: Question) -> Iterator[bytes]:
    """A server with one person, and a complete answer."""
    if question.kind == BIND:
        yield question.lets_in()
    elif question.kind == SEARCH:
        yield question.entry("uid=jdupont,dc=x", entryUUID=ID, uid=b"jdupont")
        yield question.done()


def a_byte_a_second(seconds: list[float], *, every_s: float = 0.0) -> Talk:
    """A server that accepts the bind, then sends an entry that never ends. It gives up after an hour, so that no test hangs.

    `every_s`: real seconds between two bytes.
    """

    def talk(question: Question) -> Iterator[bytes]:
        if question.kind == BIND:
            yield question.lets_in()
        elif question.kind == SEARCH:
            promised = question.entry("uid=jdupont,dc=x", entryUUID=ID, uid=b"j" * 10_000)
            for at in range(3_600):
                seconds[0] += 1
                time.sleep(every_s)
                yield promised[at : at + 1]
            raise ConnectionError

    return talk


def empty_pages() -> Talk:
    """A server that always sends another empty page. After 500 pages the connection ends, so that no test hangs."""
    left = itertools.count(500, -1)

    def talk(question: Question) -> Iterator[bytes]:
        if question.kind == BIND:
            yield question.lets_in()
        elif question.kind == SEARCH:
            if next(left) == 0:
                raise ConnectionError
            yield question.done(cookie=b"more")

    return talk


def ten_megabytes(question: Question) -> Iterator[bytes]:
    """A server with one person whose login has 10 MB."""
    if question.kind == BIND:
        yield question.lets_in()
    elif question.kind == SEARCH:
        yield question.entry("uid=jdupont,dc=x", entryUUID=ID, uid=b"j" * 10_000_000)
        yield question.done()


def reading(*servers: Hostile, seconds: list[float] | None = None) -> LdapDirectory:
    urls = tuple(server.ldap for server in servers)
    given = ldap_settings(urls=urls, tls=Tls.NONE, changes=False, base="dc=x", connect_timeout_s=30.0, receive_timeout_s=30.0)
    return LdapDirectory(given, clock=FixedClock(), elapsed=lambda: seconds[0] if seconds else 0.0)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param("a byte a second", "no whole answer within 120 s", id="a byte a second"),
        pytest.param("empty pages", "100 pages without an entry", id="endless empty pages"),
        pytest.param("ten megabytes", "an answer of 10000", id="a value of 10 MB"),
    ],
)
def test_the_next_server_is_asked_and_the_reason_is_told(kind, words):
    """C5: the reading never ended: no failure, no report, and the second server was never asked."""
    seconds = [0.0]
    talk = {"a byte a second": a_byte_a_second(seconds), "empty pages": empty_pages(), "ten megabytes": ten_megabytes}[kind]
    with a_hostile_server(talk) as first, a_hostile_server(honest) as second:
        roster = reading(first, second, seconds=seconds).read()

    assert [agent.login for agent in roster.agents.values()] == ["jdupont"]
    assert roster.source == second.ldap
    (passed,) = roster.passed_over
    assert passed.startswith(f"{first.ldap}: ")
    assert words in passed


def test_commands_come_to_an_end_and_say_why(tmp_path):
    """C5: `directory diff` and `check directory` hung for good."""
    with a_hostile_server(a_byte_a_second([0.0], every_s=0.05)) as server:
        site = a_lonely_site(tmp_path)
        keys = f"urls: [{server.ldap}]\n  tls: none\n  insecure: true\n  reading_timeout: 200ms\n  receive_timeout: 10s"
        site.change("ldif: people.ldif", keys)
        ended = {
            words: bascule(*words, "--config", str(site.main)) for words in (("directory", "diff"), ("check", "directory"))
        }

    for result in ended.values():
        assert result.code != 0
        assert f"{server.ldap}: no whole answer within 0.2 s" in result.said
