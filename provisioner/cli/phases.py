"""A desktop's phase for people: of a cluster that does not answer it is unknown, and what it was then is said beside it."""

from provisioner.cli.why_parts import clock
from provisioner.texts.translate import _, term


def phase_now(phase: str | None, unseen_since: str | None) -> str:
    """`-`: there is no desktop."""
    if phase is None:
        return "-"
    return _("unknown") if unseen_since is not None else term("phase", phase)


def phase_then(phase: str | None, unseen_since: str | None) -> str:
    """What it was when its cluster was seen last; empty: that is what it is now."""
    if phase is None or unseen_since is None:
        return ""
    return _("its cluster was seen last at {time}: {phase} then", time=clock(unseen_since), phase=term("phase", phase))
