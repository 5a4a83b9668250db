"""The endpoints of a cluster's other nodes: each is named if it answers under what vouches for the first. Reads only."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from provisioner.errors import NotSent
from provisioner.model.ids import NodeName
from provisioner.reasons.reason import NONE, Reason
from provisioner.reasons.setting_up import ENDPOINT_UNREACHED, ENDPOINT_UNVOUCHED
from provisioner.setup.certificates import PORT, is_trusted

_AT_ONCE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherNodes:
    """What became of each other node."""

    endpoints: tuple[str, ...] = ()
    left_out: tuple[Reason, ...] = ()


def other_nodes(given: Sequence[str], addresses: Mapping[NodeName, str], *, ca_file: Path | None) -> OtherNodes:
    """At the port of the first endpoint given; without nodes that were given. `ca_file`: None: the system's authorities.

    All are asked at once: one that does not answer costs five seconds, however many do not.
    """
    port, known = urlsplit(given[0]).port or PORT, {address for url in given for address in _resolved(url)}
    urls = {f"https://{_host(address)}:{port}": node for node, address in sorted(addresses.items()) if address not in known}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(zip(urls, pool.map(partial(_why_not, ca_file=ca_file), urls, urls.values()), strict=True))
    return OtherNodes(endpoints=tuple(url for url, why in answers if not why), left_out=tuple(why for _, why in answers if why))


def _why_not(url: str, node: NodeName, *, ca_file: Path | None) -> Reason:
    try:
        return NONE if is_trusted(url, ca_file) else ENDPOINT_UNVOUCHED(url=url, node=node)
    except NotSent as error:
        return ENDPOINT_UNREACHED(node=node, said=error.reason)


def _resolved(url: str) -> Iterator[str]:
    with suppress(OSError):
        for found in socket.getaddrinfo(urlsplit(url).hostname, None, type=socket.SOCK_STREAM):
            yield str(found[4][0])


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address
