"""What a desktop is set up with at its first boot, once it has proven who it is."""

import enum
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.model.ids import DesktopName

MOST_HOOK_BYTES = 64 * 1024
"""Of a site's hook: it may fetch more itself."""
_OF_ACCESS = ("login", "account", "password_hash", "home", "home_options")


class AccountKind(enum.StrEnum):
    """Where the agent's account in the desktop comes from."""

    DIRECTORY = "directory"
    """The image knows the people itself (sssd, winbind): nothing is made."""
    LOCAL = "local"
    """A local account with the agent's login, without a password: single sign-on, Kerberos or a smart card lets them in."""
    ONE_TIME = "one_time"
    """A local account with a one-time password that has to be changed at the first log-on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainJoin:
    """What a desktop joins its domain with, once."""

    realm: str
    controller: str
    """The domain controller on which the account was made: others learn of it later."""
    computer: str
    """The account's name, without the dollar sign."""
    host_name: str
    password: str = field(repr=False)
    """Of the account, until the desktop has joined with it: joining changes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstBootRules:
    """What a profile's desktops fetch once, at their first boot, over TLS: nothing of it is in cloud-init, tags or notes."""

    account: AccountKind = AccountKind.DIRECTORY
    """Where the agent's account comes from: `directory` (the image knows the people itself), `local` (made without a password)
    or `one_time` (made with a password that has to be changed at the first log-on)."""
    password_hashes: Path | None = None
    """The file of one-time passwords, only as hashes: `login:hash` in each line, as `mkpasswd` makes them; for `one_time`."""
    home: str = ""
    """The agent's home on a file server, mounted at `/home/LOGIN` when it is first used: `server:/path/{login}` (NFS) or
    `//server/share/{login}` (SMB)."""
    home_options: str = ""
    """Mount options of `home`, such as `sec=krb5`. No passwords: nothing secret is given to a desktop."""
    timezone: str = ""
    """The time zone, such as Europe/Paris; empty: the image's."""
    locale: str = ""
    """The locale of all sessions, such as fr_FR.UTF-8; empty: the image's."""
    computer_ou: str = ""
    """The container for the desktops' computer accounts, at or below `domain.ou` of bascule.yaml: the desktops join this
    domain; empty: they join none."""
    hook: Path | None = None
    """A program of the site (at most 64 KiB) that runs in the desktop as root, after everything else. It may run again after a
    failure or a restart in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstBootGrant:
    """Which desktop may have which data: its request was proven."""

    desktop: DesktopName
    secret: str
    """Of its boot; what the answer is signed with."""
    login: str
    """Its agent's; empty: it is nobody's."""
    rules: FirstBootRules
    is_shut: bool = False
    """Nobody may log on any more: its agent has left, and the login is somebody else's."""

    def __repr__(self) -> str:
        """Without the secret."""
        return f"FirstBootGrant({self.desktop})"


def first_boot_data(grant: FirstBootGrant, *, hook: str, password_hash: str, join: DomainJoin | None = None) -> dict[str, str]:
    """What bascule-first-boot applies; what is empty is left out."""
    rules = grant.rules
    data = {
        "login": grant.login,
        "account": rules.account.value,
        "password_hash": password_hash,
        "home": rules.home.replace("{login}", grant.login),
        "home_options": rules.home_options,
        "timezone": rules.timezone,
        "locale": rules.locale,
        "hook": hook,
    }
    if join is not None:
        data |= {"realm": join.realm, "controller": join.controller, "computer": join.computer}
        data |= {"host_name": join.host_name, "join_password": join.password}
    return {name: value for name, value in data.items() if value}


def access_data(grant: FirstBootGrant, *, password_hash: str) -> dict[str, str]:
    """Who may log on, and what hangs on the login: no hook, and nothing of the domain."""
    data = first_boot_data(grant, hook="", password_hash=password_hash)
    return {name: data[name] for name in _OF_ACCESS if name in data}


__all__ = ["MOST_HOOK_BYTES", "AccountKind", "FirstBootGrant", "FirstBootRules", "access_data", "first_boot_data"]
