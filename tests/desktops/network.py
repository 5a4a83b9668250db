"""A network of this machine's own: a bridge, and a card for each desktop that boots."""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A bridge with two addresses of this machine: the gateway, where people come from, and the receiver's."""

    bridge: str
    prefix: str
    """The first three bytes: `198.18.7`."""

    @property
    def gateway(self) -> str:
        return f"{self.prefix}.1"

    @property
    def receiver(self) -> str:
        return f"{self.prefix}.2"

    @property
    def addressing(self) -> dict[str, str]:
        """What a profile says of it."""
        given = {"network": f"{self.prefix}.0/24", "gateway": self.gateway}
        return given | {"first": f"{self.prefix}.10", "last": f"{self.prefix}.60"}

    def card(self, mac: str) -> str:
        """A new card on the bridge, until `remove`: nspawn gives it back when its guest has ended."""
        name = f"b{secrets.token_hex(5)}"
        _ip("link", "add", f"{name}h", "type", "veth", "peer", "name", name, "address", mac)
        _ip("link", "set", f"{name}h", "master", self.bridge, "up")
        return name

    def remove(self, card: str) -> None:
        """Both ends; it may have gone with its guest."""
        _ip("link", "delete", f"{card}h", check=False)


@contextmanager
def network() -> Iterator[Network]:
    """Of the addresses that are set aside for trials (RFC 2544); only root can have one."""
    made = Network(bridge=f"b{secrets.token_hex(5)}", prefix=f"198.18.{1 + secrets.randbelow(250)}")
    _ip("link", "add", made.bridge, "type", "bridge")
    try:
        for address in (made.gateway, made.receiver):
            _ip("address", "add", f"{address}/24", "dev", made.bridge)
        _ip("link", "set", made.bridge, "up")
        yield made
    finally:
        _ip("link", "delete", made.bridge)


def _ip(*words: str, check: bool = True) -> None:
    subprocess.run(["ip", *words], check=check, capture_output=True, timeout=20)
