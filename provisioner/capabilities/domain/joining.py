"""An account for each desktop that asks for one."""

import threading
from collections.abc import Callable, Mapping, Set

from provisioner.capabilities.domain.model import ComputerAccounts, WantedAccount
from provisioner.capabilities.domain.reasons import DOMAIN_FROZEN
from provisioner.errors import DirectoryError, DirectoryRefused
from provisioner.model.ids import DesktopName
from provisioner.model.machines.first_boot import DomainJoin, FirstBootGrant
from provisioner.reasons.reason import Reason


class Joining:
    """Makes accounts, and knows for whom none could be made. Safe to use from several threads."""

    def __init__(self, accounts: ComputerAccounts, *, zone: str, may_write: Callable[[], bool]) -> None:
        """`zone`: of the desktops' whole names."""
        self._accounts, self._zone, self._may_write = accounts, zone, may_write
        self._lock = threading.Lock()
        self._not_made: dict[DesktopName, Reason] = {}

    def join(self, grant: FirstBootGrant) -> DomainJoin | None:
        """What this desktop joins with; None: its profile joins nothing.

        Each call makes the account anew, so that only the last password is good. Raises DirectoryError.
        """
        if not grant.rules.computer_ou:
            return None
        host_name = f"{grant.desktop}.{self._zone}".lower()
        wanted = WantedAccount(desktop=grant.desktop, computer_ou=grant.rules.computer_ou, host_name=host_name)
        try:
            if not self._may_write():
                raise DirectoryRefused(DOMAIN_FROZEN())
            made = self._accounts.make(wanted)
        except DirectoryError as error:
            self._note(grant.desktop, error.reason)
            raise
        self._note(grant.desktop, None)
        return made

    def not_made(self, desktops: Set[DesktopName]) -> Mapping[DesktopName, Reason]:
        """Of these desktops, those that got none when they last asked, and why; others are forgotten."""
        with self._lock:
            self._not_made = {name: why for name, why in self._not_made.items() if name in desktops}
            return dict(self._not_made)

    def _note(self, desktop: DesktopName, why: Reason | None) -> None:
        with self._lock:
            self._not_made.pop(desktop, None)
            if why is not None:
                self._not_made[desktop] = why
