"""What an entry's attributes say of the account: active, locked, expired or disabled. Pure; the worst of them holds.

A locked account opens again, an expired one does not by itself: so locked is the milder of the two.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from provisioner.adapters.ldap.values import Entry, texts
from provisioner.model.agents import Standing
from provisioner.model.ids import Instant

MICROSOFT = ("userAccountControl", "accountExpires", "lockoutTime")
"""Active Directory's."""
OTHERS = ("pwdAccountLockedTime", "shadowExpire", "nsAccountLock", "krbPrincipalExpiration")
"""OpenLDAP's password policy, shadow accounts, 389 Directory, FreeIPA; a server without one of them leaves it out."""


def standing_of(entry: Entry, names: Iterable[str], *, now: Instant) -> Standing:
    """The worst that any of these attributes says; raises ValueError when one says nothing that can be understood."""
    found = (_said(entry, name, now) for name in names if name)
    return max(found, key=_SEVERITY.index, default=Standing.ACTIVE)


_SEVERITY = (Standing.ACTIVE, Standing.LOCKED, Standing.EXPIRED, Standing.DISABLED)
_TRUE = frozenset({"true", "1", "yes", "on", "active", "enabled"})
_FALSE = frozenset({"false", "0", "no", "off", "inactive", "disabled"})
_DISABLED_BIT, _LOCKED_BIT = 0x2, 0x10
_FILETIME_EPOCH_S = 11_644_473_600
"""From 1601-01-01, where Active Directory's times begin, to 1970-01-01."""
_FILETIMES_A_SECOND = 10_000_000
_NEVER_EXPIRES = (0, 2**63 - 1)
_LOCKED_FOR_GOOD = "000001010000Z"
"""draft-behera-ldap-password-policy: only an administrator opens such an account again."""
_DAY_S = 86_400
_INTEGER = re.compile(r"-?[0-9]{1,20}")
"""Of at most 64 bits, as LDAP servers keep them."""
_GENERALIZED = re.compile(r"(\d{10})(\d\d)?(\d\d)?(?:[.,]\d+)?(?:Z|([+-]\d\d)(\d\d)?)")
"""RFC 4517, 3.3.13: minutes, seconds and fractions may be left out."""


def _said(entry: Entry, name: str, now: Instant) -> Standing:
    values = texts(entry, name)
    if not values:
        return Standing.ACTIVE
    return _READERS.get(name.lower(), _switch)(values[0], name, now)


def _account_control(text: str, name: str, _: Instant) -> Standing:
    flags = _number(text, name)
    if flags & _DISABLED_BIT:
        return Standing.DISABLED
    return Standing.LOCKED if flags & _LOCKED_BIT else Standing.ACTIVE


def _filetime_expiry(text: str, name: str, now: Instant) -> Standing:
    ticks = _number(text, name)
    return _expiry(None if ticks in _NEVER_EXPIRES else ticks / _FILETIMES_A_SECOND - _FILETIME_EPOCH_S, now)


def _shadow_expiry(text: str, name: str, now: Instant) -> Standing:
    # 0 is read as never, as SSSD does: some tools write it on every account.
    days = _number(text, name)
    return _expiry(days * _DAY_S if days > 0 else None, now)


def _principal_expiry(text: str, name: str, now: Instant) -> Standing:
    return _expiry(_moment(text, name), now)


def _expiry(at: Instant | None, now: Instant) -> Standing:
    return Standing.EXPIRED if at is not None and at <= now else Standing.ACTIVE


def _lockout(text: str, name: str, _: Instant) -> Standing:
    return Standing.LOCKED if _number(text, name) > 0 else Standing.ACTIVE


def _policy_lock(text: str, _name: str, _: Instant) -> Standing:
    return Standing.DISABLED if text.upper() == _LOCKED_FOR_GOOD else Standing.LOCKED


def _lock(text: str, name: str, _: Instant) -> Standing:
    return Standing.DISABLED if _word(text, name) in _TRUE else Standing.ACTIVE


def _switch(text: str, name: str, _: Instant) -> Standing:
    return Standing.ACTIVE if _word(text, name) in _TRUE else Standing.DISABLED


_READERS: dict[str, Callable[[str, str, Instant], Standing]] = {
    "useraccountcontrol": _account_control,
    "msds-user-account-control-computed": _account_control,
    "accountexpires": _filetime_expiry,
    "lockouttime": _lockout,
    "pwdaccountlockedtime": _policy_lock,
    "shadowexpire": _shadow_expiry,
    "krbprincipalexpiration": _principal_expiry,
    "nsaccountlock": _lock,
    "logindisabled": _lock,
}


def _word(text: str, name: str) -> str:
    word = text.lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(f"{name} is {word[:40]!r}, which says neither enabled nor disabled")
    return word


def _number(text: str, name: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise ValueError(f"{name} is {text[:40]!r}, not a number")
    return int(text)


def _moment(text: str, name: str) -> Instant:
    found = _GENERALIZED.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        hour, minute, second, zone_h, zone_min = found.groups()
        local = datetime.strptime(f"{hour}{minute or '00'}{second or '00'}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        sign = -1 if (zone_h or "").startswith("-") else 1
        return (local - timedelta(hours=int(zone_h or 0), minutes=sign * int(zone_min or 0))).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{name} is {text[:40]!r}, no time") from None
