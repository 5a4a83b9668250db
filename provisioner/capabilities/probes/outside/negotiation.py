"""The first two messages of RDP: X.224 connection request and confirm, in TPKT ([MS-RDPBCGR] 2.2.1.1 and 2.2.1.2). Pure."""

import enum
import struct

_VERSION, _REQUEST, _CONFIRM = 3, 0xE0, 0xD0
_NEGOTIATES, _ANSWERS, _FAILS = 0x01, 0x02, 0x03
_TLS, _HYBRID, _HYBRID_EX = 0x01, 0x02, 0x08
HEAD = 4
"""Bytes of a TPKT header."""
MOST = 1024
"""Bytes of an answer: a confirm has 19."""


class Security(enum.StrEnum):
    """What a server has chosen to protect the connection with."""

    NLA = "nla"
    """It authenticates at the network level (CredSSP), before anything is drawn."""
    TLS = "tls"
    RDP = "rdp"
    """Its own, old encryption, without TLS."""


class NotRdp(Exception):
    """The answer is none of RDP's."""


class Refuses(Exception):
    """The server takes none of the protections offered."""

    def __init__(self, number: int) -> None:
        """`number`: the failureCode of [MS-RDPBCGR] 2.2.1.2.2."""
        super().__init__(number)
        self.number = number


def request() -> bytes:
    """A connection request that offers everything."""
    offer = struct.pack("<BBHI", _NEGOTIATES, 0, 8, _TLS | _HYBRID | _HYBRID_EX)
    x224 = struct.pack(">BHHB", _REQUEST, 0, 0, 0) + offer
    return struct.pack(">BBHB", _VERSION, 0, HEAD + 1 + len(x224), len(x224)) + x224


def length_in(head: bytes) -> int:
    """The bytes that follow a TPKT header. Raises NotRdp."""
    version, _, length = struct.unpack(">BBH", head)
    if version != _VERSION or not HEAD + 7 <= length <= MOST:
        raise NotRdp
    return int(length) - HEAD


def security_in(body: bytes) -> Security:
    """What the server has chosen, from what follows the header. Raises NotRdp and Refuses."""
    if body[1] & 0xF0 != _CONFIRM:
        raise NotRdp
    if len(body) < 15:
        return Security.RDP
    kind, _, _, value = struct.unpack("<BBHI", body[7:15])
    if kind == _FAILS:
        raise Refuses(value)
    if kind != _ANSWERS:
        raise NotRdp
    if value & (_HYBRID | _HYBRID_EX):
        return Security.NLA
    return Security.TLS if value & _TLS else Security.RDP


__all__ = ["HEAD", "NotRdp", "Refuses", "Security", "length_in", "request", "security_in"]
