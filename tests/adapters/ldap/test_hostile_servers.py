"""C5: a server that never comes to an end has given no reading: the reason is told, and the next server is asked."""

import uuid
from collections.abc import Iterator

import pytest

from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.settings.directory import Tls
from tests.builders.directory import a_directory
from tests.servers.hostile import BIND, SEARCH, Hostile, Question, Talk, a_hostile_server

pytestmark = pytest.mark.real
ID = str(uuid.UUID(int=1)).encode()


def honest(question: Question) -> Iterator[bytes]:
    """One person, and the end."""
    if question.kind == BIND:
        yield question.lets_in()
    elif question.kind == SEARCH:
        yield question.entry("uid=jdupont,dc=x", entryUUID=ID, uid=b"jdupont")
        yield question.done()


def a_byte_a_second(seconds: list[float]) -> Talk:
    """Lets in, and then sends what never becomes an entry. After an hour it gives up, so that no test hangs."""

    def talk(question: Question) -> Iterator[bytes]:
        if question.kind == BIND:
            yield question.lets_in()
        elif question.kind == SEARCH:
            promised = question.entry("uid=jdupont,dc=x", entryUUID=ID, uid=b"j" * 10_000)
            for at in range(3_600):
                seconds[0] += 1
                yield promised[at : at + 1]
            raise ConnectionError

    return talk


def empty_pages(question: Question) -> Iterator[bytes]:
    """Always another page without anybody in it; the last of 500 ends the connection."""
    if question.kind == BIND:
        yield question.lets_in()
    elif question.kind == SEARCH:
        if question.number > 500:
            raise ConnectionError
        yield question.done(cookie=b"more")


def ten_megabytes(question: Question) -> Iterator[bytes]:
    """One person with a login of 10 MB."""
    if question.kind == BIND:
        yield question.lets_in()
    elif question.kind == SEARCH:
        yield question.entry("uid=jdupont,dc=x", entryUUID=ID, uid=b"j" * 10_000_000)
        yield question.done()


def reading(*servers: Hostile, seconds: list[float] | None = None, **settings) -> LdapDirectory:
    urls = tuple(one.ldap for one in servers)
    return a_directory(urls=urls, tls=Tls.NONE, changes=False, base="dc=x", **settings)


@pytest.mark.xfail(strict=True, reason="C5")
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param("a byte a second", "no whole answer within 120 s", id="a byte a second"),
        pytest.param("empty pages", "100 pages without an entry", id="endless empty pages"),
        pytest.param("ten megabytes", "an answer of 10000", id="a value of 10 MB"),
    ],
)
def test_the_next_server_is_asked_and_the_reason_is_told(kind, words):
    """C5: was a reading without an end: nothing failed, nothing was told, the second server was never asked."""
    seconds = [0.0]
    talk = {"a byte a second": a_byte_a_second(seconds), "empty pages": empty_pages, "ten megabytes": ten_megabytes}[kind]
    with a_hostile_server(talk) as first, a_hostile_server(honest) as second:
        roster = reading(first, second, seconds=seconds).read()

    assert [one.login for one in roster.agents.values()] == ["jdupont"]
    assert roster.source == second.ldap
    (passed,) = roster.passed_over
    assert passed.startswith(f"{first.ldap}: ")
    assert words in passed
