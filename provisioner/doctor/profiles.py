"""Check values of a profile that cannot work together: addresses of others in its pool, and times."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from provisioner.doctor.findings import Finding, bad, doubtful
from provisioner.model.people.profiles import Addressing, Profile
from provisioner.planning.placement.allocation import in_pool
from provisioner.reasons import subjects
from provisioner.reasons import templates as words
from provisioner.reasons.reason import Reason
from provisioner.settings.values import Settings

_UPGRADE_S = 120.0
"""An upgrade of all packages takes minutes: at least two."""


def examine_profiles(settings: Settings) -> Iterator[Finding]:
    """Every profile, by name."""
    servers = list(_servers(settings))
    for name, profile in sorted(settings.profiles.items()):
        subject = subjects.PROFILE(profile=name)
        if profile.addressing.first:
            yield from _pool(subject, profile.addressing, servers)
        yield from _times(subject, profile)


def _servers(settings: Settings) -> Iterator[tuple[Reason, str]]:
    """The addresses that other systems are known to have. Names are not looked up."""
    for profile in settings.profiles.values():
        yield from ((words.NAME_SERVER(), address) for address in profile.nameservers)
    for name, cluster in settings.clusters.items():
        yield from ((words.CLUSTER_ENDPOINT(cluster=name), urlsplit(url).hostname or "") for url in cluster.endpoints)
    yield from ((words.DIRECTORY_SERVER(), urlsplit(url).hostname or "") for url in settings.directory.urls)


def _pool(subject: Reason, pool: Addressing, servers: list[tuple[Reason, str]]) -> Iterator[Finding]:
    if _is_in(pool, pool.gateway):
        yield bad(subject, words.GATEWAY_IN_POOL(gateway=pool.gateway, first=pool.first, last=pool.last))
    for what, address in dict.fromkeys(servers):
        if _is_in(pool, address):
            yield bad(subject, words.SERVER_IN_POOL(what=what, address=address, first=pool.first, last=pool.last))


def _is_in(pool: Addressing, text: str) -> bool:
    try:
        return in_pool(text, pool)
    except ValueError:  # a name, or none
        return False


def _times(subject: Reason, profile: Profile) -> Iterator[Finding]:
    timeout_s, expected_s = profile.ready_timeout_s, profile.expected_ready_s
    if timeout_s <= expected_s:
        yield bad(subject, words.READY_TOO_SOON(timeout_s=timeout_s, expected_s=expected_s))
    elif profile.upgrade_at_first_boot and expected_s < _UPGRADE_S:
        yield doubtful(subject, words.UPGRADE_TOO_SOON(expected_s=expected_s))
