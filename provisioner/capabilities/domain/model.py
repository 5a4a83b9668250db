"""Computer accounts of desktops in an Active Directory domain: what is wanted, what a desktop joins with, what stands there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

from provisioner.extensions import Part
from provisioner.model.bounds import Bounds
from provisioner.model.ids import DesktopName, Instant
from provisioner.model.machines.first_boot import DomainJoin
from provisioner.reasons.reason import NONE, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputerAccount:
    """An account that is this installation's, as it stands in the domain."""

    identity: str
    """Its objectGUID in hexadecimal digits: an account that is made anew under the same name has another one."""
    desktop: DesktopName
    """Whose it is, by the text in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAccount:
    """The account that a desktop is to join with."""

    desktop: DesktopName
    computer_ou: str
    """The DN of the container that it stands in."""
    host_name: str
    """The desktop's whole name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRules:
    """When accounts of deleted desktops are removed."""

    interval_s: float = 300.0
    """From one reading of the accounts to the next while no desktop comes or goes."""
    remove_after_s: Annotated[float, Bounds(ge=60)] = 3_600.0
    """How long a desktop has to be gone before its account is removed: what a mistake has taken away may be back by then. A
    minute at least: an account may be made while the others are read."""
    dry_run: bool = False
    """Read and report only: no account is made or removed, and no desktop joins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainState:
    """How the domain's accounts are, after the last round."""

    realm: str
    accounts: int = 0
    """Accounts of this installation."""
    gone: int = 0
    """Of them, those whose desktop is gone: they go after a while, in a dry run never."""
    not_made: tuple[tuple[DesktopName, Reason], ...] = ()
    """Desktops that have asked for an account and got none, and why; they ask again."""
    read_at: Instant | None = None
    """When a whole round last succeeded; None: never in this life of the daemon."""
    failing: Reason = NONE
    """Why the last round failed; empty: it did not."""
    dry_run: bool = False


class ComputerAccounts(Protocol):
    """Desktops' computer accounts in a domain. An account without this installation's text is never changed.

    Every method raises DirectoryError.
    """

    def read(self) -> Sequence[ComputerAccount]:
        """All of this installation."""

    def make(self, wanted: WantedAccount) -> DomainJoin:
        """Make the account anew, with a password of its own; the installation's account of this name goes before. An account of
        this name that is somebody else's raises DirectoryRefused. Any thread may call."""

    def remove(self, account: ComputerAccount) -> None:
        """Remove it, if it is still the same; nothing happens if it is gone."""

    def may_make(self, computer_ou: str) -> bool:
        """Whether accounts can be made and removed in this container."""


STATE = Part[DomainState | None]("domain", None)
"""In a status: computer accounts, as their own thread last found them; None: desktops join no domain."""
