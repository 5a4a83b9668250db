"""The text that says whose a thing in another system is: a name in DNS, a computer account."""

import re
from collections.abc import Iterable

from provisioner.model.ids import DesktopName

_OWNER = re.compile(r"bascule installation=(?P<installation>\S+) desktop=(?P<desktop>\S+)")


def owner_text(installation: str, desktop: DesktopName) -> str:
    """The text of this installation's desktop."""
    return f"bascule installation={installation} desktop={desktop}"


def is_own_text(text: str, installation: str) -> bool:
    """Whether a text says that its thing is this installation's."""
    match = _OWNER.fullmatch(text)
    return match is not None and match["installation"] == installation


def desktop_in(texts: Iterable[str], installation: str) -> DesktopName | None:
    """Whose a thing is, by its only text; None: it is not this installation's, or not its alone."""
    (text, *others) = list(texts) or [""]
    match = _OWNER.fullmatch(text)
    if others or match is None or match["installation"] != installation:
        return None
    return DesktopName(match["desktop"])


__all__ = ["desktop_in", "is_own_text", "owner_text"]
