"""Connects to a log-on port, and greets what listens there."""

import socket
import ssl

from provisioner.capabilities.probes.outside.negotiation import HEAD, NotRdp, Refuses, Security, length_in, request, security_in
from provisioner.capabilities.probes.reasons import (
    CLOSED,
    GREETING_SILENT,
    NO_WAY,
    NOT_RDP,
    PORT_REFUSED,
    PORT_SILENT,
    RDP_REFUSES,
    TLS_FAILS,
)
from provisioner.reasons.reason import Reason


def connect(host: str, port: int, *, within_s: float) -> socket.socket | Reason:
    """A connection, to be closed by the caller; or why there is none."""
    try:
        return socket.create_connection((host, port), timeout=within_s)
    except ConnectionRefusedError:
        return PORT_REFUSED(host=host, port=port)
    except TimeoutError:
        return PORT_SILENT(host=host, port=port, after_s=within_s)
    except OSError as error:
        return NO_WAY(host=host, port=port, said=error.strerror or str(error))


def greet(connection: socket.socket, host: str, port: int, *, within_s: float) -> Security | Reason:
    """What the RDP server protects its connections with, after a TLS handshake if it wants TLS; or what is wrong.

    Its certificate is not judged: desktops make their own, and nothing secret is sent here.
    """
    try:
        connection.settimeout(within_s)
        connection.sendall(request())
        security = security_in(_exactly(connection, length_in(_exactly(connection, HEAD))))
    except TimeoutError:
        return GREETING_SILENT(host=host, port=port, after_s=within_s)
    except (EOFError, OSError):
        return CLOSED(host=host, port=port)
    except NotRdp:
        return NOT_RDP(host=host, port=port)
    except Refuses as refusal:
        return RDP_REFUSES(number=refusal.number)
    return security if security is Security.RDP else _over_tls(connection, security)


def _over_tls(connection: socket.socket, security: Security) -> Security | Reason:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with context.wrap_socket(connection):
            return security
    except (OSError, EOFError) as error:
        said = (
            error.reason if isinstance(error, ssl.SSLError) and error.reason else getattr(error, "strerror", "") or str(error)
        )
        return TLS_FAILS(said=said)


def _exactly(connection: socket.socket, count: int) -> bytes:
    """Raises EOFError if the connection ends before."""
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


__all__ = ["connect", "greet"]
