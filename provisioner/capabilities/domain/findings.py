"""Check the domain that desktops join."""

from collections.abc import Iterable, Iterator

from provisioner.capabilities.domain import reasons as words
from provisioner.capabilities.domain.model import ComputerAccounts
from provisioner.capabilities.domain.settings import DOMAIN
from provisioner.daemon.system_clock import SystemClock
from provisioner.doctor.findings import Checks, Finding, bad, good
from provisioner.errors import DirectoryError
from provisioner.model.ids import Instant
from provisioner.reasons import subjects
from provisioner.settings.values import Settings


def examine_domain(accounts: ComputerAccounts, *, realm: str, containers: Iterable[str]) -> Iterator[Finding]:
    """Whether its accounts can be read, and made in each of the containers. Nothing is changed."""
    subject = subjects.DOMAIN(realm=realm)
    try:
        yield good(subject, words.DOMAIN_COUNTED(count=len(accounts.read())))
        for container in sorted(set(containers)):
            may = accounts.may_make(container)
            yield good(subject, words.DOMAIN_GOOD(ou=container)) if may else bad(subject, words.DOMAIN_NO_RIGHT(ou=container))
    except DirectoryError as error:
        yield bad(subject, words.DOMAIN_UNREACHABLE(why=error.reason))


def _examine(settings: Settings, _: Instant) -> Iterator[Finding]:
    if (domain := settings.sections[DOMAIN]) is None:
        return
    from provisioner.capabilities.domain.outside import DomainComputers

    containers = {profile.first_boot.computer_ou for profile in settings.profiles.values()} - {""}
    accounts = DomainComputers(domain, installation=settings.installation, clock=SystemClock())
    yield from examine_domain(accounts, realm=domain.realm, containers=containers)


CHECKS = Checks(_examine)
