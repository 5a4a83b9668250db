"""Check the broker that connections are kept up at."""

from collections.abc import Iterator

from provisioner.adapters.guacamole.connections import GuacamoleConnections
from provisioner.daemon.doctor.findings import Finding, bad, doubtful, good
from provisioner.errors import PublishingError
from provisioner.model.brokers import GrantRules
from provisioner.model.ids import Instant
from provisioner.reasons import brokers, subjects
from provisioner.reasons.reason import Reason

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


def _clock(subject: Reason, ahead_s: float, grants: GrantRules) -> Iterator[Finding]:
    if ahead_s > grants.lifetime_s / 2:
        yield doubtful(subject, brokers.BROKER_AHEAD(seconds=ahead_s, lifetime=grants.lifetime_s))
    elif -ahead_s > grants.clocks_apart_s:
        yield bad(subject, brokers.BROKER_BEHIND(seconds=-ahead_s))
