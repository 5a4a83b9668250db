"""The words that an option takes. Apart from what they choose, so that a help page loads nothing else."""

import enum


class CsvStyle(enum.StrEnum):
    """For whom a file is written."""

    RFC = "rfc"
    """Programs: RFC 4180, points and commas, times in UTC by RFC 3339."""
    FR = "fr"
    """A French spreadsheet: semicolons, decimal commas, local times as 30/11/2026 08:00:00."""


class OnOption(enum.StrEnum):
    """Where a scenario is rehearsed."""

    TWIN = "twin"
    """In virtual time, on twins of the clusters as they are now."""


class Split(enum.StrEnum):
    """What a file of people is of."""

    DEPARTMENT = "department"
    SITE = "site"


class BreakOption(enum.StrEnum):
    """What of a twin's site is broken, or mended."""

    NODE = "node"
    DESKTOP = "desktop"
    STORAGE = "storage"
    QUORUM = "quorum"
    LDAP = "ldap"
    """The site's directory, if it is a file."""


class UnclearMentions(enum.StrEnum):
    """What becomes of texts that may name somebody else than the person who is to be forgotten."""

    ASK = "ask"
    """They are shown, and nothing is erased."""
    ERASE = "erase"
    LEAVE = "leave"
