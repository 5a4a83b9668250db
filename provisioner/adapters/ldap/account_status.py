"""The status of an account from its entry: active, locked, expired or disabled. Pure. The most severe attribute decides.

Locked is milder than expired: a locked account opens again, an expired account does not by itself.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from provisioner.adapters.ldap.values import Entry, texts
from provisioner.model.ids import Instant
from provisioner.model.people.agents import AccountStatus
from provisioner.reasons.directory import NO_DATE, NO_NUMBER, NO_SUPANN, NO_SWITCH, NO_TIME

MICROSOFT = ("userAccountControl", "accountExpires", "lockoutTime")
"""Active Directory's."""
SUPANN = ("supannRessourceEtat", "supannRessourceEtatDate")
"""SupAnn 2020, of French universities: `{COMPTE} A SupannActif`, `{COMPTE}A:SupannActif:20180901:20190831`."""
OTHERS = ("pwdAccountLockedTime", "shadowExpire", "nsAccountLock", "krbPrincipalExpiration", *SUPANN)
"""OpenLDAP's password policy, shadow accounts, 389 Directory, FreeIPA. A server leaves out attributes that it does not have."""


def account_status_of(entry: Entry, names: Iterable[str], *, now: Instant) -> AccountStatus:
    """The most severe status of these attributes; raises ValueError for a value that cannot be understood."""
    return worst(*(_status_in(entry, name, now) for name in names if name))


def ended(entry: Entry, name: str, form: str, *, now: Instant) -> AccountStatus:
    """Expired if the attribute's date has passed; `form`: `DirectoryAttributes.end_date_format`. Raises ValueError."""
    return worst(*(_expiry(_date(text, name, form), now) for text in texts(entry, name)))


def worst(*found: AccountStatus) -> AccountStatus:
    """The most severe; active when there is none."""
    return max(found, key=_SEVERITY.index, default=AccountStatus.ACTIVE)


_SEVERITY = (AccountStatus.ACTIVE, AccountStatus.LOCKED, AccountStatus.EXPIRED, AccountStatus.DISABLED)
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
_MANY = frozenset(name.lower() for name in SUPANN)
"""Of these attributes every value counts, of all others the first."""
_SUPANN = re.compile(
    r"\{(?P<resource>[^}]*)\}\s*(?P<state>[AIS])(?:\s+[^:]*|:[^:]*)?(?::(?P<begins>\d{8})?\d*)?(?::(?P<ends>\d{8})?\d*)?(?::.*)?",
    re.IGNORECASE,
)
_SUPANN_STATES = {"A": AccountStatus.ACTIVE, "I": AccountStatus.DISABLED, "S": AccountStatus.LOCKED}
"""Active, inactive, suspended: a suspended account opens again."""
_SINCE_1970: dict[str, Callable[[int], Instant]] = {
    "filetime": lambda ticks: ticks / _FILETIMES_A_SECOND - _FILETIME_EPOCH_S,
    "days": lambda days: float(days * _DAY_S),
    "seconds": float,
}
_INTEGER = re.compile(r"-?[0-9]{1,20}")
"""Of at most 64 bits, as LDAP servers keep them."""
_GENERALIZED = re.compile(r"(\d{10})(\d\d)?(\d\d)?(?:[.,]\d+)?(?:Z|([+-]\d\d)(\d\d)?)")
"""RFC 4517, 3.3.13: minutes, seconds and fractions may be left out."""


def _status_in(entry: Entry, name: str, now: Instant) -> AccountStatus:
    values = texts(entry, name)
    if name.lower() in _MANY:
        return worst(*(_supann(value, name, now) for value in values))
    return _READERS.get(name.lower(), _switch)(values[0], name, now) if values else AccountStatus.ACTIVE


def _account_control(text: str, name: str, _: Instant) -> AccountStatus:
    flags = _number(text, name)
    if flags & _DISABLED_BIT:
        return AccountStatus.DISABLED
    return AccountStatus.LOCKED if flags & _LOCKED_BIT else AccountStatus.ACTIVE


def _filetime_expiry(text: str, name: str, now: Instant) -> AccountStatus:
    return _expiry(_date(text, name, "filetime"), now)


def _shadow_expiry(text: str, name: str, now: Instant) -> AccountStatus:
    # 0 is read as never, as SSSD does: some tools write it on every account.
    return _expiry(_date(text, name, "days"), now)


def _principal_expiry(text: str, name: str, now: Instant) -> AccountStatus:
    return _expiry(_moment(text, name), now)


def _expiry(at: Instant | None, now: Instant) -> AccountStatus:
    return AccountStatus.EXPIRED if at is not None and at <= now else AccountStatus.ACTIVE


def _lockout(text: str, name: str, _: Instant) -> AccountStatus:
    return AccountStatus.LOCKED if _number(text, name) > 0 else AccountStatus.ACTIVE


def _policy_lock(text: str, _name: str, _: Instant) -> AccountStatus:
    return AccountStatus.DISABLED if text.upper() == _LOCKED_FOR_GOOD else AccountStatus.LOCKED


def _supann(text: str, name: str, now: Instant) -> AccountStatus:
    """The state of a resource. Only the account's state counts, and only from its first day on."""
    found = _SUPANN.fullmatch(text)
    if found is None:
        raise ValueError(NO_SUPANN(name=name, value=text[:40]))
    begins, ends = (_day(day, name) if day else None for day in (found["begins"], found["ends"]))
    if found["resource"].upper() != "COMPTE" or (begins is not None and begins > now):
        return AccountStatus.ACTIVE
    status = _SUPANN_STATES[found["state"].upper()]
    return _expiry(None if ends is None else ends + _DAY_S, now) if status is AccountStatus.ACTIVE else status


def _day(text: str, name: str) -> Instant:
    return _parsed(text[:8], "%Y%m%d", name)


def _date(text: str, name: str, form: str) -> Instant | None:
    """The end of a date, in seconds since 1970; None: never."""
    if form == "generalized":
        return _moment(text, name)
    if form in ("filetime", "days", "seconds"):
        number = _number(text, name)
        never = number in _NEVER_EXPIRES if form == "filetime" else number <= 0
        return None if never else _SINCE_1970[form](number)
    at = _parsed(text, form, name)
    # A day without a time of day counts to its end.
    return at if any(part in form for part in ("%H", "%I", "%X", "%c", "%T")) else at + _DAY_S


def _parsed(text: str, form: str, name: str) -> Instant:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(NO_DATE(name=name, value=text[:40], form=form)) from None


def _lock(text: str, name: str, _: Instant) -> AccountStatus:
    return AccountStatus.DISABLED if _word(text, name) in _TRUE else AccountStatus.ACTIVE


def _switch(text: str, name: str, _: Instant) -> AccountStatus:
    return AccountStatus.ACTIVE if _word(text, name) in _TRUE else AccountStatus.DISABLED


_READERS: dict[str, Callable[[str, str, Instant], AccountStatus]] = {
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
        raise ValueError(NO_SWITCH(name=name, value=word[:40]))
    return word


def _number(text: str, name: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise ValueError(NO_NUMBER(name=name, value=text[:40]))
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
        raise ValueError(NO_TIME(name=name, value=text[:40])) from None
