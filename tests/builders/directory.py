"""Directories and their entries, for tests."""

from pathlib import Path
from typing import Any

from provisioner.adapters.ldap.directory import LdapDirectory
from provisioner.adapters.ldap.entries import Entry
from provisioner.demo.people import PEOPLE_BASE
from provisioner.settings.directory import DirectorySettings
from provisioner.settings.secret import Secret

READ_AT = 1_584_342_000.0
SERVED_AT = 2_840_140_800.0
"""2060, for real servers that date their changes by this machine's clock: after any of them, as a reading is."""


class FixedClock:
    """Always the same moment."""

    def __init__(self, now: float = READ_AT) -> None:
        self._now = now

    def now(self) -> float:
        return self._now


def a_directory(*, now: float = READ_AT, named: frozenset[str] = frozenset(), **settings: Any) -> LdapDirectory:
    """A directory adapter; its default base is the people's."""
    return LdapDirectory(ldap_settings(**settings), clock=FixedClock(now), named=named)


def ldap_settings(*, password: str = "", changes: bool = True, **settings: Any) -> DirectorySettings:
    """Settings with the people's base and time-outs of a second; `changes`: readings go on from earlier ones."""
    usual = {"base": PEOPLE_BASE, "connect_timeout_s": 1.0, "receive_timeout_s": 1.0}
    if not changes:
        usual["full_interval_s"] = 0.0
    return DirectorySettings(password=Secret(password) if password else None, **{**usual, **settings})


def an_entry(dn: str = "uid=jdupont,ou=people", **attributes: bytes | str | list[bytes | str] | None) -> Entry:
    """A usable entry of a person, with attributes changed; None leaves one out."""
    usual = {"entryUUID": "0f8fad5b-d9cb-469f-a165-70867728950e", "uid": "jdupont", "displayName": "Jean Dupont"}
    given = {name: value for name, value in {**usual, **attributes}.items() if value is not None}
    return Entry(dn=dn, attributes={name.lower(): _values(value) for name, value in given.items()})


def written(path: Path, text: str) -> Path:
    """The file, with this text."""
    path.write_text(text, encoding="utf-8")
    return path


def _values(value: bytes | str | list[bytes | str]) -> list[bytes]:
    values = value if isinstance(value, list) else [value]
    return [value.encode() if isinstance(value, str) else value for value in values]
