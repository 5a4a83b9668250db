"""Whether this version of Bascule can open a store."""

import enum
from dataclasses import dataclass

from provisioner.reasons.reason import Reason


class Fit(enum.StrEnum):
    """A store's schema, for this version."""

    NO_STORE = "no_store"
    AS_IT_IS = "as_it_is"
    UPGRADED_AT_START = "upgraded_at_start"
    """Versions before this one cannot open it afterwards."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFit:
    """What was found without changing anything."""

    store: str
    """Its place, without password."""
    fit: Fit
    schema: str | None = None
    """Its revision; None: it has none, or none that can be read."""
    newest: str
    """The newest revision that this version knows."""
    why: Reason | None = None
    """Why it is refused."""
