"""Computer accounts in memory, which keep the promises of the port, and can be made to fail."""

from collections.abc import Sequence
from itertools import count

from provisioner.capabilities.domain.model import ComputerAccount, WantedAccount
from provisioner.errors import DirectoryUnavailable
from provisioner.model.ids import DesktopName
from provisioner.model.machines.first_boot import DomainJoin
from provisioner.reasons.reason import NONE, Reason


class MemoryAccounts:
    """The port `ComputerAccounts`, of one installation."""

    def __init__(self, *desktops: str) -> None:
        self._numbers = count(1)
        self.held: dict[str, ComputerAccount] = {}
        self.failing: Reason = NONE
        self.closed: frozenset[str] = frozenset()
        """Containers where nothing may be made."""
        self.asked: list[WantedAccount] = []
        for desktop in desktops:
            self._add(DesktopName(desktop))

    @property
    def desktops(self) -> set[str]:
        return {account.desktop for account in self.held.values()}

    def read(self) -> Sequence[ComputerAccount]:
        self._fail_if_wanted()
        return tuple(self.held.values())

    def make(self, wanted: WantedAccount) -> DomainJoin:
        self.asked.append(wanted)
        self._fail_if_wanted()
        self.held = {key: account for key, account in self.held.items() if account.desktop != wanted.desktop}
        identity = self._add(wanted.desktop)
        return DomainJoin(
            realm="DEP.EXAMPLE",
            controller="dc1.dep.example",
            computer=wanted.desktop.upper(),
            host_name=wanted.host_name,
            password=f"one-time-{identity}",
        )

    def remove(self, account: ComputerAccount) -> None:
        self._fail_if_wanted()
        self.held.pop(account.identity, None)

    def may_make(self, computer_ou: str) -> bool:
        self._fail_if_wanted()
        return computer_ou not in self.closed

    def _add(self, desktop: DesktopName) -> str:
        identity = f"{next(self._numbers):032x}"
        self.held[identity] = ComputerAccount(identity=identity, desktop=desktop)
        return identity

    def _fail_if_wanted(self) -> None:
        if self.failing:
            raise DirectoryUnavailable(self.failing)
