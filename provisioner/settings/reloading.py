"""What a reload does with a changed section."""

import enum


class Reload(enum.StrEnum):
    """What a reload (SIGHUP) does with a changed field of Settings."""

    LIVE = "live"
    """The running daemon applies it."""
    RESTART = "restart"
    """It is reported as waiting for a restart, and the old value stays in force until then."""
    EACH = "each"
    """Each capability's section says it for itself."""


__all__ = ["Reload"]
