"""Check the domain that desktops join."""

from collections.abc import Iterable, Iterator

from provisioner.daemon.doctor.findings import Finding, bad, good
from provisioner.errors import DirectoryError
from provisioner.ports import ComputerAccounts
from provisioner.reasons import domain as words
from provisioner.reasons import subjects


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
