"""Resolves names as people's computers do: by DNS, without a cache."""

from collections.abc import Sequence
from ipaddress import ip_address

import dns.exception
import dns.resolver

from provisioner.capabilities.probes.reasons import NAME_SILENT, NAME_UNKNOWN
from provisioner.reasons.reason import Reason


def is_address(host: str) -> bool:
    """Whether there is no name to resolve."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def addresses_of(host: str, nameservers: Sequence[str], *, within_s: float, port: int = 53) -> tuple[str, ...] | Reason:
    """The IPv4 addresses of a name, at least one; or why there are none. `nameservers` empty: those of this machine."""
    try:
        resolver = dns.resolver.Resolver(configure=not nameservers)
        if nameservers:
            resolver.nameservers = list(nameservers)
        resolver.port = port
        answer = resolver.resolve(host, "A", lifetime=within_s, search=not nameservers)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return NAME_UNKNOWN(name=host)
    except (dns.exception.DNSException, OSError) as error:
        said = type(error).__name__ if isinstance(error, dns.exception.DNSException) else error.strerror or str(error)
        return NAME_SILENT(name=host, said=said)
    return tuple(sorted(record.to_text() for record in answer))


__all__ = ["addresses_of", "is_address"]
