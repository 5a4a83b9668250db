"""Incomplete answers: attributes sent in ranges, referrals to other servers, and size limits."""

import pytest

from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.errors import DirectoryError, DirectoryIncomplete, DirectoryRefused
from provisioner.settings.directory import Tls
from tests.adapters.ldap.test_wrong_servers import BIND_DONE, SEARCH_DONE, Answer, Operation, a_reference, a_server_that_says
from tests.builders.directory import a_directory

pytestmark = pytest.mark.real
ID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def tlv(tag: int, *parts: bytes | str) -> bytes:
    """A BER element of at most 127 bytes."""
    body = b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    return bytes([tag, len(body)]) + body


def entry(**attributes: list[str]) -> Operation:
    """A search result entry."""
    found = (tlv(0x30, tlv(4, name), tlv(0x31, *(tlv(4, value) for value in values))) for name, values in attributes.items())
    return Operation(tlv(0x64, tlv(4, "uid=a"), tlv(0x30, *found)))


def done(code: int, *referral: str) -> Operation:
    """A search result done message with this code."""
    uris = tlv(0xA3, *(tlv(4, uri) for uri in referral)) if referral else b""
    return Operation(tlv(0x65, bytes([0x0A, 1, code]), tlv(4), tlv(4), uris))


def some_groups(part: str, *names: str) -> dict[str, list[str]]:
    return {f"memberOf;range={part}": [f"cn={name}" for name in names]}


LET_IN = (BIND_DONE, SEARCH_DONE)
"""Answers to the bind and to the search for the root entry, which comes first and is empty here."""
PERSON = {"entryUUID": [ID], "uid": ["a"]}
FIRST_TWO: Answer = (entry(**PERSON, **some_groups("0-1", "a", "b")), SEARCH_DONE)


def reading(address: str, **settings: bool) -> LdapDirectory:
    way = {"urls": (f"ldap://{address}",), "tls": Tls.NONE, "bind_dn": "cn=reader", "password": "hush-hush"}
    return a_directory(**way, **{"changes": False, **settings})


@pytest.mark.parametrize(
    ("more", "groups"),
    [
        pytest.param([(entry(**some_groups("2-*", "c")), SEARCH_DONE)], "abc", id="the rest at once"),
        pytest.param(
            [(entry(**some_groups("2-3", "c", "d")), SEARCH_DONE), (entry(**some_groups("4-*", "e")), SEARCH_DONE)],
            "abcde",
            id="the rest in two parts",
        ),
    ],
)
def test_an_attribute_in_ranges_is_read_to_its_last_value(more, groups):
    with a_server_that_says(*LET_IN, FIRST_TWO, *more) as address:
        (agent,) = reading(address).read().agents.values()

    assert agent.groups == set(groups)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        pytest.param(SEARCH_DONE, DirectoryIncomplete, "memberof of uid=a ended after 2 values", id="the entry has gone"),
        pytest.param((entry(uid=["a"]), SEARCH_DONE), DirectoryIncomplete, "ended after 2 values", id="no further values"),
        pytest.param(done(32), DirectoryRefused, "noSuchObject", id="the rest is refused"),
        pytest.param(done(4), DirectoryIncomplete, "size limit", id="a limit before the rest"),
        pytest.param(b"", DirectoryIncomplete, "lost before the last entry", id="the connection is lost before the rest"),
    ],
)
def test_an_attribute_that_ends_early_makes_no_roster(answer, error, words):
    with a_server_that_says(*LET_IN, FIRST_TWO, answer) as address, pytest.raises(DirectoryError) as caught:
        reading(address).read()

    assert (type(caught.value), words in str(caught.value)) == (error, True), str(caught.value)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(done(10, "ldap://other/dc=x"), "is elsewhere (ldap://other/dc=x): ask that server", id="the base"),
        pytest.param(done(3), "time limit ended the answer, after 0 entries", id="time limit"),
        pytest.param(done(4), "paged results without limit, after 0 entries: sizeLimitExceeded", id="size limit"),
        pytest.param(done(11), "an administrative limit of the server ended the answer", id="administrative limit"),
        pytest.param((entry(**PERSON), done(4)), "without limit, after 1 entries", id="a limit after some entries"),
        pytest.param(
            (entry(**PERSON), *a_reference("ldap://child.x/DC=child,DC=x")), "or set ignore_referrals", id="a part of the tree"
        ),
    ],
)
def test_an_incomplete_answer_is_never_a_roster(answer, words):
    with a_server_that_says(*LET_IN, answer) as address, pytest.raises(DirectoryIncomplete) as caught:
        reading(address).read()

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "ignored"),
    [
        pytest.param("ldap://child.x/DC=child,DC=x", True, id="left out, as configured"),
        pytest.param("ldap://x/CN=Configuration,DC=x", False, id="Active Directory's own parts hold no people"),
    ],
)
def test_parts_that_are_done_without(uri, ignored):
    with a_server_that_says(*LET_IN, (entry(**PERSON), *a_reference(uri))) as address:
        assert len(reading(address, ignore_referrals=ignored).read().agents) == 1
