"""Headers of the daemon's API that commands read and write too: they must start at once, without the API's code."""

CALLER = "Bascule-Caller"
"""By which a command says which account became its own: a number."""
ZONE = "Bascule-Time-Zone"
"""Of the daemon's answers: the zone's name, for commands on other machines."""

__all__ = ["CALLER", "ZONE"]
