"""The directory's port belongs to another service, or sends nonsense: a single clear error."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from provisioner.errors import DirectoryError
from provisioner.settings.directory import Tls
from tests.builders.directory import a_directory


class Operation(bytes):
    """An answer with the number of the request; plain bytes are sent unchanged."""

    def under(self, question: bytes) -> bytes:
        """The whole message."""
        start = 2 + (question[1] & 0x7F if question[1] & 0x80 else 0)
        body = question[start : start + 2 + question[start + 1]] + self
        return bytes([0x30, len(body)]) + body


BIND_DONE = Operation.fromhex("61070a010004000400")
"""A bind response of success."""
CUT_ENTRY = Operation.fromhex("640604044142")
"""A search result entry that ends inside its name."""
SEARCH_DONE = Operation.fromhex("65070a010004000400")
"""A search that ended well."""
BUSY_BIND = Operation.fromhex("61070a013304000400")
BUSY_SEARCH = Operation.fromhex("65070a013304000400")
NO_STARTTLS = Operation.fromhex("78070a010204000400")
"""An extended response: protocol error."""
HUGE = bytes.fromhex("3084ffffffff")
"""A message that promises four gigabytes."""

Answer = bytes | tuple[bytes, ...]
"""The answer to a request: one message, or several."""

pytestmark = pytest.mark.real


@contextmanager
def a_server_that_says(*answers: Answer) -> Iterator[str]:
    """A server that accepts one connection, gives one answer to each request, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=_serve, args=(listener, answers))
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            thread.join()


def _serve(listener: socket.socket, answers: tuple[Answer, ...]) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(5)
        for answer in answers:
            question = connection.recv(4096)
            parts = answer if isinstance(answer, tuple) else (answer,)
            connection.sendall(b"".join(part.under(question) if isinstance(part, Operation) else part for part in parts))


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        pytest.param((), "DirectoryUnavailable", id="closes at once"),
        pytest.param((b"HTTP/1.1 400 Bad Request\r\n\r\n",), "DirectoryUnavailable", id="a web server"),
        pytest.param((b"SSH-2.0-OpenSSH_10.0\r\n",), "DirectoryUnavailable", id="an SSH server"),
        pytest.param((b"\x00" * 100,), "DirectoryUnavailable", id="zeros"),
        pytest.param((b"\x30\x03\x02\x01\x01",), "DirectoryUnavailable", id="a message without an operation"),
        pytest.param((b"\x30\x0c\x02\x01\x7f" + BIND_DONE,), "DirectoryUnavailable", id="an answer to another question"),
        pytest.param((b"\x30\x0c\x02\x01",), "DirectoryUnavailable", id="half a bind response"),
        pytest.param((BIND_DONE,), "DirectoryIncomplete", id="a bind, then the end"),
        pytest.param(
            (BIND_DONE, b"\x30\x03\x02\x01\x02"), "DirectoryIncomplete", id="a bind, then a message without operation"
        ),
        pytest.param((BIND_DONE, CUT_ENTRY), "DirectoryIncomplete", id="a bind, then an entry cut off inside"),
        pytest.param((BIND_DONE, HUGE), "DirectoryIncomplete", id="a bind, then a promise of gigabytes"),
        pytest.param((BIND_DONE, BIND_DONE), "DirectoryIncomplete", id="a bind, then another"),
    ],
)
def test_nonsense_in_clear(answers, error):
    with a_server_that_says(*answers) as address, pytest.raises(DirectoryError) as caught:
        a_directory(changes=False, urls=(f"ldap://{address}",), tls=Tls.NONE, bind_dn="cn=reader", password="hush-hush").read()

    assert type(caught.value).__name__ == error, str(caught.value)
    assert str(caught.value).startswith(f"ldap://{address}: ")
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)


def a_refused_bind(message: str) -> Operation:
    """A bind response of invalid credentials with the server's message."""
    body = bytes.fromhex("0a01310400") + bytes([0x04, len(message)]) + message.encode()
    return Operation(bytes([0x61, len(body)]) + body)


def a_reference(uri: str) -> Answer:
    """A search that ended well, with one result: a pointer to another server."""
    body = bytes([0x04, len(uri)]) + uri.encode()
    return Operation(bytes([0x73, len(body)]) + body), SEARCH_DONE


@pytest.mark.parametrize(
    ("answers", "error", "words"),
    [
        pytest.param((BUSY_BIND,), "DirectoryUnavailable", "had to wait: busy", id="too busy to let us in"),
        pytest.param((BIND_DONE, BUSY_SEARCH), "DirectoryUnavailable", "the search had to wait: busy", id="too busy to search"),
        pytest.param((BIND_DONE, SEARCH_DONE, SEARCH_DONE), "DirectoryIncomplete", "no entry at all", id="an empty answer"),
        pytest.param(
            (a_refused_bind("80090308: LdapErr: DSID-0C090439, AcceptSecurityContext error, data 533, v4563"),),
            "DirectoryRefused",
            "invalidCredentials (the account is disabled)",
            id="Active Directory's numbers are translated",
        ),
        pytest.param(
            (a_refused_bind("go\naway"),), "DirectoryRefused", "invalidCredentials (go away)", id="a message of two lines"
        ),
        pytest.param(
            (BIND_DONE, SEARCH_DONE, a_reference("ldap://other.example/ou=elsewhere,dc=x")),
            "DirectoryIncomplete",
            "a part of the tree is elsewhere (ldap://other.example/ou=elsewhere,dc=x): choose a narrower base",
            id="a part of the tree is on another server",
        ),
        pytest.param(
            (BIND_DONE, SEARCH_DONE, a_reference("ldap://ForestDnsZones.x.example/DC=ForestDnsZones,DC=x")),
            "DirectoryIncomplete",
            "no entry at all",
            id="Active Directory's own partitions hold no people",
        ),
    ],
)
def test_what_a_server_may_say(answers, error, words):
    with a_server_that_says(*answers) as address, pytest.raises(DirectoryError) as caught:
        a_directory(changes=False, urls=(f"ldap://{address}",), tls=Tls.NONE, bind_dn="cn=reader", password="hush-hush").read()

    assert (type(caught.value).__name__, words in str(caught.value)) == (error, True), str(caught.value)


@pytest.mark.parametrize(
    ("tls", "answer"),
    [
        pytest.param(Tls.LDAPS, b"220 mail.example ESMTP\r\n", id="a mail server where TLS was expected"),
        pytest.param(Tls.LDAPS, b"\x30\x0c\x02\x01\x01" + BIND_DONE, id="LDAP in clear where TLS was expected"),
        pytest.param(Tls.LDAPS, b"", id="nothing where TLS was expected"),
        pytest.param(Tls.STARTTLS, b"HTTP/1.1 400 Bad Request\r\n\r\n", id="a web server where StartTLS was asked"),
        pytest.param(Tls.STARTTLS, NO_STARTTLS, id="a server that has no StartTLS: the bind is not sent"),
    ],
)
def test_no_tls_to_be_had(tls, answer):
    scheme = "ldaps" if tls is Tls.LDAPS else "ldap"
    with a_server_that_says(answer) as address, pytest.raises(DirectoryError) as caught:
        a_directory(changes=False, urls=(f"{scheme}://{address}",), tls=tls, bind_dn="cn=reader", password="hush-hush").read()

    assert type(caught.value).__name__ == "DirectoryUnavailable"
    assert "\n" not in str(caught.value)
