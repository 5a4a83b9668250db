"""The outage of a directory that is a file: played by another text in its place, until the file is put back."""

from pathlib import Path

_KEPT = ".kept"
"""Added to the name of the file that was there."""
_TEXT = "broken by `bascule twin break ldap`; `bascule twin mend ldap` puts it back\n"
"""It is not LDIF, so that each reading fails. If the file were not there, the configuration would be faulty, too."""


def is_away(ldif: Path) -> bool:
    """Whether its outage is being played."""
    return _kept(ldif).exists()


def take_away(ldif: Path) -> bool:
    """Begin the outage; whether that changed anything. Raises OSError."""
    if is_away(ldif):
        return False
    _kept(ldif).hardlink_to(ldif)
    draft = ldif.with_name(f".{ldif.name}.broken")
    draft.write_text(_TEXT, encoding="utf-8")
    draft.replace(ldif)
    return True


def put_back(ldif: Path) -> bool:
    """End it; whether that changed anything. Raises OSError."""
    if not is_away(ldif):
        return False
    _kept(ldif).replace(ldif)
    return True


def _kept(ldif: Path) -> Path:
    return ldif.with_name(ldif.name + _KEPT)


__all__ = ["is_away", "put_back", "take_away"]
