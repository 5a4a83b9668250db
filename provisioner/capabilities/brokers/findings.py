"""Check the broker that connections are kept up at, and what it opens."""

from collections.abc import Iterator

from provisioner.capabilities.brokers import reasons as brokers
from provisioner.capabilities.brokers.outside import GuacamoleConnections
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import PublishingError
from provisioner.model.grants import GrantRules
from provisioner.model.ids import Instant
from provisioner.model.profiles import LogonProtocol
from provisioner.reasons import subjects
from provisioner.reasons.pools import GRANT_PROTOCOL
from provisioner.reasons.reason import Reason
from provisioner.settings.values import Settings

_MAY_ALL = "ADMINISTER"


def examine_broker(
    server: GuacamoleConnections, *, user: str, dry_run: bool, grants: GrantRules | None, now: Instant
) -> Iterator[Finding]:  # fmt: skip
    """Whether it can be read, whether the account may write, and whether its clock is right. Nothing is changed."""
    subject = subjects.BROKER(broker=server.broker)
    try:
        count, rights = len(server.listed()), server.rights()
    except PublishingError as error:
        yield bad(subject, error.reason)
        return
    if _MAY_ALL not in rights and not dry_run:
        yield bad(subject, brokers.BROKER_RIGHTS(user=user))
    else:
        yield good(subject, brokers.BROKER_DRY(count=count) if dry_run else brokers.BROKER_GOOD(count=count))
    if grants is not None and server.requests.server_time is not None:
        yield from _clock(subject, server.requests.server_time - now, grants)


def examine_protocols(settings: Settings) -> Iterator[Finding]:
    """The desktops that Guacamole cannot open: it is told RDP of all of them."""
    broker = settings.guacamole
    others = {name for name, profile in settings.profiles.items() if profile.connection.protocol is not LogonProtocol.RDP}
    for _, pool in sorted(settings.pools.items()):
        if broker is not None and broker.grants is not None and pool.profile in others:
            yield doubtful(subjects.POOL(pool=pool.name), GRANT_PROTOCOL(profile=pool.profile))
    for name in sorted(others):
        if broker is not None and broker.connections is not None and settings.profiles[name].dedicated:
            yield doubtful(subjects.BROKER(broker="guacamole"), brokers.BROKER_PROTOCOL(profile=name))


def _clock(subject: Reason, ahead_s: float, grants: GrantRules) -> Iterator[Finding]:
    if ahead_s > grants.lifetime_s / 2:
        yield doubtful(subject, brokers.BROKER_AHEAD(seconds=ahead_s, lifetime=grants.lifetime_s))
    elif -ahead_s > grants.clocks_apart_s:
        yield bad(subject, brokers.BROKER_BEHIND(seconds=-ahead_s))
