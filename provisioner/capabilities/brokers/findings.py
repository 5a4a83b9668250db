"""Check the broker that connections are kept up at, and what it opens."""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from provisioner.capabilities.brokers import reasons
from provisioner.capabilities.brokers.settings import GUACAMOLE
from provisioner.doctor.findings import Checks, Finding, bad, doubtful, good
from provisioner.errors import PublishingError
from provisioner.model.ids import Instant
from provisioner.model.lending import GrantRules
from provisioner.model.people.profiles import LogonProtocol
from provisioner.reasons import subjects
from provisioner.reasons.reason import Reason
from provisioner.settings.values import Settings

if TYPE_CHECKING:
    from provisioner.capabilities.brokers.outside import GuacamoleConnections

_MAY_ALL = "ADMINISTER"


def examine_broker(
    server: "GuacamoleConnections", *, user: str, dry_run: bool, grants: GrantRules | None, now: Instant
) -> Iterator[Finding]:  # fmt: skip
    """Whether it can be read, whether the account may write, and whether its clock is right. Nothing is changed."""
    subject = reasons.BROKER(broker=server.broker)
    try:
        count, rights = len(server.listed()), server.rights()
    except PublishingError as error:
        yield bad(subject, error.reason)
        return
    if _MAY_ALL not in rights and not dry_run:
        yield bad(subject, reasons.BROKER_RIGHTS(user=user))
    else:
        yield good(subject, reasons.BROKER_DRY(count=count) if dry_run else reasons.BROKER_GOOD(count=count))
    if grants is not None and server.requests.server_time is not None:
        yield from _clock(subject, server.requests.server_time - now, grants)


def examine_protocols(settings: Settings) -> Iterator[Finding]:
    """The desktops that Guacamole cannot open: it is told RDP of all of them."""
    broker = settings.sections[GUACAMOLE]
    others = {name for name, profile in settings.profiles.items() if profile.connection.protocol is not LogonProtocol.RDP}
    for _, pool in sorted(settings.pools.items()):
        if broker is not None and broker.grants is not None and pool.profile in others:
            yield doubtful(subjects.POOL(pool=pool.name), reasons.GRANT_PROTOCOL(profile=pool.profile))
    for name in sorted(others):
        if broker is not None and broker.connections is not None and settings.profiles[name].dedicated:
            yield doubtful(reasons.BROKER(broker="guacamole"), reasons.BROKER_PROTOCOL(profile=name))


def _clock(subject: Reason, ahead_s: float, grants: GrantRules) -> Iterator[Finding]:
    if ahead_s > grants.lifetime_s / 2:
        yield doubtful(subject, reasons.BROKER_AHEAD(seconds=ahead_s, lifetime=grants.lifetime_s))
    elif -ahead_s > grants.clocks_apart_s:
        yield bad(subject, reasons.BROKER_BEHIND(seconds=-ahead_s))


def _examine(settings: Settings, now: Instant) -> Iterator[Finding]:
    section = settings.sections[GUACAMOLE]
    if section is None or section.connections is None:
        return
    from provisioner.capabilities.brokers.outside import GuacamoleConnections

    access = section.connections
    with closing(GuacamoleConnections(section, access, installation=settings.installation)) as server:
        yield from examine_broker(
            server, user=access.user, dry_run=access.rules.dry_run, grants=section.grant_rules, now=now
        )  # fmt: skip


CHECKS = Checks(_examine, offline=examine_protocols)
