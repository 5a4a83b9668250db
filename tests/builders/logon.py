"""Log-on servers on loopback that greet as RDP servers do, and as they never should; and a DNS server of a few names."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import dns.message
import dns.rcode
import dns.rrset

from tests.servers.certificates import Certificate

Manner = Callable[[socket.socket], None]
"""What a server does with a connection."""


def confirm(kind: int, value: int) -> bytes:
    """A connection confirm: kind 2 chooses a protocol, 3 refuses."""
    body = struct.pack(">BBHHB", 14, 0xD0, 0, 0x1234, 0) + struct.pack("<BBHI", kind, 0, 8, value)
    return struct.pack(">BBH", 3, 0, 4 + len(body)) + body


def greeting(certificate: Certificate | None = None, *, chooses: int = 1, refuses: int = 0) -> Manner:
    """RDP's answer, then TLS if there is a certificate."""

    def manner(connection: socket.socket) -> None:
        connection.recv(1024)
        connection.sendall(confirm(3, refuses) if refuses else confirm(2, chooses))
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.certificate, certificate.key)
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(1)

    return manner


def saying(answer: bytes) -> Manner:
    """The same to every request; empty: it closes the connection."""

    def manner(connection: socket.socket) -> None:
        connection.recv(1024)
        if answer:
            connection.sendall(answer)

    return manner


@contextmanager
def logon_server(manner: Manner, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Serves each connection in this manner; gives the port."""
    with socket.create_server((host, port)) as listener:
        threading.Thread(target=_accept, args=(listener, manner), daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def silent_server() -> Iterator[int]:
    """It lets connections in, and reads and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@contextmanager
def name_server(names: Mapping[str, str]) -> Iterator[int]:
    """A DNS server on loopback that knows these names; gives its UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        threading.Thread(target=_answer, args=(server, names), daemon=True).start()
        yield server.getsockname()[1]
        server.sendto(b"", server.getsockname())  # which ends the thread


def _accept(listener: socket.socket, manner: Manner) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            try:
                manner(connection)
            except OSError:
                continue


def _answer(server: socket.socket, names: Mapping[str, str]) -> None:
    while True:
        try:
            raw, client = server.recvfrom(512)
        except OSError:
            return
        if not raw:
            return
        query = dns.message.from_wire(raw)
        answer = dns.message.make_response(query)
        (question,) = query.question
        if address := names.get(question.name.to_text(omit_final_dot=True)):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", address))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        server.sendto(answer.to_wire(), client)
